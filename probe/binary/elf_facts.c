/* The facts of an ELF file as the JSON Schema's "binary" has them. */
#include <stdlib.h>

#include "base/json.h"
#include "probe/binary/binary.h"
#include "probe/binary/elf.h"
#include "probe/binary/elf_dynamic.h"
#include "probe/binary/elf_format.h"
#include "probe/binary/elf_notes.h"
#include "probe/binary/elf_symbols.h"
#include "probe/binary/elf_versions.h"
#include "probe/binary/facts_error.h"

static void put_folders(struct bp_elf_dynamic *dynamic, const char *key,
                        const struct bp_elf_value *value, cJSON *facts) {
    struct bp_err err = {0};
    struct bp_strs folders = {0};
    if (bp_elf_folders(dynamic, value, &folders, &err) == 0) {
        cJSON_AddItemToObject(facts, key, bp_json_of_strs(&folders));
    }
    bp_strs_free(&folders);
    bp_binary_note_error(facts, &err);
}

static void put_names(struct bp_elf_dynamic *dynamic, cJSON *facts) {
    struct bp_err err = {0};
    char *soname =
        dynamic->soname.present ? bp_elf_name(dynamic, dynamic->soname.value, &err) : NULL;
    bp_json_set_text(facts, "soname", soname);
    free(soname);
    bp_binary_note_error(facts, &err);

    struct bp_strs needed = {0};
    bp_elf_needed(dynamic, &needed, &err);
    cJSON_AddItemToObject(facts, "needed", bp_json_of_strs(&needed));
    bp_strs_free(&needed);
    bp_binary_note_error(facts, &err);

    put_folders(dynamic, "rpath", &dynamic->rpath, facts);
    put_folders(dynamic, "runpath", &dynamic->runpath, facts);
}

/* An empty RUNPATH names no folder, and yet switches every RPATH off. */
static void put_flags(const struct bp_elf_dynamic *dynamic, cJSON *facts) {
    if (dynamic->runpath.present && !cJSON_GetArraySize(bp_json_get(facts, "runpath"))) {
        bp_json_set_bool(facts, "empty_runpath", true);
    }
    if (dynamic->flags_1.present && (dynamic->flags_1.value & BP_DF_1_NODEFLIB)) {
        bp_json_set_bool(facts, "no_default_folders", true);
    }
}

static void put_version_needs(struct bp_elf_dynamic *dynamic, cJSON *facts) {
    struct bp_err err = {0};
    cJSON *needs = bp_elf_version_needs(dynamic, &err);
    cJSON *highest = cJSON_CreateObject();
    const cJSON *need = NULL;
    cJSON_ArrayForEach(need, needs) {
        const cJSON *version = NULL;
        cJSON_ArrayForEach(version, bp_json_get(need, "versions")) {
            bp_elf_note_version(highest, version->valuestring);
        }
    }
    cJSON_AddItemToObject(facts, "version_needs", needs);
    cJSON_AddItemToObject(facts, "requires", highest);
    bp_binary_note_error(facts, &err);
}

static void put_version_definitions(struct bp_elf_dynamic *dynamic, bool list, cJSON *facts) {
    struct bp_err err = {0};
    cJSON *definitions = bp_elf_version_definitions(dynamic, &err);
    cJSON *highest = cJSON_CreateObject();
    const cJSON *version = NULL;
    cJSON_ArrayForEach(version, definitions) {
        bp_elf_note_version(highest, version->valuestring);
    }
    cJSON_AddItemToObject(facts, "provides", highest);
    if (list) {
        cJSON_AddItemToObject(facts, "version_definitions", definitions);
    } else {
        cJSON_Delete(definitions);
    }
    bp_binary_note_error(facts, &err);
}

static void put_dynamic(const struct bp_elf *elf, const struct bp_binary_wishes *wishes,
                        cJSON *facts) {
    struct bp_err err = {0};
    struct bp_elf_dynamic dynamic;
    if (bp_elf_dynamic_read(&dynamic, elf, &err) == 0) {
        put_names(&dynamic, facts);
        put_flags(&dynamic, facts);
        put_version_needs(&dynamic, facts);
        put_version_definitions(&dynamic, wishes && wishes->version_definitions, facts);
        if (wishes && wishes->symbols) {
            bp_elf_exports(&dynamic, wishes->symbols, facts, &err);
        }
    }
    bp_binary_note_error(facts, &err);
    bp_elf_dynamic_close(&dynamic);
}

/* A static program or an object file: known to need nothing. */
static void put_static(cJSON *facts) {
    cJSON_AddNullToObject(facts, "soname");
    cJSON_AddArrayToObject(facts, "needed");
}

/* A download or copy that stopped early still has its headers, which stand first. */
static void check_length(const struct bp_elf *elf, cJSON *facts) {
    struct bp_err err = {0};
    for (size_t i = 0; i < elf->segment_count; i++) {
        const struct bp_elf_segment *segment = &elf->segments[i];
        if (segment->type == BP_PT_LOAD &&
            !bp_cursor_has(&elf->file, segment->offset, segment->file_size)) {
            bp_fail(&err, BP_E_FORMAT,
                    "the file is cut short: its headers speak of more than %zu bytes",
                    elf->file.size);
            bp_json_set_bool(facts, "cut_short", true);
            break;
        }
    }
    bp_binary_note_error(facts, &err);
}

/* What e_type says: loaders take the first two kinds and refuse the others. */
static const char *type_word(const struct bp_elf *elf) {
    struct bp_cursor file = elf->file;
    switch (bp_cursor_u16(&file, 16)) {
    case BP_ET_DYN:
        return "dyn";
    case BP_ET_EXEC:
        return "exec";
    case BP_ET_REL:
        return "rel";
    case BP_ET_CORE:
        return "core";
    default:
        return file.failed ? NULL : "other";
    }
}

void bp_elf_facts(struct bp_cursor file, const struct bp_binary_wishes *wishes, cJSON *facts) {
    struct bp_err err = {0};
    struct bp_elf elf;
    bp_json_set_text(facts, "format", "elf");
    int opened = bp_elf_open(&elf, file, &err);
    if (elf.bits) {
        bp_json_set_number(facts, "bits", elf.bits);
        bp_json_set_bool(facts, "big_endian", elf.file.big_endian);
        bp_json_set_text(facts, "machine", bp_elf_machine(&elf));
        bp_json_set_text(facts, "elf_type", type_word(&elf));
    }
    bp_binary_note_error(facts, &err);
    if (opened == 0) {
        check_length(&elf, facts);
        if (bp_elf_is_dynamic(&elf)) {
            put_dynamic(&elf, wishes, facts);
        } else {
            put_static(facts);
        }
        char *build_id = bp_elf_build_id(&elf);
        bp_json_set_text(facts, "build_id", build_id);
        free(build_id);
    }
    bp_elf_close(&elf);
}
