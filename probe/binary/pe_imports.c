#include "probe/binary/pe_imports.h"

enum {
    IMPORT_SIZE = 20,
    IMPORT_NAME = 12,
    IMPORT_ADDRESSES = 16, /* where the loader writes; the table ends where this is 0, too */
    DELAY_SIZE = 32,
    DELAY_NAME = 4,
    DELAY_RELATIVE = 1, /* attribute: addresses are relative; Visual C++ 6 wrote absolute ones */
};

/* One kind of table: how long its entries are and which name the entry at `at` has, 0: the end. */
struct table {
    enum bp_pe_directory directory;
    uint32_t entry_size;
    uint32_t (*name_at)(const struct bp_pe *pe, struct bp_cursor *table, uint64_t at);
};

static uint32_t import_name(const struct bp_pe *pe, struct bp_cursor *table, uint64_t at) {
    (void)pe;
    return bp_cursor_u32(table, at + IMPORT_ADDRESSES) ? bp_cursor_u32(table, at + IMPORT_NAME) : 0;
}

static uint32_t delay_import_name(const struct bp_pe *pe, struct bp_cursor *table, uint64_t at) {
    uint32_t name = bp_cursor_u32(table, at + DELAY_NAME);
    bool relative = bp_cursor_u32(table, at) & DELAY_RELATIVE;
    return relative || !name ? name : name - (uint32_t)pe->image_base;
}

static int read_table(const struct bp_pe *pe, const struct table *kind, struct bp_strs *names,
                      struct bp_err *err) {
    uint32_t rva = bp_pe_directory(pe, kind->directory);
    if (!rva) {
        return 0;
    }
    size_t names_left = BP_PE_NAMES_LIMIT;
    struct bp_cursor table = bp_pe_at(pe, rva);
    for (uint64_t i = 0;; i++) {
        uint32_t name_rva = kind->name_at(pe, &table, i * kind->entry_size);
        if (table.failed) {
            return bp_fail(err, BP_E_FORMAT, "the table of needed DLLs runs out of the file");
        }
        if (!name_rva) {
            return 0;
        }
        if (i == BP_PE_IMPORT_LIMIT) {
            return bp_fail(err, BP_E_LIMIT, "more than %d needed DLLs", BP_PE_IMPORT_LIMIT);
        }
        char *name = bp_pe_name(pe, name_rva, &names_left, err);
        if (!name) {
            return bp_fail_in(err, "needed DLL %llu", (unsigned long long)i + 1);
        }
        bp_strs_add_owned(names, name);
    }
}

int bp_pe_imports(const struct bp_pe *pe, struct bp_strs *names, struct bp_err *err) {
    static const struct table imports = {BP_PE_IMPORTS, IMPORT_SIZE, import_name};
    return read_table(pe, &imports, names, err);
}

int bp_pe_delay_imports(const struct bp_pe *pe, struct bp_strs *names, struct bp_err *err) {
    static const struct table imports = {BP_PE_DELAY_IMPORTS, DELAY_SIZE, delay_import_name};
    return read_table(pe, &imports, names, err);
}
