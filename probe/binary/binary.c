#include "probe/binary/binary.h"

#include <string.h>

#include "base/cursor.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "probe/binary/elf.h"
#include "probe/binary/gpu_code.h"
#include "probe/binary/macho.h"
#include "probe/binary/pe.h"

static bool begins_with(const struct bp_cursor *file, const char *bytes) {
    return bp_cursor_is(file, 0, bytes, strlen(bytes));
}

static void put_unknown(const struct bp_cursor *file, cJSON *facts) {
    bp_json_set_text(facts, "format", "unknown");
    const char *error = "neither an ELF, PE nor Mach-O file";
    if (!file->size) {
        error = "the file is empty";
    } else if (begins_with(file, "version https://git-lfs")) {
        error = "a Git LFS pointer: the library itself was never downloaded";
    } else if (begins_with(file, "/* GNU ld script") || begins_with(file, "INPUT") ||
               begins_with(file, "GROUP")) {
        error = "a linker script, not a library";
    }
    bp_json_set_text(facts, "error", error);
}

cJSON *bp_binary_facts_of(struct bp_cursor file, const struct bp_binary_wishes *wishes) {
    cJSON *facts = cJSON_CreateObject();
    if (begins_with(&file, "\177ELF")) {
        bp_elf_facts(file, wishes, facts);
    } else if (bp_pe_is(file)) {
        bp_pe_facts(file, wishes, facts);
    } else if (bp_macho_is(file)) {
        bp_macho_facts(file, wishes, facts);
    } else {
        put_unknown(&file, facts);
    }
    if (wishes && wishes->gpu_code && !bp_equal(bp_json_text(facts, "format"), "unknown")) {
        bp_gpu_code_facts(file, facts);
    }
    return facts;
}

cJSON *bp_binary_facts(const struct bp_root *root, const char *path,
                       const struct bp_binary_wishes *wishes, struct bp_err *err) {
    struct bp_map map = {0};
    if (bp_root_map(root, path, &map, err) != 0) {
        return NULL;
    }
    cJSON *facts = bp_binary_facts_of(bp_cursor_of(map.data, map.size), wishes);
    bp_map_close(&map);
    return facts;
}

cJSON *bp_binary_no_facts(const struct bp_err *err) {
    cJSON *facts = cJSON_CreateObject();
    bp_json_set_text(facts, err->code == BP_E_UNSAFE ? "not_read" : "error", bp_err_text(err));
    return facts;
}

char *bp_binary_machine_wanted(const struct bp_root *root, const char *path, const char *wanted) {
    struct bp_map map = {0};
    if (bp_root_map(root, path, &map, NULL) != 0) {
        return NULL;
    }
    struct bp_cursor file = bp_cursor_of(map.data, map.size);
    struct bp_elf elf = {0};
    struct bp_pe pe = {0};
    struct bp_macho macho = {0};
    const char *machine = NULL;
    if (begins_with(&file, "\177ELF")) {
        bp_elf_open(&elf, file, NULL);
        machine = bp_elf_machine(&elf);
    } else if (bp_pe_is(file)) {
        bp_pe_open(&pe, file, NULL);
        machine = bp_pe_machine(&pe);
    } else if (bp_macho_is(file)) {
        bp_macho_open(&macho, file, wanted, NULL);
        machine = bp_macho_machine(&macho);
    }
    bp_elf_close(&elf);
    bp_pe_close(&pe);
    bp_map_close(&map);
    return bp_strdup(machine);
}

char *bp_binary_machine(const struct bp_root *root, const char *path) {
    return bp_binary_machine_wanted(root, path, NULL);
}
