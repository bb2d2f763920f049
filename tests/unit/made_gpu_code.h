/* CUDA fat binaries and HIP bundles made byte by byte, and an ELF file around them. */
#ifndef BP_TESTS_MADE_GPU_CODE_H
#define BP_TESTS_MADE_GPU_CODE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "base/str.h"
#include "probe/binary/gpu_code.h"

enum { MADE_PTX = 1, MADE_CUBIN = 2, MADE_LTO = 8 };
enum { MADE_SPECIFIC = 0x100000, MADE_FAMILY = 0x200000, MADE_ZSTD = 0x8000 };

struct made_entry {
    unsigned kind;
    unsigned architecture;
    uint64_t flags;
    uint32_t compressed_size;
    uint32_t header_size; /* 0: 64 */
    uint64_t stored_size;
};

static inline void made_add(struct bp_str *bytes, uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; i++) {
        bp_str_add_char(bytes, (char)(value >> (8 * i) & 0xff));
    }
}

static inline void made_set(struct bp_str *bytes, size_t at, uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; i++) {
        bytes->data[at + i] = (char)(value >> (8 * i) & 0xff);
    }
}

static inline void made_fill(struct bp_str *bytes, uint64_t count, char with) {
    for (uint64_t i = 0; i < count; i++) {
        bp_str_add_char(bytes, with);
    }
}

static inline void made_align(struct bp_str *bytes, size_t alignment) {
    made_fill(bytes, (alignment - bytes->length % alignment) % alignment, 0);
}

static inline void made_fatbin_entry(struct bp_str *bytes, const struct made_entry *entry) {
    uint32_t header_size = entry->header_size ? entry->header_size : 64;
    made_add(bytes, entry->kind, 2);
    made_add(bytes, 0x0101, 2);
    made_add(bytes, header_size, 4);
    made_add(bytes, entry->stored_size, 8);
    made_add(bytes, entry->compressed_size, 4);
    made_add(bytes, header_size > 64 ? 64 : 0, 4);
    made_add(bytes, 7, 2);
    made_add(bytes, 1, 2);
    made_add(bytes, entry->architecture, 4);
    made_add(bytes, 0, 8);
    made_add(bytes, entry->flags | 0x11, 8);
    made_add(bytes, 0, 8);
    made_add(bytes, 0, 8);
    made_fill(bytes, header_size - 64, 'x');
    made_fill(bytes, entry->stored_size, 'c');
}

/* Appends a fat binary of `count` entries. */
static inline void made_fatbin(struct bp_str *bytes, const struct made_entry *entries,
                               size_t count) {
    size_t start = bytes->length;
    made_add(bytes, 0xba55ed50, 4);
    made_add(bytes, 1, 2);
    made_add(bytes, 16, 2);
    made_add(bytes, 0, 8);
    for (size_t i = 0; i < count; i++) {
        made_fatbin_entry(bytes, &entries[i]);
    }
    made_set(bytes, start + 8, bytes->length - start - 16, 8);
}

/* Appends a plain HIP bundle with `code_size` bytes of code for each of the ids, NULL-ended. */
static inline void made_hip_bundle(struct bp_str *bytes, const char *const *ids,
                                   uint64_t code_size) {
    size_t start = bytes->length;
    uint64_t count = 0;
    uint64_t table = 24 + 8;
    for (; ids[count]; count++) {
        table += 24 + strlen(ids[count]);
    }
    bp_str_add(bytes, "__CLANG_OFFLOAD_BUNDLE__");
    made_add(bytes, count, 8);
    for (uint64_t i = 0; i < count; i++) {
        made_add(bytes, table + i * code_size, 8);
        made_add(bytes, code_size, 8);
        made_add(bytes, strlen(ids[i]), 8);
        bp_str_add(bytes, ids[i]);
    }
    made_fill(bytes, bytes->length - start == table ? count * code_size : 0, 'h');
}

/*
 * A 64-bit ELF file that maps `content` at a page's start, with a section of that name
 * for it, or without section headers where `name` is NULL.
 */
static inline void made_elf_around(struct bp_str *bytes, const struct bp_str *content,
                                   const char *name) {
    enum { CONTENT = 4096, HEADER = 64, SECTION = 64 };
    bp_str_add_bytes(bytes, "\177ELF\2\1\1", 7);
    made_fill(bytes, 9, 0);
    made_add(bytes, 3 | 62 << 16, 4);
    made_add(bytes, 1, 4);
    made_add(bytes, 0, 8);
    made_add(bytes, HEADER, 8); /* e_phoff */
    size_t sections = (CONTENT + content->length + 64 + 7) / 8 * 8;
    made_add(bytes, name ? sections : 0, 8); /* e_shoff */
    made_add(bytes, 0, 4);
    const unsigned counts[] = {64, 56, 1, 64, name ? 3 : 0, name ? 2 : 0};
    for (size_t i = 0; i < 6; i++) {
        made_add(bytes, counts[i], 2);
    }
    made_add(bytes, 1 | (uint64_t)4 << 32, 8); /* PT_LOAD, readable */
    const uint64_t load[] = {0, 0, 0, CONTENT + content->length, CONTENT + content->length, 4096};
    for (size_t i = 0; i < 6; i++) {
        made_add(bytes, load[i], 8);
    }
    made_align(bytes, CONTENT);
    bp_str_add_bytes(bytes, content->data, content->length);
    if (!name) {
        return;
    }
    size_t names = bytes->length;
    bp_str_add_char(bytes, 0);
    bp_str_add_bytes(bytes, name, strlen(name) + 1);
    bp_str_add_bytes(bytes, ".shstrtab", 10);
    made_fill(bytes, sections - bytes->length, 0);
    const uint64_t table[3][4] = {{0, 0, 0, 0},
                                  {1, 1, CONTENT, content->length},
                                  {2 + strlen(name), 3, names, strlen(name) + 12}};
    for (size_t i = 0; i < 3; i++) {
        made_add(bytes, table[i][0], 4);
        made_add(bytes, table[i][1], 4);
        made_fill(bytes, 16, 0);
        made_add(bytes, table[i][2], 8);
        made_add(bytes, table[i][3], 8);
        made_fill(bytes, SECTION - 40, 0);
    }
}

/* "cubin sm_75 x2 z" for each row, with ", " between them. The caller frees it. */
static inline char *made_rows_text(const struct bp_gpu_code *code) {
    static const char *const kinds[] = {"cubin", "ptx", "lto", "hip"};
    struct bp_str text = BP_STR_EMPTY;
    for (size_t i = 0; i < code->count; i++) {
        const struct bp_gpu_target *row = &code->rows[i];
        bp_str_addf(&text, "%s%s %s x%zu%s", i ? ", " : "", kinds[row->kind], row->target,
                    row->count, row->compressed ? " z" : "");
    }
    return bp_str_detach(&text);
}

/* A copy of the bytes in a block of their exact size, so that a read beyond is seen. */
static inline uint8_t *made_exact(const void *bytes, size_t size) {
    uint8_t *copy = malloc(size ? size : 1);
    if (copy && size) {
        memcpy(copy, bytes, size);
    }
    return copy;
}

/* A generator of its own, so that every run and every machine sees the same bytes. */
static inline uint32_t made_random(uint64_t *seed) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

#endif
