/* The facts of a Mach-O file as the JSON Schema's "binary" has them. */
#include "base/json.h"
#include "base/memory.h"
#include "probe/binary/binary.h"
#include "probe/binary/facts_error.h"
#include "probe/binary/macho.h"
#include "probe/binary/macho_commands.h"
#include "probe/binary/macho_exports.h"

static void put_exports(const struct bp_macho *macho, const struct bp_macho_commands *commands,
                        const char *const *names, cJSON *facts) {
    struct bp_err err = {0};
    struct bp_symbol_wishes wishes = bp_symbol_wishes_of(names);
    bool read = bp_macho_exports(macho, commands, &wishes, &err) == 0;
    bp_symbol_wishes_put(&wishes, read, facts);
    bp_symbol_wishes_free(&wishes);
    bp_binary_note_error(facts, &err);
}

static void put_commands(const struct bp_macho *macho, const struct bp_binary_wishes *wishes,
                         cJSON *facts) {
    struct bp_err err = {0};
    struct bp_macho_commands commands;
    bool whole = bp_macho_commands_read(&commands, macho, &err) == 0;
    if (commands.cut_short) {
        bp_binary_note_error(
            facts,
            &(struct bp_err){.code = BP_E_FORMAT,
                             .message = bp_format(
                                 "the file is cut short: its headers speak of more than %zu bytes",
                                 macho->file.size)});
    }
    bp_binary_note_error(facts, &err);
    bp_json_set_text(facts, "soname", commands.own_name);
    /* Of commands that were not read to their end, an empty list would say too much. */
    if (whole || commands.needed.count) {
        cJSON_AddItemToObject(facts, "needed", bp_json_of_strs(&commands.needed));
    }
    if (commands.weak.count) {
        cJSON_AddItemToObject(facts, "weak_needed", bp_json_of_strs(&commands.weak));
    }
    if (whole) {
        bp_json_set_bool(facts, "signed", commands.signature);
    }
    if (whole || commands.rpath.count) {
        cJSON_AddItemToObject(facts, "rpath", bp_json_of_strs(&commands.rpath));
    }
    bp_json_set_text(facts, "build_id", commands.uuid);
    cJSON_AddItemToObject(facts, "requires", commands.requires);
    commands.requires = NULL;
    if (wishes && wishes->symbols) {
        if (whole) {
            put_exports(macho, &commands, wishes->symbols, facts);
        } else {
            cJSON_AddNullToObject(facts, "symbols");
            cJSON_AddNullToObject(facts, "exported_count");
        }
    }
    bp_macho_commands_close(&commands);
}

void bp_macho_facts(struct bp_cursor file, const struct bp_binary_wishes *wishes, cJSON *facts) {
    struct bp_err err = {0};
    struct bp_macho macho;
    bp_json_set_text(facts, "format", "mach-o");
    bool opened = bp_macho_open(&macho, file, wishes ? wishes->machine : NULL, &err) == 0;
    bp_binary_note_error(facts, &err);
    if (opened) {
        bp_json_set_number(facts, "bits", macho.bits);
        bp_json_set_bool(facts, "big_endian", macho.file.big_endian);
        bp_json_set_text(facts, "machine", bp_macho_machine(&macho));
        put_commands(&macho, wishes, facts);
    }
}
