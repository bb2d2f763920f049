/* NVIDIA's driver on a Windows machine, by its files. */
#ifndef BP_PROBE_WINDOWS_CUDA_DRIVER_VERSION_H
#define BP_PROBE_WINDOWS_CUDA_DRIVER_VERSION_H

#include "probe/collector.h"

/*
 * "560.94" of a display driver's four numbers "32.0.15.6094": Windows counts in its own way,
 * and NVIDIA's number is the last five digits. NULL where they are too few. Caller frees.
 */
char *bp_nvidia_driver_version(const char *four_numbers);

/* Puts /cuda/kernel_module; Windows has no device nodes. */
void bp_windows_collect_cuda_kernel(const struct bp_probe *probe, struct bp_facts *facts);

#endif
