/*
 * A small shared library made byte by byte, for either word size and byte order, so that
 * the reader is tried where no such machine and no such compiler is at hand.
 */
#ifndef BP_TESTS_MADE_ELF_H
#define BP_TESTS_MADE_ELF_H

#include <elf.h>
#include <string.h>

#include "base/str.h"

enum {
    MADE_ELF_SIZE = 1024,
    MADE_ELF_PROGRAM_HEADERS = 64,
    MADE_ELF_DYNAMIC = 256,
    MADE_ELF_NAMES = 512,
    MADE_ELF_SYMBOLS = 640,
    MADE_ELF_HASH = 736,
    MADE_ELF_VERSIONS = 784,
    MADE_ELF_NOTE = 864,
    MADE_ELF_ADDRESS = 0x10000, /* where the file's first byte is mapped */
};

struct made_elf {
    unsigned bits;
    bool big_endian;
    uint16_t machine;
    uint8_t bytes[MADE_ELF_SIZE];
};

static inline void made_elf_put(struct made_elf *made, size_t offset, uint64_t value,
                                unsigned size) {
    for (unsigned i = 0; i < size; i++) {
        unsigned shift = 8 * (made->big_endian ? size - 1 - i : i);
        made->bytes[offset + i] = (uint8_t)(value >> shift);
    }
}

/* Names and their offsets in the string table. */
static const char made_elf_names[] = "\0libmade.so.1\0libneeded.so.6\0NEED_2.10\0NEED_2.9\0"
                                     "made_function\0$ORIGIN/lib:/opt/lib\0NEED_3.0";
enum {
    N_SONAME = 1,
    N_NEEDED = 14,
    N_2_10 = 29,
    N_2_9 = 39,
    N_SYMBOL = 48,
    N_PATHS = 62,
    N_WEAK = 83
};

static inline void made_elf_dynamic(struct made_elf *made) {
    const uint64_t entries[][2] = {
        {DT_NEEDED, N_NEEDED},
        {DT_SONAME, N_SONAME},
        {DT_RUNPATH, N_PATHS},
        {DT_STRTAB, MADE_ELF_ADDRESS + MADE_ELF_NAMES},
        {DT_STRSZ, sizeof made_elf_names},
        {DT_SYMTAB, MADE_ELF_ADDRESS + MADE_ELF_SYMBOLS},
        {DT_HASH, MADE_ELF_ADDRESS + MADE_ELF_HASH},
        {DT_VERNEED, MADE_ELF_ADDRESS + MADE_ELF_VERSIONS},
        {DT_VERNEEDNUM, 1},
        {DT_NULL, 0},
    };
    unsigned word = made->bits / 8;
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        made_elf_put(made, MADE_ELF_DYNAMIC + 2 * word * i, entries[i][0], word);
        made_elf_put(made, MADE_ELF_DYNAMIC + 2 * word * i + word, entries[i][1], word);
    }
}

static inline void made_elf_segment(struct made_elf *made, size_t index, uint32_t type,
                                    uint64_t offset, uint64_t size) {
    bool wide = made->bits == 64;
    unsigned word = made->bits / 8;
    size_t at = MADE_ELF_PROGRAM_HEADERS + index * (wide ? 56 : 32);
    made_elf_put(made, at, type, 4);
    made_elf_put(made, at + (wide ? 8 : 4), offset, word);
    made_elf_put(made, at + (wide ? 16 : 8), MADE_ELF_ADDRESS + offset, word);
    made_elf_put(made, at + (wide ? 32 : 16), size, word);
    made_elf_put(made, at + (wide ? 40 : 20), size, word);
    made_elf_put(made, at + (wide ? 48 : 28), 4, word);
}

/* Symbol `index`: name, binding and section 0 (undefined) or 1. */
static inline void made_elf_symbol(struct made_elf *made, size_t index, uint32_t name,
                                   unsigned binding, unsigned section) {
    bool wide = made->bits == 64;
    size_t at = MADE_ELF_SYMBOLS + index * (wide ? 24 : 16);
    made_elf_put(made, at, name, 4);
    made_elf_put(made, at + (wide ? 4 : 12), binding << 4 | STT_FUNC, 1);
    made_elf_put(made, at + (wide ? 6 : 14), section, 2);
}

static inline void made_elf_tables(struct made_elf *made) {
    made_elf_symbol(made, 1, N_SYMBOL, STB_GLOBAL, 1);
    made_elf_symbol(made, 2, N_SONAME, STB_GLOBAL, 0);
    const uint32_t hash[] = {1, 3, 1, 0, 2, 0}; /* buckets, chains, bucket, chain x 3 */
    for (size_t i = 0; i < sizeof hash / sizeof hash[0]; i++) {
        made_elf_put(made, MADE_ELF_HASH + 4 * i, hash[i], 4);
    }
    made_elf_put(made, MADE_ELF_VERSIONS, 1, 2);
    made_elf_put(made, MADE_ELF_VERSIONS + 2, 3, 2);
    made_elf_put(made, MADE_ELF_VERSIONS + 4, N_NEEDED, 4);
    made_elf_put(made, MADE_ELF_VERSIONS + 8, 16, 4);
    const uint32_t asked[] = {N_2_10, N_2_9, N_WEAK};
    for (size_t i = 0; i < 3; i++) {
        size_t at = (size_t)MADE_ELF_VERSIONS + 16 + 16 * i;
        made_elf_put(made, at + 4, i == 2 ? VER_FLG_WEAK : 0, 2);
        made_elf_put(made, at + 8, asked[i], 4);
        made_elf_put(made, at + 12, i == 2 ? 0 : 16, 4);
    }
    made_elf_put(made, MADE_ELF_NOTE, 4, 4);
    made_elf_put(made, MADE_ELF_NOTE + 4, 4, 4);
    made_elf_put(made, MADE_ELF_NOTE + 8, NT_GNU_BUILD_ID, 4);
    memcpy(made->bytes + MADE_ELF_NOTE + 12, "GNU\0\xde\xad\xbe\xef", 8);
}

/* Fills `bytes` for the bits, byte order and machine set in *made. */
static inline void made_elf_make(struct made_elf *made) {
    bool wide = made->bits == 64;
    unsigned word = made->bits / 8;
    memset(made->bytes, 0, sizeof made->bytes);
    memcpy(made->bytes, ELFMAG, SELFMAG);
    made->bytes[EI_CLASS] = wide ? ELFCLASS64 : ELFCLASS32;
    made->bytes[EI_DATA] = made->big_endian ? ELFDATA2MSB : ELFDATA2LSB;
    made->bytes[EI_VERSION] = EV_CURRENT;
    made_elf_put(made, 16, ET_DYN, 2);
    made_elf_put(made, 18, made->machine, 2);
    made_elf_put(made, 20, EV_CURRENT, 4);
    made_elf_put(made, wide ? 32 : 28, MADE_ELF_PROGRAM_HEADERS, word);
    made_elf_put(made, wide ? 52 : 40, wide ? 64 : 52, 2);
    made_elf_put(made, wide ? 54 : 42, wide ? 56 : 32, 2);
    made_elf_put(made, wide ? 56 : 44, 3, 2);
    made_elf_segment(made, 0, PT_LOAD, 0, MADE_ELF_SIZE);
    made_elf_segment(made, 1, PT_DYNAMIC, MADE_ELF_DYNAMIC, 20 * word);
    made_elf_segment(made, 2, PT_NOTE, MADE_ELF_NOTE, 20);
    memcpy(made->bytes + MADE_ELF_NAMES, made_elf_names, sizeof made_elf_names);
    made_elf_dynamic(made);
    made_elf_tables(made);
}

#endif
