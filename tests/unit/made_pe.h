/*
 * A small DLL made byte by byte, 32 or 64 bits: it needs FIRST.dll and second.dll, loads
 * later.dll at the first call, exports "made_function" and "led_on", and has sections with
 * names of four kinds. It follows Microsoft's "PE Format".
 */
#ifndef BP_TESTS_MADE_PE_H
#define BP_TESTS_MADE_PE_H

#include <stdint.h>
#include <string.h>

enum {
    MADE_PE_HEADER = 0x40,
    MADE_PE_COFF = 0x44,
    MADE_PE_OPTIONAL = 0x58,
    MADE_PE_READ_ONLY = 0x200, /* in the file: .rdata */
    MADE_PE_ADDRESS = 0x1000,  /* the same in memory */
    MADE_PE_READ_ONLY_SIZE = 0x400,
    MADE_PE_FATBIN = 0x600, /* .nv_fatb: eight letters and no zero byte */
    MADE_PE_LONG = 0x800,   /* .hip_fatbin: its name stands in the string table */
    MADE_PE_STRINGS = 0xa00,
    MADE_PE_SIZE = 0xa20,
    /* In .rdata, from its start. */
    MADE_PE_IMPORTS = 0x00,
    MADE_PE_DELAYED = 0x40,
    MADE_PE_EXPORTS = 0x80,
    MADE_PE_FUNCTIONS = 0xb0,
    MADE_PE_NAMES = 0xc0,
    MADE_PE_ORDINALS = 0xd0,
    MADE_PE_CONFIG = 0x200,
    MADE_PE_TEXTS = 0x300,
};

#define MADE_PE_IMAGE_BASE 0x400000u

struct made_pe {
    unsigned bits;
    uint16_t machine;
    uint8_t bytes[MADE_PE_SIZE];
};

static inline void made_pe_put(struct made_pe *made, size_t offset, uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; i++) {
        made->bytes[offset + i] = (uint8_t)(value >> (8 * i));
    }
}

/* A 32-bit field of .rdata. */
static inline void made_pe_data(struct made_pe *made, size_t into, uint32_t value) {
    made_pe_put(made, MADE_PE_READ_ONLY + into, value, 4);
}

/* Writes a text into .rdata and gives its address. */
static inline uint32_t made_pe_text(struct made_pe *made, size_t into, const char *text) {
    memcpy(made->bytes + MADE_PE_READ_ONLY + into, text, strlen(text) + 1);
    return (uint32_t)(MADE_PE_ADDRESS + into);
}

/* Where the data directory with that number stands in the file. */
static inline size_t made_pe_directory(const struct made_pe *made, unsigned number) {
    return MADE_PE_OPTIONAL + (made->bits == 64 ? 112u : 96u) + 8u * number;
}

/* Where the header of section `number` stands. */
static inline size_t made_pe_section(const struct made_pe *made, unsigned number) {
    return MADE_PE_OPTIONAL + (made->bits == 64 ? 240u : 224u) + 40u * number;
}

static inline void made_pe_add_section(struct made_pe *made, unsigned number, const char *name,
                                       uint32_t address, uint32_t mapped, uint32_t offset,
                                       uint32_t size) {
    size_t at = made_pe_section(made, number);
    memcpy(made->bytes + at, name, strlen(name));
    made_pe_put(made, at + 8, mapped, 4);
    made_pe_put(made, at + 12, address, 4);
    made_pe_put(made, at + 16, size, 4);
    made_pe_put(made, at + 20, offset, 4);
}

static inline void made_pe_headers(struct made_pe *made) {
    bool wide = made->bits == 64;
    memcpy(made->bytes, "MZ", 2);
    made_pe_put(made, 0x3c, MADE_PE_HEADER, 4);
    memcpy(made->bytes + MADE_PE_HEADER, "PE\0\0", 4);
    made_pe_put(made, MADE_PE_COFF, made->machine, 2);
    made_pe_put(made, MADE_PE_COFF + 2, 3, 2);               /* sections */
    made_pe_put(made, MADE_PE_COFF + 8, MADE_PE_STRINGS, 4); /* symbols, of which there are none */
    made_pe_put(made, MADE_PE_COFF + 16, wide ? 240 : 224, 2);
    made_pe_put(made, MADE_PE_OPTIONAL, wide ? 0x20b : 0x10b, 2);
    made_pe_put(made, MADE_PE_OPTIONAL + (wide ? 24 : 28), MADE_PE_IMAGE_BASE, wide ? 8 : 4);
    made_pe_put(made, MADE_PE_OPTIONAL + 32, 0x1000, 4); /* section alignment */
    made_pe_put(made, MADE_PE_OPTIONAL + 36, 0x200, 4);  /* file alignment */
    made_pe_put(made, MADE_PE_OPTIONAL + 60, 0x200, 4);  /* size of the headers */
    made_pe_put(made, MADE_PE_OPTIONAL + (wide ? 108 : 92), 16, 4);
    made_pe_put(made, made_pe_directory(made, 0), MADE_PE_ADDRESS + MADE_PE_EXPORTS, 4);
    made_pe_put(made, made_pe_directory(made, 1), MADE_PE_ADDRESS + MADE_PE_IMPORTS, 4);
    made_pe_put(made, made_pe_directory(made, 13), MADE_PE_ADDRESS + MADE_PE_DELAYED, 4);
    made_pe_add_section(made, 0, ".rdata", MADE_PE_ADDRESS, MADE_PE_READ_ONLY_SIZE,
                        MADE_PE_READ_ONLY, MADE_PE_READ_ONLY_SIZE);
    made_pe_add_section(made, 1, ".nv_fatb", 0x2000, 0x10, MADE_PE_FATBIN, 0x200);
    made_pe_add_section(made, 2, "/4", 0x3000, 0x20, MADE_PE_LONG, 0x200);
    memcpy(made->bytes + MADE_PE_FATBIN, "fat binary", 10);
    memcpy(made->bytes + MADE_PE_LONG, "bundle", 6);
    made_pe_put(made, MADE_PE_STRINGS, 4 + sizeof ".hip_fatbin", 4);
    memcpy(made->bytes + MADE_PE_STRINGS + 4, ".hip_fatbin", sizeof ".hip_fatbin");
}

static inline void made_pe_imports(struct made_pe *made) {
    static const char *const names[] = {"FIRST.dll", "second.dll"};
    for (unsigned i = 0; i < 2; i++) {
        size_t at = MADE_PE_IMPORTS + 20 * i;
        made_pe_data(made, at, 0x1234);
        made_pe_data(made, at + 12, made_pe_text(made, MADE_PE_TEXTS + 16 * i, names[i]));
        made_pe_data(made, at + 16, 0x5678);
    }
    made_pe_data(made, MADE_PE_DELAYED, 1);
    made_pe_data(made, MADE_PE_DELAYED + 4, made_pe_text(made, MADE_PE_TEXTS + 32, "later.dll"));
}

/* Three functions: the second has no name, the third leads on to another DLL. */
static inline void made_pe_exports(struct made_pe *made) {
    uint32_t names[] = {made_pe_text(made, MADE_PE_TEXTS + 64, "led_on"),
                        made_pe_text(made, MADE_PE_TEXTS + 80, "made_function")};
    uint32_t own = made_pe_text(made, MADE_PE_TEXTS + 48, "made.dll");
    uint32_t target = made_pe_text(made, MADE_PE_TEXTS + 96, "other.function");
    made_pe_data(made, MADE_PE_EXPORTS + 12, own);
    made_pe_data(made, MADE_PE_EXPORTS + 16, 1); /* the first ordinal */
    made_pe_data(made, MADE_PE_EXPORTS + 20, 3);
    made_pe_data(made, MADE_PE_EXPORTS + 24, 2);
    made_pe_data(made, MADE_PE_EXPORTS + 28, MADE_PE_ADDRESS + MADE_PE_FUNCTIONS);
    made_pe_data(made, MADE_PE_EXPORTS + 32, MADE_PE_ADDRESS + MADE_PE_NAMES);
    made_pe_data(made, MADE_PE_EXPORTS + 36, MADE_PE_ADDRESS + MADE_PE_ORDINALS);
    made_pe_data(made, MADE_PE_FUNCTIONS, 0x2000);
    made_pe_data(made, MADE_PE_FUNCTIONS + 4, 0x2004);
    made_pe_data(made, MADE_PE_FUNCTIONS + 8, target);
    made_pe_data(made, MADE_PE_NAMES, names[0]);
    made_pe_data(made, MADE_PE_NAMES + 4, names[1]);
    made_pe_put(made, MADE_PE_READ_ONLY + MADE_PE_ORDINALS, 2, 2);
    made_pe_put(made, MADE_PE_READ_ONLY + MADE_PE_ORDINALS + 2, 0, 2);
}

/* Fills `bytes` for `bits` and `machine`, which are set. */
static inline void made_pe_make(struct made_pe *made) {
    memset(made->bytes, 0, sizeof made->bytes);
    made_pe_headers(made);
    made_pe_imports(made);
    made_pe_exports(made);
}

#endif
