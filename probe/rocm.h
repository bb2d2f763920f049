/* The parts of the snapshot's "rocm" section, one file each. */
#ifndef BP_PROBE_ROCM_H
#define BP_PROBE_ROCM_H

#include "probe/collector.h"

/* "/rocm/installations" and "/rocm/variables". Returns how many of both there are. */
int bp_collect_rocm_installations(const struct bp_probe *probe, struct bp_facts *facts);

/*
 * "/rocm/kernel_module", "/rocm/kfd", "/rocm/render_nodes" and "/rocm/gpus". Returns whether
 * there is anything of AMD's: the module or its device node.
 */
bool bp_collect_rocm_devices(const struct bp_probe *probe, struct bp_facts *facts);

/*
 * A kernel's gfx_target_version as LLVM names the target: 90010 is gfx90a, 110000 is
 * gfx1100 (two decimal digits each for minor and stepping, the name in hexadecimal).
 * NULL for 0, which is a CPU. The caller frees it.
 * https://docs.kernel.org/gpu/amdgpu/ and https://llvm.org/docs/AMDGPUUsage.html
 */
char *bp_gfx_name(unsigned long version);

#endif
