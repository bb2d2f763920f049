/* In the process that was started to collect (see batch_start.c). */
#ifndef BP_PROBE_OS_WINDOWS_BATCH_RESUME_H
#define BP_PROBE_OS_WINDOWS_BATCH_RESUME_H

/* How the hidden argument begins; the numbers of the handles follow, in hexadecimal. */
extern const char bp_batch_argument[];

/* Collects what such an argument says. The process's exit code, or -1: it is no such argument. */
int bp_batch_resume(const char *argument);

#endif
