/*
 * A small macOS library made command by command, for either word size and byte order. It
 * follows <mach-o/loader.h>.
 */
#ifndef BP_TESTS_MADE_MACHO_H
#define BP_TESTS_MADE_MACHO_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    MADE_MACHO_SIZE = 2048,
    MADE_MACHO_TRIE = 1024,    /* in the file */
    MADE_MACHO_SYMBOLS = 1280, /* the symbol table */
    MADE_MACHO_NAMES = 1536,
    MADE_MACHO_END = 1600, /* of what the last segment covers */
};

#define CPU_X86_64 0x01000007u
#define CPU_ARM64 0x0100000cu
#define CPU_POWERPC 18u
#define CPU_I386 7u

struct made_macho {
    unsigned bits;
    bool big_endian;
    uint32_t cpu;
    uint32_t subtype;
    size_t end; /* of the load commands */
    uint8_t bytes[MADE_MACHO_SIZE];
};

static inline void made_macho_put(struct made_macho *made, size_t offset, uint64_t value,
                                  unsigned size) {
    for (unsigned i = 0; i < size; i++) {
        unsigned shift = 8 * (made->big_endian ? size - 1 - i : i);
        made->bytes[offset + i] = (uint8_t)(value >> shift);
    }
}

static inline size_t made_macho_commands(const struct made_macho *made) {
    return made->bits == 64 ? 32 : 28;
}

/* Writes the header for as many commands as there are now. */
static inline void made_macho_header(struct made_macho *made, uint32_t count) {
    made_macho_put(made, 0, made->bits == 64 ? 0xfeedfacf : 0xfeedface, 4);
    made_macho_put(made, 4, made->cpu, 4);
    made_macho_put(made, 8, made->subtype, 4);
    made_macho_put(made, 12, 6, 4); /* a dynamic library */
    made_macho_put(made, 16, count, 4);
    made_macho_put(made, 20, made->end - made_macho_commands(made), 4);
}

/* Adds a command of 32-bit fields; returns where it stands. */
static inline size_t made_macho_add(struct made_macho *made, uint32_t kind, const uint32_t *fields,
                                    size_t count) {
    size_t at = made->end;
    made_macho_put(made, at, kind, 4);
    made_macho_put(made, at + 4, 8 + 4 * count, 4);
    for (size_t i = 0; i < count; i++) {
        made_macho_put(made, at + 8 + 4 * i, fields[i], 4);
    }
    made->end = at + 8 + 4 * count;
    return at;
}

/* Adds a command that names something: a library (24 bytes before the name) or a folder (12). */
static inline size_t made_macho_name(struct made_macho *made, uint32_t kind, uint32_t before,
                                     const char *name) {
    size_t at = made->end;
    size_t size = (before + strlen(name) + 1 + 7) / 8 * 8;
    made_macho_put(made, at, kind, 4);
    made_macho_put(made, at + 4, size, 4);
    made_macho_put(made, at + 8, before, 4);
    memcpy(made->bytes + at + before, name, strlen(name) + 1);
    made->end = at + size;
    return at;
}

static inline void made_macho_segment(struct made_macho *made, uint64_t offset, uint64_t size) {
    if (made->bits == 64) {
        uint32_t fields[16] = {0};
        size_t at = made_macho_add(made, 0x19, fields, 16);
        made_macho_put(made, at + 40, offset, 8);
        made_macho_put(made, at + 48, size, 8);
    } else {
        uint32_t fields[12] = {0};
        size_t at = made_macho_add(made, 0x01, fields, 12);
        made_macho_put(made, at + 32, offset, 4);
        made_macho_put(made, at + 36, size, 4);
    }
}

/*
 * The trie of "_made_function" and "_made_thing": the root's edge "_made_" leads to a node
 * with the edges "function" and "thing", each to a node that ends a name.
 */
static const uint8_t made_macho_trie[] = {
    0,   1,                                          /* the root: no symbol, one child */
    '_', 'm', 'a',  'd',  'e', '_', 0,   10,         /* at 2 */
    0,   2,                                          /* at 10: no symbol, two children */
    'f', 'u', 'n',  'c',  't', 'i', 'o', 'n', 0, 29, /* at 12 */
    't', 'h', 'i',  'n',  'g', 0,   34,              /* at 22 */
    3,   0,   0x80, 0x20, 0,                         /* at 29: 3 bytes of symbol, no child */
    2,   8,   1,    0,                               /* at 34: re-exported */
};

/* The symbols of the table: two that are exported, then what is not. */
static inline void made_macho_symbols(struct made_macho *made) {
    static const char names[] = "\0_made_function\0_made_thing\0_local\0_from_elsewhere";
    static const struct {
        uint32_t name;
        uint8_t type;
    } symbols[] = {
        {1, 0x0f},  /* external, in a section */
        {16, 0x03}, /* external, absolute */
        {28, 0x0e}, /* not external */
        {28, 0x1f}, /* external within the library alone */
        {35, 0x01}, /* external and undefined */
        {1, 0x24},  /* for a debugger */
    };
    size_t size = made->bits == 64 ? 16 : 12;
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        made_macho_put(made, MADE_MACHO_SYMBOLS + size * i, symbols[i].name, 4);
        made->bytes[MADE_MACHO_SYMBOLS + size * i + 4] = symbols[i].type;
    }
    memcpy(made->bytes + MADE_MACHO_NAMES, names, sizeof names);
}

/* How a made library lists what it exports. */
enum made_macho_exports { MADE_DYLD_INFO, MADE_TRIE, MADE_SYMBOLS_ALONE };

/* Fills `bytes` for the bits, byte order, cpu and subtype, which are set. */
static inline void made_macho_make(struct made_macho *made, enum made_macho_exports exports) {
    memset(made->bytes, 0, sizeof made->bytes);
    made->end = made_macho_commands(made);
    made_macho_segment(made, 0, MADE_MACHO_END);
    made_macho_name(made, 0x0d, 24, "@rpath/libmade.dylib");
    made_macho_name(made, 0x0c, 24, "/usr/lib/libSystem.B.dylib");
    made_macho_name(made, 0x80000018, 24, "@rpath/libweak.dylib");
    made_macho_name(made, 0x8000001f, 24, "@loader_path/libagain.dylib");
    made_macho_name(made, 0x8000001c, 12, "@loader_path/../lib");
    made_macho_name(made, 0x8000001c, 12, "/opt/lib");
    const uint32_t uuid[4] = {0};
    size_t at = made_macho_add(made, 0x1b, uuid, 4);
    for (unsigned i = 0; i < 16; i++) {
        made->bytes[at + 8 + i] = (uint8_t)(0x11 * i);
    }
    made_macho_add(made, 0x02,
                   (const uint32_t[]){MADE_MACHO_SYMBOLS, 6, MADE_MACHO_NAMES,
                                      MADE_MACHO_END - MADE_MACHO_NAMES},
                   4);
    if (exports == MADE_DYLD_INFO) {
        made_macho_add(made, 0x24, (const uint32_t[]){0x000a0d06, 0x000b0000}, 2);
        made_macho_add(
            made, 0x80000022,
            (const uint32_t[]){0, 0, 0, 0, 0, 0, 0, 0, MADE_MACHO_TRIE, sizeof made_macho_trie},
            10);
    } else {
        made_macho_add(made, 0x32, (const uint32_t[]){1, 0x000e0000, 0x000f0200, 0}, 4);
    }
    if (exports == MADE_TRIE) {
        made_macho_add(made, 0x80000033,
                       (const uint32_t[]){MADE_MACHO_TRIE, sizeof made_macho_trie}, 2);
    }
    memcpy(made->bytes + MADE_MACHO_TRIE, made_macho_trie, sizeof made_macho_trie);
    made_macho_symbols(made);
    made_macho_header(made, exports == MADE_SYMBOLS_ALONE ? 10 : 11);
}

#endif
