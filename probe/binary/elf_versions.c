#include "probe/binary/elf_versions.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/version.h"
#include "probe/binary/elf_format.h"

/* Offsets within Elf32_Verneed, Elf32_Vernaux, Elf32_Verdef and Elf32_Verdaux, which are
 * the same for 64 bits. */
enum {
    NEED_COUNT = 2,
    NEED_FILE = 4,
    NEED_FIRST = 8,
    NEED_NEXT = 12,
    ASKED_FLAGS = 4,
    ASKED_NAME = 8,
    ASKED_NEXT = 12,
    DEFINITION_FLAGS = 2,
    DEFINITION_FIRST = 12,
    DEFINITION_NEXT = 16,
};

/* A walk over one version table. */
struct version_walk {
    struct bp_elf_dynamic *dynamic;
    struct bp_cursor table;
    size_t left; /* entries that may still be looked at */
    struct bp_err *err;
};

static int start_walk(struct version_walk *walk, struct bp_elf_dynamic *dynamic,
                      const struct bp_elf_value *address, struct bp_err *err) {
    *walk = (struct version_walk){.dynamic = dynamic, .left = BP_ELF_VERSION_LIMIT, .err = err};
    walk->table = bp_elf_at_address(dynamic->elf, address->value);
    if (walk->table.failed) {
        return bp_fail(err, BP_E_FORMAT, "a version table lies outside the file");
    }
    return 0;
}

/* Takes one entry off the walk's allowance. */
static int step(struct version_walk *walk) {
    if (walk->table.failed) {
        return bp_fail(walk->err, BP_E_FORMAT, "a version table runs over the end of the file");
    }
    if (!walk->left) {
        return bp_fail(walk->err, BP_E_LIMIT, "more than %d symbol versions", BP_ELF_VERSION_LIMIT);
    }
    walk->left--;
    return 0;
}

/* Appends the versions asked of one library: `count` entries from `offset` on. */
static int read_asked(struct version_walk *walk, uint64_t offset, unsigned count, cJSON *versions) {
    for (unsigned i = 0; i < count; i++) {
        uint16_t flags = bp_cursor_u16(&walk->table, offset + ASKED_FLAGS);
        uint32_t name = bp_cursor_u32(&walk->table, offset + ASKED_NAME);
        uint32_t next = bp_cursor_u32(&walk->table, offset + ASKED_NEXT);
        if (step(walk) != 0) {
            return -1;
        }
        if (!(flags & BP_VER_FLG_WEAK)) {
            char *version = bp_elf_name(walk->dynamic, name, walk->err);
            if (!version) {
                return -1;
            }
            cJSON_AddItemToArray(versions, cJSON_CreateString(version));
            free(version);
        }
        if (!next) {
            break;
        }
        offset += next;
    }
    return 0;
}

static int read_needs(struct version_walk *walk, uint64_t count, cJSON *needs) {
    uint64_t offset = 0;
    for (uint64_t i = 0; i < count; i++) {
        uint16_t asked = bp_cursor_u16(&walk->table, offset + NEED_COUNT);
        uint32_t library = bp_cursor_u32(&walk->table, offset + NEED_FILE);
        uint32_t first = bp_cursor_u32(&walk->table, offset + NEED_FIRST);
        uint32_t next = bp_cursor_u32(&walk->table, offset + NEED_NEXT);
        if (step(walk) != 0) {
            return -1;
        }
        char *name = bp_elf_name(walk->dynamic, library, walk->err);
        if (!name) {
            return -1;
        }
        cJSON *need = cJSON_CreateObject();
        bp_json_set_text(need, "library", name);
        free(name);
        cJSON *versions = cJSON_AddArrayToObject(need, "versions");
        cJSON_AddItemToArray(needs, need);
        if (read_asked(walk, offset + first, asked, versions) != 0) {
            return -1;
        }
        if (!next) {
            break;
        }
        offset += next;
    }
    return 0;
}

cJSON *bp_elf_version_needs(struct bp_elf_dynamic *dynamic, struct bp_err *err) {
    cJSON *needs = cJSON_CreateArray();
    struct version_walk walk;
    if (dynamic->version_needs.present &&
        start_walk(&walk, dynamic, &dynamic->version_needs, err) == 0) {
        read_needs(&walk, dynamic->version_need_count.value, needs);
    }
    return needs;
}

static int read_definitions(struct version_walk *walk, uint64_t count, cJSON *definitions) {
    uint64_t offset = 0;
    for (uint64_t i = 0; i < count; i++) {
        uint16_t flags = bp_cursor_u16(&walk->table, offset + DEFINITION_FLAGS);
        uint32_t first = bp_cursor_u32(&walk->table, offset + DEFINITION_FIRST);
        uint32_t next = bp_cursor_u32(&walk->table, offset + DEFINITION_NEXT);
        /* The first name is the version's own; those after it are its parents'. */
        uint32_t name = bp_cursor_u32(&walk->table, offset + first);
        if (step(walk) != 0) {
            return -1;
        }
        if (!(flags & BP_VER_FLG_BASE)) {
            char *version = bp_elf_name(walk->dynamic, name, walk->err);
            if (!version) {
                return -1;
            }
            cJSON_AddItemToArray(definitions, cJSON_CreateString(version));
            free(version);
        }
        if (!next) {
            break;
        }
        offset += next;
    }
    return 0;
}

cJSON *bp_elf_version_definitions(struct bp_elf_dynamic *dynamic, struct bp_err *err) {
    cJSON *definitions = cJSON_CreateArray();
    struct version_walk walk;
    if (dynamic->version_definitions.present &&
        start_walk(&walk, dynamic, &dynamic->version_definitions, err) == 0) {
        read_definitions(&walk, dynamic->version_definition_count.value, definitions);
    }
    return definitions;
}

/* Where the number begins: after the first '_' that a digit follows, up to the end. */
static const char *number_of(const char *name) {
    for (const char *at = strchr(name, '_'); at; at = strchr(at + 1, '_')) {
        if (strspn(at + 1, "0123456789")) {
            return at[1 + strspn(at + 1, "0123456789.")] ? NULL : at + 1;
        }
    }
    return NULL;
}

void bp_elf_note_version(cJSON *highest, const char *name) {
    const char *number = number_of(name);
    if (!number || number - name < 2) {
        return;
    }
    char *family = bp_strndup(name, (size_t)(number - name) - 1);
    const char *known = bp_json_text(highest, family);
    int order = 0;
    if (!known) {
        bp_json_set_text(highest, family, number);
    } else if (bp_version_compare(number, known, &order) && order > 0) {
        bp_json_set_text(highest, family, number);
    }
    free(family);
}
