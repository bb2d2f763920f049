/* The functions that a DLL exports by name, and the DLL's own name. */
#ifndef BP_PROBE_PE_EXPORTS_H
#define BP_PROBE_PE_EXPORTS_H

#include "probe/binary/pe.h"
#include "probe/binary/symbol_wishes.h"

/*
 * The name that the linker gave the DLL, or NULL: it has none, or *err is filled. The caller
 * frees it.
 */
char *bp_pe_own_name(const struct bp_pe *pe, struct bp_err *err);

/*
 * Shows every exported name to the wishes. One that leads on to another DLL (a forwarder)
 * counts like any other: where it leads is not looked at. Functions that are exported by
 * number alone have no name and do not count.
 */
int bp_pe_exports(const struct bp_pe *pe, struct bp_symbol_wishes *wishes, struct bp_err *err);

#endif
