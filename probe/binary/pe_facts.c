/* The facts of a PE file as the JSON Schema's "binary" has them. */
#include <stdlib.h>

#include "base/json.h"
#include "probe/binary/binary.h"
#include "probe/binary/facts_error.h"
#include "probe/binary/pe.h"
#include "probe/binary/pe_exports.h"
#include "probe/binary/pe_imports.h"
#include "probe/binary/pe_version.h"

/* A download or copy that stopped early still has its headers, which stand first. */
static void check_length(const struct bp_pe *pe, cJSON *facts) {
    struct bp_err err = {0};
    for (size_t i = 0; i < pe->section_count; i++) {
        const struct bp_pe_section *section = &pe->sections[i];
        if (section->file_size &&
            !bp_cursor_has(&pe->file, section->file_offset, section->file_size)) {
            bp_fail(&err, BP_E_FORMAT,
                    "the file is cut short: its headers speak of more than %zu bytes",
                    pe->file.size);
            break;
        }
    }
    bp_binary_note_error(facts, &err);
}

static void put_names(const char *key,
                      int (*read)(const struct bp_pe *pe, struct bp_strs *names,
                                  struct bp_err *err),
                      const struct bp_pe *pe, cJSON *facts) {
    struct bp_err err = {0};
    struct bp_strs names = {0};
    if (read(pe, &names, &err) == 0 || names.count) {
        cJSON_AddItemToObject(facts, key, bp_json_of_strs(&names));
    } else {
        cJSON_AddNullToObject(facts, key);
    }
    bp_strs_free(&names);
    bp_binary_note_error(facts, &err);
}

static void put_exports(const struct bp_pe *pe, const struct bp_binary_wishes *wishes,
                        cJSON *facts) {
    struct bp_err err = {0};
    char *name = bp_pe_own_name(pe, &err);
    bp_json_set_text(facts, "soname", name);
    free(name);
    bp_binary_note_error(facts, &err);
    if (wishes && wishes->symbols) {
        struct bp_symbol_wishes symbols = bp_symbol_wishes_of(wishes->symbols);
        bool read = bp_pe_exports(pe, &symbols, &err) == 0;
        bp_symbol_wishes_put(&symbols, read, facts);
        bp_symbol_wishes_free(&symbols);
        bp_binary_note_error(facts, &err);
    }
}

/* A file without a version resource has neither member; damage in it keeps no DLL from loading. */
static void put_version(const struct bp_pe *pe, cJSON *facts) {
    struct bp_pe_version version;
    bp_pe_version_read(pe, &version, NULL);
    if (version.file_version) {
        bp_json_set_text(facts, "file_version", version.file_version);
    }
    if (version.product) {
        bp_json_set_text(facts, "product", version.product);
    }
    bp_pe_version_free(&version);
}

void bp_pe_facts(struct bp_cursor file, const struct bp_binary_wishes *wishes, cJSON *facts) {
    struct bp_err err = {0};
    struct bp_pe pe;
    int opened = bp_pe_open(&pe, file, &err);
    bp_json_set_text(facts, "format", pe.found ? "pe" : "unknown");
    if (pe.found) {
        bp_json_set_bool(facts, "big_endian", false);
        bp_json_set_text(facts, "machine", bp_pe_machine(&pe));
    }
    if (pe.bits) {
        bp_json_set_number(facts, "bits", pe.bits);
    }
    bp_binary_note_error(facts, &err);
    if (opened == 0) {
        check_length(&pe, facts);
        put_names("needed", bp_pe_imports, &pe, facts);
        put_names("delay_needed", bp_pe_delay_imports, &pe, facts);
        put_exports(&pe, wishes, facts);
        put_version(&pe, facts);
    }
    bp_pe_close(&pe);
}
