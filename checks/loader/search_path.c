#include "checks/loader/search_path.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/loader_tokens.h"
#include "base/memory.h"
#include "base/version.h"

static char *replace_tokens(const struct bp_process *process, const char *folder,
                            const char *origin) {
    const cJSON *written = bp_json_get(process->machine->search, "tokens");
    const struct bp_loader_tokens tokens = {.origin = origin,
                                            .lib = bp_json_text(written, "LIB"),
                                            .platform = bp_json_text(written, "PLATFORM")};
    return bp_loader_tokens_expand(&tokens, folder);
}

char *bp_search_path_folder(const struct bp_process *process, const char *folder) {
    const cJSON *alias;
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/') {
        length--;
    }
    char *plain = bp_strndup(folder, length);
    cJSON_ArrayForEach(alias, bp_json_get(process->machine->search, "folders")) {
        const char *is = bp_json_text(alias, "is");
        if (is && bp_equal(bp_json_text(alias, "path"), plain)) {
            free(plain);
            return bp_strdup(is);
        }
    }
    return plain;
}

/* Appends one part of a search path; one that is not absolute starts from the current folder. */
static void add_folder(const struct bp_process *process, const char *part, const char *origin,
                       struct bp_strs *folders) {
    const char *here = bp_json_text_at(process->machine->snapshot, "/python/working_folder");
    char *folder = replace_tokens(process, part, origin);
    if (*folder != '/') {
        char *absolute =
            *folder ? bp_join(here ? here : "/", folder) : bp_strdup(here ? here : "/");
        free(folder);
        folder = absolute;
    }
    char *plain = bp_search_path_folder(process, folder);
    bp_strs_add_once(folders, plain);
    free(plain);
    free(folder);
}

static void add_all(const struct bp_process *process, const cJSON *parts, const char *path,
                    struct bp_strs *folders) {
    const cJSON *part;
    char *origin = bp_dir_name(path ? path : "/");
    cJSON_ArrayForEach(part, parts) {
        if (cJSON_IsString(part)) {
            add_folder(process, part->valuestring, origin, folders);
        }
    }
    free(origin);
}

void bp_search_path_start(struct bp_process *process) {
    const struct bp_machine *machine = process->machine;
    const char *program = bp_json_text(machine->interpreter, "real_executable");
    add_all(process, bp_json_get(machine->search, "ld_library_path"), program, &process->variable);
    add_all(process, bp_json_get(machine->search, "default_folders"), NULL, &process->defaults);
}

const struct bp_strs *bp_search_path_own(struct bp_process *process, int index) {
    struct bp_mapped *mapped = &process->mapped[index];
    if (!mapped->own_is_split) {
        mapped->own_is_split = true;
        add_all(process, bp_json_get(mapped->facts, mapped->has_runpath ? "runpath" : "rpath"),
                mapped->path, &mapped->own);
    }
    return &mapped->own;
}

const cJSON *bp_search_path_levels(const struct bp_process *process, bool *known) {
    const cJSON *levels = bp_json_at(process->machine->snapshot, "/hardware/cpu/levels");
    const char *version = process->machine->libc_version;
    int order;
    /* musl and glibc before 2.33 know no such subfolders. */
    bool none =
        process->musl || (version && bp_version_compare(version, "2.33", &order) && order < 0);
    *known = none || cJSON_IsArray(levels);
    return none ? NULL : levels;
}
