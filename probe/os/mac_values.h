/* What the kernel of a running Mac keeps about its machine (sysctl(3) of macOS). */
#ifndef BP_PROBE_OS_MAC_VALUES_H
#define BP_PROBE_OS_MAC_VALUES_H

/* Numbers are -1 and texts NULL where the kernel does not say. */
struct bp_mac_values {
    char *model;            /* hw.model: "Mac14,2" */
    char *chip;             /* machdep.cpu.brand_string: "Apple M2" */
    double memory_bytes;    /* hw.memsize */
    double packages;        /* hw.packages */
    double cores;           /* hw.physicalcpu */
    double threads;         /* hw.logicalcpu */
    double virtual_machine; /* kern.hv_vmm_present: 1 or 0 */
};

/* Of the machine that this program runs on; on other systems than macOS nothing is known. */
struct bp_mac_values bp_mac_values_read(void);

/* With nothing known. */
struct bp_mac_values bp_mac_values_unknown(void);
void bp_mac_values_free(struct bp_mac_values *values);

#endif
