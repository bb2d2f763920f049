/* The DLLs that a PE file needs: at once, and at the first call of one of their functions. */
#ifndef BP_PROBE_PE_IMPORTS_H
#define BP_PROBE_PE_IMPORTS_H

#include "base/str.h"
#include "probe/binary/pe.h"

/* DLLs of one file, of either kind. */
#define BP_PE_IMPORT_LIMIT 1024

/*
 * Appends the names of the DLLs that are loaded with the file, in order. Functions are not
 * looked at. On error, those that could be read.
 */
int bp_pe_imports(const struct bp_pe *pe, struct bp_strs *names, struct bp_err *err);

/* The same for delay-loaded DLLs. */
int bp_pe_delay_imports(const struct bp_pe *pe, struct bp_strs *names, struct bp_err *err);

#endif
