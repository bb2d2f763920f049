#include "probe/binary/hip_bundle.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "base/utf8.h"
#include "probe/binary/unpack.h"

enum {
    ENTRY_SIZE = 24,       /* before the id */
    ENTRY_LIMIT = 1 << 12, /* in one bundle; compilers know fewer than 100 targets */
    ID_LIMIT = 1 << 10,
    ALIGNMENT = 4096, /* of each bundle in its section */
    ID_FIELDS = 5,    /* kind, architecture, vendor, system, environment: then the target */
};

static const char plain_magic[] = "__CLANG_OFFLOAD_BUNDLE__";
static const char packed_magic[] = "CCOB";

static bool has_text_at(const struct bp_cursor *bytes, uint64_t offset, const char *text) {
    return bp_cursor_is(bytes, offset, text, strlen(text));
}

bool bp_hip_bundle_is_at(struct bp_cursor bytes, uint64_t offset) {
    return has_text_at(&bytes, offset, plain_magic) || has_text_at(&bytes, offset, packed_magic);
}

/*
 * The GPU in an id, or NULL where it names none: what stands behind the triple, of which
 * old compilers left out the environment (hip-amdgcn-amd-amdhsa-gfx906).
 */
static const char *target_in(const char *id) {
    if (!bp_starts_with(id, "hip")) {
        return NULL;
    }
    const char *field = id;
    for (int i = 0; i < ID_FIELDS; i++) {
        field = strchr(field, '-');
        if (!field) {
            return NULL;
        }
        field++;
        if (bp_starts_with(field, "gfx")) {
            break;
        }
    }
    return *field ? field : NULL;
}

/* Counts one entry of the table and moves *at behind it and *end to where its code ends. */
static int read_entry(struct bp_cursor *bundle, bool packed, uint64_t *at, uint64_t *end,
                      struct bp_gpu_code *code) {
    uint64_t offset = bp_cursor_u64(bundle, *at);
    uint64_t size = bp_cursor_u64(bundle, *at + 8);
    uint64_t length = bp_cursor_u64(bundle, *at + 16);
    const uint8_t *name =
        length > ID_LIMIT ? NULL : bp_cursor_bytes(bundle, *at + ENTRY_SIZE, length);
    if (!name) {
        return bp_gpu_code_fail(code, BP_E_FORMAT, "a HIP bundle ends within its list of targets");
    }
    if (offset > UINT64_MAX - size) {
        return bp_gpu_code_fail(code, BP_E_FORMAT, "a HIP bundle has an impossible size");
    }
    char *id = bp_utf8_clean((const char *)name, (size_t)length);
    const char *target = target_in(id);
    int done = target ? bp_gpu_code_add(code, BP_GPU_HIP, target, packed) : 0;
    free(id);
    *at += ENTRY_SIZE + length;
    *end = offset + size > *end ? offset + size : *end;
    return done;
}

/* Counts the targets of the plain bundle that `bundle` begins with; 0 or its length. */
static uint64_t read_table(struct bp_cursor bundle, bool packed, struct bp_gpu_code *code) {
    uint64_t count = bp_cursor_u64(&bundle, sizeof plain_magic - 1);
    uint64_t at = sizeof plain_magic - 1 + 8;
    if (bundle.failed || count > ENTRY_LIMIT) {
        bp_gpu_code_fail(code, bundle.failed ? BP_E_FORMAT : BP_E_LIMIT,
                         bundle.failed ? "a HIP bundle ends within its header"
                                       : "a HIP bundle with more than 4096 entries");
        return 0;
    }
    uint64_t end = at;
    for (uint64_t i = 0; i < count; i++) {
        if (read_entry(&bundle, packed, &at, &end, code) != 0) {
            return 0;
        }
    }
    return at > end ? at : end;
}

struct packed_header {
    uint64_t size;       /* of this header */
    uint64_t total_size; /* of the bundle with this header; 0: not said (version 1) */
    uint16_t version;
    uint16_t method;
};

static struct packed_header read_packed_header(struct bp_cursor *bundle) {
    struct packed_header header = {
        .version = bp_cursor_u16(bundle, 4),
        .method = bp_cursor_u16(bundle, 6),
    };
    switch (header.version) {
    case 1:
        header.size = 20;
        break;
    case 2:
        header.size = 24;
        header.total_size = bp_cursor_u32(bundle, 8);
        break;
    default:
        header.size = 32;
        header.total_size = bp_cursor_u64(bundle, 8);
        break;
    }
    return header;
}

static void read_packed(const struct packed_header *header, struct bp_cursor content,
                        struct bp_gpu_code *code) {
    struct bp_err err = {0};
    uint8_t *head = bp_alloc(BP_HIP_HEAD_SIZE);
    size_t length = 0;
    int unpacked = bp_unpack_head(header->method == 1 ? BP_PACKED_ZSTD : BP_PACKED_ZLIB, content,
                                  head, BP_HIP_HEAD_SIZE, &length, &err);
    struct bp_cursor bundle = bp_cursor_of(head, length);
    if (has_text_at(&bundle, 0, plain_magic)) {
        read_table(bundle, true, code);
    } else if (unpacked == 0) {
        bp_gpu_code_fail(code, BP_E_FORMAT, "a compressed HIP bundle holds no bundle");
    }
    if (unpacked != 0) {
        bp_gpu_code_fail(code, err.code, "a compressed HIP bundle of %zu bytes: %s",
                         content.size + (size_t)header->size, bp_err_text(&err));
    }
    bp_err_clear(&err);
    free(head);
}

/* Where the next bundle begins behind one that does not say how long it is. */
static uint64_t find_next(struct bp_cursor bytes, uint64_t from) {
    uint64_t at = from + ALIGNMENT;
    while (at < bytes.size && !bp_hip_bundle_is_at(bytes, at)) {
        at += ALIGNMENT;
    }
    return at < bytes.size ? at : bytes.size;
}

static uint64_t read_packed_at(struct bp_cursor bytes, uint64_t offset, struct bp_gpu_code *code) {
    struct bp_cursor bundle = bp_cursor_part(&bytes, offset, bytes.size - offset);
    struct packed_header header = read_packed_header(&bundle);
    if (bundle.failed || bundle.size < header.size) {
        bp_gpu_code_fail(code, BP_E_FORMAT, "a compressed HIP bundle ends within its header");
        return 0;
    }
    if (header.version < 1 || header.version > 3 || header.method > 1) {
        bp_gpu_code_fail(code, BP_E_FORMAT,
                         "a compressed HIP bundle of an unknown format: version %u, method %u",
                         header.version, header.method);
        return 0;
    }
    uint64_t end = header.total_size ? header.total_size : find_next(bytes, offset) - offset;
    if (end < header.size || end > bundle.size) {
        bp_gpu_code_fail(code, BP_E_FORMAT, "a compressed HIP bundle is cut short");
        end = bundle.size;
    }
    read_packed(&header, bp_cursor_part(&bundle, header.size, end - header.size), code);
    return offset + end;
}

uint64_t bp_hip_bundle_read(struct bp_cursor bytes, uint64_t offset, struct bp_gpu_code *code) {
    bytes.big_endian = false;
    if (offset > bytes.size) {
        return 0;
    }
    if (has_text_at(&bytes, offset, packed_magic)) {
        return read_packed_at(bytes, offset, code);
    }
    uint64_t rest = bytes.size - offset;
    uint64_t length = read_table(bp_cursor_part(&bytes, offset, rest), false, code);
    if (length > rest) {
        bp_gpu_code_fail(code, BP_E_FORMAT, "a HIP bundle is cut short");
        return 0;
    }
    return length ? offset + length : 0;
}

void bp_hip_bundle_section(struct bp_cursor section, struct bp_gpu_code *code) {
    uint64_t at = bp_gpu_code_skip_zeros(section, 0, 8);
    while (at < section.size) {
        if (!bp_hip_bundle_is_at(section, at)) {
            bp_gpu_code_fail(
                code, BP_E_FORMAT,
                "no HIP bundle where one should begin, %" PRIu64 " bytes into its section", at);
            return;
        }
        uint64_t end = bp_hip_bundle_read(section, at, code);
        if (!end) {
            return;
        }
        at = bp_gpu_code_skip_zeros(section, end, 8);
    }
}
