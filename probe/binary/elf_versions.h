/*
 * Symbol versions: which ones a file asks of the libraries it needs (DT_VERNEED) and
 * which ones it defines (DT_VERDEF). Linux Standard Base core, "Symbol Versioning".
 */
#ifndef BP_PROBE_ELF_VERSIONS_H
#define BP_PROBE_ELF_VERSIONS_H

#include <cjson/cJSON.h>

#include "probe/binary/elf_dynamic.h"

/* Versions of one table, and libraries asked, that are looked at. */
#define BP_ELF_VERSION_LIMIT 4096

/*
 * An array of {"library", "versions"} as the JSON Schema's "version_need", owned by the
 * caller and never NULL. On error it holds what could be read. Versions that only weak
 * symbols ask for are left out: a loader goes on without them.
 */
cJSON *bp_elf_version_needs(struct bp_elf_dynamic *dynamic, struct bp_err *err);

/* An array of the versions that the file defines, without the one that is its own name. */
cJSON *bp_elf_version_definitions(struct bp_elf_dynamic *dynamic, struct bp_err *err);

/*
 * Keeps in `highest` (an object, family to version) the highest version of each family:
 * "GLIBC_2.14" is version 2.14 of family GLIBC. Names that carry no number after the
 * family (GLIBC_PRIVATE, GLIBC_ABI_DT_RELR) are passed over.
 */
void bp_elf_note_version(cJSON *highest, const char *name);

#endif
