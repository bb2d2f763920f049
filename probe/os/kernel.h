/* The system that runs. */
#ifndef BP_PROBE_OS_KERNEL_H
#define BP_PROBE_OS_KERNEL_H

/* As uname(2) gives them; on Windows the release is its version ("10.0.22631"). */
struct bp_kernel {
    char *release;
    char *version; /* of this build of it, or NULL */
    char *machine; /* architecture of the processor */
};

/* 0, or -1 where the system does not say. End with bp_kernel_free. */
int bp_kernel_read(struct bp_kernel *kernel);
void bp_kernel_free(struct bp_kernel *kernel);

#endif
