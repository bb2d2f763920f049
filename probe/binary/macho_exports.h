/*
 * The symbols that a Mach-O file exports: from its trie of exported names, as
 * <mach-o/loader.h> describes it at EXPORT_SYMBOL_FLAGS_*, or, where a file has none, from
 * its symbol table (<mach-o/nlist.h>).
 */
#ifndef BP_PROBE_MACHO_EXPORTS_H
#define BP_PROBE_MACHO_EXPORTS_H

#include "probe/binary/macho.h"
#include "probe/binary/macho_commands.h"
#include "probe/binary/symbol_wishes.h"

/* Symbols looked at in a symbol table, and the longest name in a trie. */
#define BP_MACHO_SYMBOL_LIMIT ((uint64_t)1 << 20)
#define BP_MACHO_SYMBOL_NAME_LIMIT 65536

/*
 * Shows every exported symbol to the wishes, without the underscore that C names begin
 * with there. One that is re-exported from another library counts like any other.
 */
int bp_macho_exports(const struct bp_macho *macho, const struct bp_macho_commands *commands,
                     struct bp_symbol_wishes *wishes, struct bp_err *err);

#endif
