/* Which of a machine's loaders starts a glibc program that this one brings along. */
#ifndef BP_PROBE_GLIBC_LOADER_H
#define BP_PROBE_GLIBC_LOADER_H

#include "probe/binary/elf.h"
#include "probe/collector.h"

/*
 * The loader that the machine's own programs of the same architecture name: the Python that would
 * load the driver first, then /bin/sh and env, so that it is found wherever a system keeps it (as
 * NixOS and Guix do), and looks for libraries where that Python's would. Where none of them names
 * one (they are static), the one that `program` names. NULL where that is no glibc's, or not
 * there. The caller frees it.
 */
char *bp_glibc_loader_for(const struct bp_elf *program, const struct bp_probe *probe);

#endif
