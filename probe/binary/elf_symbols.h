/*
 * The exported dynamic symbols. Their number stands in neither the dynamic section nor
 * the symbol table: it follows from the hash table (gABI's DT_HASH, or DT_GNU_HASH as
 * glibc and binutils define it).
 */
#ifndef BP_PROBE_ELF_SYMBOLS_H
#define BP_PROBE_ELF_SYMBOLS_H

#include <cjson/cJSON.h>
#include <stdint.h>

#include "probe/binary/elf_dynamic.h"

/* Symbols looked at; the largest libraries known have some hundred thousand. */
#define BP_ELF_SYMBOL_LIMIT ((uint64_t)1 << 20)

/*
 * Looks `names` (NULL-ended) up among the exported symbols. Puts "symbols", name to
 * whether it is exported, and "exported_count" into `facts`; on error, null for what
 * could not be learned.
 */
int bp_elf_exports(const struct bp_elf_dynamic *dynamic, const char *const *names, cJSON *facts,
                   struct bp_err *err);

#endif
