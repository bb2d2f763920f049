#include "probe/binary/pe_exports.h"

enum {
    OWN_NAME = 12, /* in the export directory */
    FUNCTION_COUNT = 20,
    NAME_COUNT = 24,
    FUNCTIONS = 28,
    NAMES = 32,
    ORDINALS = 36,
    DIRECTORY_SIZE = 40,
    NAME_LIMIT = 65536, /* each has an index of 16 bits of its own */
};

/* The export directory; `failed` where it lies outside. */
static struct bp_cursor directory_of(const struct bp_pe *pe, struct bp_err *err) {
    struct bp_cursor bytes = bp_pe_at(pe, bp_pe_directory(pe, BP_PE_EXPORTS));
    struct bp_cursor directory = bp_cursor_part(&bytes, 0, DIRECTORY_SIZE);
    if (directory.failed) {
        bp_fail(err, BP_E_FORMAT, "the table of exports lies outside the file");
    }
    return directory;
}

char *bp_pe_own_name(const struct bp_pe *pe, struct bp_err *err) {
    if (!bp_pe_directory(pe, BP_PE_EXPORTS)) {
        return NULL;
    }
    struct bp_cursor directory = directory_of(pe, err);
    uint32_t name = bp_cursor_u32(&directory, OWN_NAME);
    size_t names_left = BP_PE_NAMES_LIMIT;
    if (directory.failed || !name) {
        return NULL;
    }
    char *own_name = bp_pe_name(pe, name, &names_left, err);
    if (!own_name) {
        bp_fail_in(err, "the DLL's own name");
    }
    return own_name;
}

struct exports {
    struct bp_cursor functions;
    struct bp_cursor names;
    struct bp_cursor ordinals;
    uint64_t function_count;
};

/* The name at index i counts where its function is there. */
static int see_name(const struct bp_pe *pe, struct exports *exports, uint64_t i,
                    struct bp_symbol_wishes *wishes, struct bp_err *err) {
    uint16_t index = bp_cursor_u16(&exports->ordinals, 2 * i);
    uint32_t name = bp_cursor_u32(&exports->names, 4 * i);
    if (exports->ordinals.failed || exports->names.failed) {
        return bp_fail(err, BP_E_FORMAT, "the table of exported names runs out of the file");
    }
    if (index >= exports->function_count ||
        !bp_cursor_u32(&exports->functions, UINT64_C(4) * index)) {
        return 0;
    }
    struct bp_cursor text = bp_pe_at(pe, name);
    if (text.failed) {
        return bp_fail(err, BP_E_FORMAT, "an exported name lies outside the file");
    }
    bp_symbol_wishes_see_at(wishes, &text, 0);
    return 0;
}

int bp_pe_exports(const struct bp_pe *pe, struct bp_symbol_wishes *wishes, struct bp_err *err) {
    if (!bp_pe_directory(pe, BP_PE_EXPORTS)) {
        return 0;
    }
    struct bp_cursor directory = directory_of(pe, err);
    if (directory.failed) {
        return -1;
    }
    uint32_t name_count = bp_cursor_u32(&directory, NAME_COUNT);
    if (name_count > NAME_LIMIT) {
        return bp_fail(err, BP_E_LIMIT, "more than %d exported names", NAME_LIMIT);
    }
    struct exports exports = {
        .functions = bp_pe_at(pe, bp_cursor_u32(&directory, FUNCTIONS)),
        .names = bp_pe_at(pe, bp_cursor_u32(&directory, NAMES)),
        .ordinals = bp_pe_at(pe, bp_cursor_u32(&directory, ORDINALS)),
        .function_count = bp_cursor_u32(&directory, FUNCTION_COUNT),
    };
    for (uint64_t i = 0; i < name_count; i++) {
        if (see_name(pe, &exports, i, wishes, err) != 0) {
            return -1;
        }
    }
    return 0;
}
