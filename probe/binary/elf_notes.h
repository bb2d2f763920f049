/* Notes (PT_NOTE, gABI chapter 5): the build id that the linker gave the file. */
#ifndef BP_PROBE_ELF_NOTES_H
#define BP_PROBE_ELF_NOTES_H

#include "probe/binary/elf.h"

/* Notes of one file looked at. */
#define BP_ELF_NOTE_LIMIT 256
/* Bytes of a build id; 20 is usual. */
#define BP_ELF_BUILD_ID_LIMIT 64

/* The build id in hexadecimal, or NULL where the file has none. The caller frees it. */
char *bp_elf_build_id(const struct bp_elf *elf);

#endif
