/*
 * The version resource of a PE file: what its maker says of it. Format: Microsoft's "PE
 * Format" (the .rsrc section) and "VS_VERSIONINFO".
 */
#ifndef BP_PROBE_PE_VERSION_H
#define BP_PROBE_PE_VERSION_H

#include "probe/binary/pe.h"

/* Strings are owned, valid UTF-8; NULL: the file does not say it. */
struct bp_pe_version {
    char *file_version;    /* the four numbers, "32.0.15.6094" */
    char *product_version; /* as a string says it: "3.11.9", but also "6,14,11,12040" */
    char *product;         /* ProductName: "NVIDIA CUDA 12.4.127 Runtime" */
    char *description;     /* FileDescription */
};

/*
 * Reads it; a file without one is no error. -1 with *err filled where it is damaged: then
 * *version holds what could be read. End with bp_pe_version_free in either case.
 */
int bp_pe_version_read(const struct bp_pe *pe, struct bp_pe_version *version, struct bp_err *err);
void bp_pe_version_free(struct bp_pe_version *version);

#endif
