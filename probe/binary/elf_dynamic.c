#include "probe/binary/elf_dynamic.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "probe/binary/elf_format.h"

bool bp_elf_is_dynamic(const struct bp_elf *elf) {
    return bp_elf_segment_of(elf, BP_PT_DYNAMIC) != NULL;
}

/* The field that a tag fills; NULL for one that is not used here. */
static struct bp_elf_value *value_of_tag(struct bp_elf_dynamic *dynamic, uint64_t tag) {
    switch (tag) {
    case BP_DT_SONAME:
        return &dynamic->soname;
    case BP_DT_RPATH:
        return &dynamic->rpath;
    case BP_DT_RUNPATH:
        return &dynamic->runpath;
    case BP_DT_FLAGS_1:
        return &dynamic->flags_1;
    case BP_DT_STRTAB:
        return &dynamic->names_address;
    case BP_DT_STRSZ:
        return &dynamic->names_size;
    case BP_DT_SYMTAB:
        return &dynamic->symbols;
    case BP_DT_HASH:
        return &dynamic->hash;
    case BP_DT_GNU_HASH:
        return &dynamic->gnu_hash;
    case BP_DT_VERNEED:
        return &dynamic->version_needs;
    case BP_DT_VERNEEDNUM:
        return &dynamic->version_need_count;
    case BP_DT_VERDEF:
        return &dynamic->version_definitions;
    case BP_DT_VERDEFNUM:
        return &dynamic->version_definition_count;
    default:
        return NULL;
    }
}

static int add_needed(struct bp_elf_dynamic *dynamic, uint64_t offset, struct bp_err *err) {
    if (dynamic->needed_count == BP_ELF_NEEDED_LIMIT) {
        return bp_fail(err, BP_E_LIMIT, "more than %d needed libraries", BP_ELF_NEEDED_LIMIT);
    }
    dynamic->needed[dynamic->needed_count++] = offset;
    return 0;
}

static int read_entries(struct bp_elf_dynamic *dynamic, struct bp_err *err) {
    const struct bp_elf *elf = dynamic->elf;
    struct bp_cursor bytes = bp_elf_segment_bytes(elf, bp_elf_segment_of(elf, BP_PT_DYNAMIC));
    uint64_t word = elf->bits / 8;
    for (uint64_t i = 0; i < BP_ELF_DYNAMIC_LIMIT; i++) {
        uint64_t tag = bp_elf_word(elf, &bytes, 2 * word * i);
        uint64_t value = bp_elf_word(elf, &bytes, 2 * word * i + word);
        if (bytes.failed) {
            return bp_fail(err, BP_E_FORMAT, "the dynamic section has no end in the file");
        }
        if (tag == BP_DT_NULL) {
            return 0;
        }
        if (tag == BP_DT_NEEDED) {
            if (add_needed(dynamic, value, err) != 0) {
                return -1;
            }
            continue;
        }
        struct bp_elf_value *field = value_of_tag(dynamic, tag);
        if (field) {
            *field = (struct bp_elf_value){.present = true, .value = value};
        }
    }
    return bp_fail(err, BP_E_LIMIT, "more than %d dynamic entries", BP_ELF_DYNAMIC_LIMIT);
}

static int find_names(struct bp_elf_dynamic *dynamic, struct bp_err *err) {
    if (!dynamic->names_address.present) {
        return bp_fail(err, BP_E_FORMAT, "the dynamic section names no string table");
    }
    dynamic->names = bp_elf_at_address(dynamic->elf, dynamic->names_address.value);
    if (dynamic->names.failed) {
        return bp_fail(err, BP_E_FORMAT, "the string table lies outside the file");
    }
    if (dynamic->names_size.present && dynamic->names_size.value < dynamic->names.size) {
        dynamic->names.size = (size_t)dynamic->names_size.value;
    }
    return 0;
}

int bp_elf_dynamic_read(struct bp_elf_dynamic *dynamic, const struct bp_elf *elf,
                        struct bp_err *err) {
    *dynamic = (struct bp_elf_dynamic){.elf = elf, .names_left = BP_ELF_NAMES_LIMIT};
    dynamic->needed = bp_alloc_array(BP_ELF_NEEDED_LIMIT, sizeof *dynamic->needed);
    if (read_entries(dynamic, err) != 0) {
        return -1;
    }
    return find_names(dynamic, err);
}

void bp_elf_dynamic_close(struct bp_elf_dynamic *dynamic) {
    free(dynamic->needed);
    *dynamic = (struct bp_elf_dynamic){0};
}

char *bp_elf_name(struct bp_elf_dynamic *dynamic, uint64_t offset, struct bp_err *err) {
    struct bp_cursor names = dynamic->names;
    if (offset >= names.size) {
        bp_fail(err, BP_E_FORMAT, "a name lies outside the string table");
        return NULL;
    }
    bool cut = names.size - (size_t)offset > dynamic->names_left;
    if (cut) {
        names.size = (size_t)offset + dynamic->names_left;
    }
    const char *start = bp_cursor_string(&names, offset);
    if (!start && cut) {
        bp_fail(err, BP_E_LIMIT, "names of more than %zu bytes", BP_ELF_NAMES_LIMIT);
        return NULL;
    }
    if (!start) {
        bp_fail(err, BP_E_FORMAT, "a name runs over the end of the string table");
        return NULL;
    }
    size_t length = strlen(start);
    dynamic->names_left -= length + 1;
    return bp_utf8_clean(start, length);
}

int bp_elf_needed(struct bp_elf_dynamic *dynamic, struct bp_strs *needed, struct bp_err *err) {
    for (size_t i = 0; i < dynamic->needed_count; i++) {
        char *name = bp_elf_name(dynamic, dynamic->needed[i], err);
        if (!name) {
            return -1;
        }
        bp_strs_add_owned(needed, name);
    }
    return 0;
}

int bp_elf_folders(struct bp_elf_dynamic *dynamic, const struct bp_elf_value *value,
                   struct bp_strs *folders, struct bp_err *err) {
    if (!value->present) {
        return 0;
    }
    char *text = bp_elf_name(dynamic, value->value, err);
    if (!text) {
        return -1;
    }
    if (*text) { /* the loader ignores an empty list, not an empty part of one */
        bp_strs_split(folders, text, ':', true);
    }
    free(text);
    return 0;
}
