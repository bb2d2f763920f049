#include "probe/binary/fatbin.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    VERSION = 1,
    HEADER_SIZE = 16,
    ENTRY_SIZE = 64, /* the fields that every entry has */
    ENTRY_MAJOR = 0x01,
    ALIGNMENT = 8,
    KIND_PTX = 1,
    KIND_CUBIN = 2,
    KIND_LTO = 8,
};

static const uint32_t magic = 0xba55ed50;
static const uint64_t flag_specific = 0x100000; /* sm_90a: this architecture alone */
static const uint64_t flag_family = 0x200000;   /* sm_100f: its family too */

struct entry {
    uint16_t kind;
    uint16_t version;
    uint32_t header_size;
    uint64_t stored_size;
    uint32_t compressed_size;
    uint32_t architecture;
    uint64_t flags;
};

static struct entry read_fields(struct bp_cursor *entries, uint64_t at) {
    return (struct entry){
        .kind = bp_cursor_u16(entries, at),
        .version = bp_cursor_u16(entries, at + 2),
        .header_size = bp_cursor_u32(entries, at + 4),
        .stored_size = bp_cursor_u64(entries, at + 8),
        .compressed_size = bp_cursor_u32(entries, at + 16),
        .architecture = bp_cursor_u32(entries, at + 28),
        .flags = bp_cursor_u64(entries, at + 40),
    };
}

static int count_entry(const struct entry *entry, struct bp_gpu_code *code) {
    enum bp_gpu_code_kind kind;
    const char *prefix;
    switch (entry->kind) {
    case KIND_PTX:
        kind = BP_GPU_PTX;
        prefix = "compute";
        break;
    case KIND_CUBIN:
        kind = BP_GPU_CUBIN;
        prefix = "sm";
        break;
    case KIND_LTO:
        kind = BP_GPU_LTO;
        prefix = "lto";
        break;
    default:
        /* Newer toolchains add kinds; what else is there can be read all the same. */
        bp_gpu_code_fail(code, BP_E_FORMAT,
                         "a fat binary holds code of a kind that is not known: %u for "
                         "architecture %" PRIu32,
                         entry->kind, entry->architecture);
        return 0;
    }
    const char *suffix = entry->flags & flag_specific ? "a" : entry->flags & flag_family ? "f" : "";
    char target[32]; /* a prefix, 32 bits in decimal and a letter */
    snprintf(target, sizeof target, "%s_%" PRIu32 "%s", prefix, entry->architecture, suffix);
    return bp_gpu_code_add(code, kind, target, entry->compressed_size != 0);
}

/* Counts the entry at *at and moves *at behind it. */
static int read_entry(struct bp_cursor *entries, uint64_t *at, struct bp_gpu_code *code) {
    if (!bp_cursor_has(entries, *at, ENTRY_SIZE)) {
        return bp_gpu_code_fail(code, BP_E_FORMAT,
                                "a fat binary ends within the header of an "
                                "entry");
    }
    bp_cursor_note(entries, *at, ENTRY_SIZE);
    struct entry entry = read_fields(entries, *at);
    if (entry.version >> 8 != ENTRY_MAJOR || entry.header_size < ENTRY_SIZE) {
        return bp_gpu_code_fail(code, BP_E_FORMAT,
                                "a fat binary has an entry of an unknown format: version %x, "
                                "header of %" PRIu32 " bytes",
                                entry.version, entry.header_size);
    }
    /* The header counts even where its code is cut off: it says what was built. */
    if (count_entry(&entry, code) != 0) {
        return -1;
    }
    uint64_t code_at = *at + entry.header_size;
    if (!bp_cursor_has(entries, code_at, entry.stored_size)) {
        return bp_gpu_code_fail(code, BP_E_FORMAT,
                                "a fat binary is cut short: an entry reaches "
                                "beyond its end");
    }
    *at = code_at + entry.stored_size;
    return 0;
}

bool bp_fatbin_is_at(struct bp_cursor bytes, uint64_t offset) {
    bytes.big_endian = false;
    return bp_cursor_u32(&bytes, offset) == magic && bp_cursor_u16(&bytes, offset + 4) == VERSION &&
           bp_cursor_u16(&bytes, offset + 6) >= HEADER_SIZE;
}

uint64_t bp_fatbin_read(struct bp_cursor bytes, uint64_t offset, struct bp_gpu_code *code) {
    bytes.big_endian = false;
    uint64_t start = offset + bp_cursor_u16(&bytes, offset + 6);
    uint64_t size = bp_cursor_u64(&bytes, offset + 8);
    if (bytes.failed || start > bytes.size) {
        bp_gpu_code_fail(code, BP_E_FORMAT, "a fat binary ends within its header");
        return 0;
    }
    uint64_t held = bytes.size - start;
    bool whole = size <= held;
    struct bp_cursor entries = bp_cursor_part(&bytes, start, whole ? size : held);
    uint64_t at = 0;
    while (at < entries.size) {
        if (read_entry(&entries, &at, code) != 0) {
            return 0;
        }
    }
    if (!whole) {
        bp_gpu_code_fail(code, BP_E_FORMAT, "a fat binary is cut short");
        return 0;
    }
    return start + size;
}

void bp_fatbin_section(struct bp_cursor section, struct bp_gpu_code *code) {
    uint64_t at = bp_gpu_code_skip_zeros(section, 0, ALIGNMENT);
    while (at < section.size) {
        if (!bp_fatbin_is_at(section, at)) {
            bp_gpu_code_fail(
                code, BP_E_FORMAT,
                "no fat binary where one should begin, %" PRIu64 " bytes into its section", at);
            return;
        }
        uint64_t end = bp_fatbin_read(section, at, code);
        if (!end) {
            return;
        }
        at = bp_gpu_code_skip_zeros(section, end, ALIGNMENT);
    }
}
