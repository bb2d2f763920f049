#include "probe/binary/pe_version.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "base/utf16.h"

enum {
    VERSION_RESOURCE = 16, /* RT_VERSION */
    DIRECTORY_HEADER = 16,
    ENTRY_SIZE = 8,
    ENTRY_LIMIT = 4096, /* types or names of one directory; files have a few dozen */
    FIXED_SIZE = 52,
    BLOCK_HEADER = 6,
    BLOCK_LIMIT = 512, /* blocks looked at in one resource, which has some fifteen */
    TEXT_LIMIT = 512,  /* UTF-16 units of one text */
};
static const uint32_t subdirectory = 0x80000000U;
static const uint32_t fixed_signature = 0xfeef04bdU;

/* --- the way through the resource directories --- */

/* Offset of the entry for `id`, or of the first one where `id` is 0; 0: there is none. */
static uint32_t find_entry(struct bp_cursor *resources, uint32_t directory, uint32_t id) {
    uint32_t named = bp_cursor_u16(resources, (uint64_t)directory + 12);
    uint32_t count = named + bp_cursor_u16(resources, (uint64_t)directory + 14);
    for (uint32_t i = id ? named : 0; i < count && i < ENTRY_LIMIT && !resources->failed; i++) {
        uint64_t at = (uint64_t)directory + DIRECTORY_HEADER + (uint64_t)i * ENTRY_SIZE;
        if (!id || bp_cursor_u32(resources, at) == id) {
            return bp_cursor_u32(resources, at + 4);
        }
    }
    return 0;
}

/* The bytes of the first version resource in the first language; empty where there is none. */
static struct bp_cursor find_resource(const struct bp_pe *pe, struct bp_err *err) {
    struct bp_cursor nothing = bp_cursor_of(NULL, 0);
    uint32_t rva = bp_pe_directory(pe, BP_PE_RESOURCES);
    if (!rva) {
        return nothing;
    }
    struct bp_cursor resources = bp_pe_at(pe, rva);
    uint32_t type = find_entry(&resources, 0, VERSION_RESOURCE);
    uint32_t name = type & subdirectory ? find_entry(&resources, type & ~subdirectory, 0) : 0;
    uint32_t leaf = name & subdirectory ? find_entry(&resources, name & ~subdirectory, 0) : 0;
    uint32_t place = leaf && !(leaf & subdirectory) ? bp_cursor_u32(&resources, leaf) : 0;
    uint32_t size = place ? bp_cursor_u32(&resources, (uint64_t)leaf + 4) : 0;
    struct bp_cursor bytes = place ? bp_pe_at(pe, place) : nothing;
    struct bp_cursor resource = place ? bp_cursor_part(&bytes, 0, size) : nothing;
    if (resources.failed || resource.failed) {
        bp_fail(err, BP_E_FORMAT, "the version resource lies outside the file");
        return nothing;
    }
    return resource;
}

/* --- blocks: length, length of the value, type, name, value, further blocks --- */

struct block {
    struct bp_cursor bytes; /* all of it */
    char *key;
    uint64_t value;      /* offset of the value */
    uint64_t value_size; /* bytes of it, as far as the block has them */
    uint64_t children;   /* offset of what follows the value */
};

static uint64_t aligned(uint64_t offset) {
    return (offset + 3) & ~(uint64_t)3;
}

/* Bytes of the zero-ended UTF-16 text at `offset`, without its end, at most `limit` units. */
static uint64_t text_size(struct bp_cursor *bytes, uint64_t offset, uint64_t limit) {
    uint64_t units = 0;
    while (units < limit && bp_cursor_has(bytes, offset + 2 * units, 2) &&
           bp_cursor_u16(bytes, offset + 2 * units)) {
        units++;
    }
    return 2 * units;
}

static char *text_at(struct bp_cursor *bytes, uint64_t offset, uint64_t limit) {
    uint64_t size = text_size(bytes, offset, limit);
    const uint8_t *data = size ? bp_cursor_bytes(bytes, offset, size) : NULL;
    return data ? bp_utf8_of_utf16le(data, (size_t)size / 2) : bp_strdup("");
}

/* The block at `offset`; false where none is left. End with block_end. */
static bool open_block(struct bp_cursor *parent, uint64_t offset, struct block *block) {
    *block = (struct block){0};
    if (!bp_cursor_has(parent, offset, BLOCK_HEADER)) {
        return false;
    }
    uint16_t length = bp_cursor_u16(parent, offset);
    if (length < BLOCK_HEADER || !bp_cursor_has(parent, offset, length)) {
        return false;
    }
    block->bytes = bp_cursor_part(parent, offset, length);
    uint16_t value_length = bp_cursor_u16(&block->bytes, 2);
    bool is_text = bp_cursor_u16(&block->bytes, 4) == 1;
    block->key = text_at(&block->bytes, BLOCK_HEADER, TEXT_LIMIT);
    uint64_t key_end = BLOCK_HEADER + text_size(&block->bytes, BLOCK_HEADER, TEXT_LIMIT) + 2;
    block->value = aligned(key_end);
    block->value_size = (uint64_t)value_length * (is_text ? 2 : 1); /* texts count in units */
    block->children = aligned(block->value + block->value_size);
    return true;
}

static void block_end(struct block *block) {
    free(block->key);
    *block = (struct block){0};
}

/* Calls `each` for the blocks in `parent` from `offset` on, as long as *left allows. */
static void for_each_block(struct bp_cursor *parent, uint64_t offset, int *left,
                           void (*each)(struct block *block, int *left,
                                        struct bp_pe_version *version),
                           struct bp_pe_version *version) {
    struct block block;
    while (*left > 0 && open_block(parent, offset, &block)) {
        --*left;
        offset = aligned(offset + block.bytes.size);
        each(&block, left, version);
        block_end(&block);
    }
}

static void keep(char **place, struct block *block) {
    if (!*place) {
        char *text = text_at(&block->bytes, block->value, block->value_size / 2);
        *place = bp_strdup(bp_trim(text));
        free(text);
    }
}

static void take_string(struct block *block, int *left, struct bp_pe_version *version) {
    (void)left;
    if (bp_equal(block->key, "ProductVersion")) {
        keep(&version->product_version, block);
    } else if (bp_equal(block->key, "ProductName")) {
        keep(&version->product, block);
    } else if (bp_equal(block->key, "FileDescription")) {
        keep(&version->description, block);
    }
}

/* One language's table of strings. */
static void take_table(struct block *block, int *left, struct bp_pe_version *version) {
    for_each_block(&block->bytes, block->children, left, take_string, version);
}

static void take_part(struct block *block, int *left, struct bp_pe_version *version) {
    if (bp_equal(block->key, "StringFileInfo")) {
        for_each_block(&block->bytes, block->children, left, take_table, version);
    }
}

/* Two numbers a word: 0x00200000 and 0x000f17ce are 32.0.15.6094. */
static void take_fixed(struct block *block, struct bp_pe_version *version) {
    struct bp_cursor fixed = bp_cursor_part(&block->bytes, block->value, FIXED_SIZE);
    if (bp_cursor_u32(&fixed, 0) == fixed_signature && !fixed.failed) {
        uint32_t high = bp_cursor_u32(&fixed, 8);
        uint32_t low = bp_cursor_u32(&fixed, 12);
        version->file_version =
            bp_format("%u.%u.%u.%u", high >> 16, high & 0xffff, low >> 16, low & 0xffff);
    }
}

int bp_pe_version_read(const struct bp_pe *pe, struct bp_pe_version *version, struct bp_err *err) {
    *version = (struct bp_pe_version){0};
    struct bp_err trouble = {0};
    struct bp_cursor resource = find_resource(pe, &trouble);
    struct block block;
    int left = BLOCK_LIMIT;
    if (trouble.code != BP_OK) {
        bp_fail(err, trouble.code, "%s", bp_err_text(&trouble));
        bp_err_clear(&trouble);
        return -1;
    }
    if (!resource.size) {
        return 0;
    }
    if (!open_block(&resource, 0, &block)) {
        return bp_fail(err, BP_E_FORMAT, "the version resource is cut short");
    }
    take_fixed(&block, version);
    for_each_block(&block.bytes, block.children, &left, take_part, version);
    block_end(&block);
    return 0;
}

void bp_pe_version_free(struct bp_pe_version *version) {
    free(version->file_version);
    free(version->product_version);
    free(version->product);
    free(version->description);
    *version = (struct bp_pe_version){0};
}
