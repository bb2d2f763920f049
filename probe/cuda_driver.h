/*
 * Asking the CUDA driver through its own library, libcuda.so.1, which belongs into the world of
 * the machine's C library. A program that is itself linked to that library asks in the child that
 * collects (cuda_driver_here.c). One that is linked to none, so that it runs anywhere, carries a
 * small program that is, and starts that one (cuda_driver_helper.c); the build takes one of the
 * two files.
 */
#ifndef BP_PROBE_CUDA_DRIVER_H
#define BP_PROBE_CUDA_DRIVER_H

#include <stdbool.h>

#include "probe/collector.h"

/*
 * Opens the library in this process, starts it, and puts what it says below /cuda/driver. With
 * `may_make_nodes` false, the process gives up the right to make device nodes first.
 */
void bp_cuda_driver_ask(bool may_make_nodes, struct bp_facts *facts);

/* Whether the library may make the nodes in /dev that it misses. */
bool bp_cuda_driver_may_make_nodes(const struct bp_probe *probe);

/* Has it asked where that can be done. May not return: then the facts were ended elsewhere. */
void bp_cuda_driver_reach(const struct bp_probe *probe, struct bp_facts *facts);

#endif
