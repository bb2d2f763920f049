#include "checks/loader/resolve.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "checks/loader/search.h"

/* A chain of needed libraries longer than this is not followed further. */
#define DEEPEST 6

/* One resolution. */
struct resolving {
    struct bp_search search;
    const struct bp_torch *torch;
    int depth;
};

void bp_need_free(struct bp_need *need) {
    free(need->library);
    free(need->path);
    free(need->rule);
    free(need->reason);
    free(need->lacks);
    *need = (struct bp_need){0};
}

const char *bp_need_word(enum bp_need_outcome outcome) {
    switch (outcome) {
    case BP_NEED_MAPPED:
        return "mapped-by-torch";
    case BP_NEED_FOUND:
        return "found";
    case BP_NEED_UNUSABLE:
        return "unusable";
    case BP_NEED_NOT_FOUND:
        return "not-found";
    case BP_NEED_UNKNOWN:
        break;
    }
    return "unknown";
}

static struct bp_need resolve_at(const struct bp_machine *machine, const struct bp_torch *torch,
                                 const cJSON *requester, const char *library, int depth);

static void set_reason(struct bp_need *need, char *reason) {
    free(need->reason);
    need->reason = reason;
}

/* --- whether what is found can be used --- */

static void check_version(const struct resolving *resolving, const cJSON *provider,
                          struct bp_need *need) {
    char *lacking;
    switch (bp_lacks_version(resolving->search.requester, resolving->search.library, provider,
                             &lacking)) {
    case BP_YES:
        need->outcome = BP_NEED_UNUSABLE;
        need->trouble = BP_TROUBLE_VERSION;
        need->lacks = lacking;
        set_reason(need, bp_format("it lacks the symbol version %s", lacking));
        break;
    case BP_UNKNOWN:
        need->outcome = BP_NEED_UNKNOWN;
        set_reason(need, bp_strdup("which symbol versions it defines is not known"));
        break;
    case BP_NO:
        break;
    }
}

/* What the found file needs in turn, as far as the snapshot says where that could be. */
static void check_further_needs(const struct resolving *resolving, const cJSON *candidate,
                                struct bp_need *need) {
    const cJSON *entry;
    cJSON_ArrayForEach(entry, bp_json_get(candidate, "needed")) {
        const char *library = cJSON_GetStringValue(entry);
        if (!library || bp_is_libc_part(library) || resolving->depth >= DEEPEST ||
            !bp_json_get(resolving->search.machine->candidates, library)) {
            continue;
        }
        struct bp_need further = resolve_at(resolving->search.machine, resolving->torch, candidate,
                                            library, resolving->depth + 1);
        if (further.outcome == BP_NEED_NOT_FOUND ||
            (further.outcome == BP_NEED_UNUSABLE && further.trouble == BP_TROUBLE_NEEDS)) {
            need->outcome = BP_NEED_UNUSABLE;
            need->trouble = BP_TROUBLE_NEEDS;
            need->lacks = bp_strdup(further.lacks ? further.lacks : library);
            set_reason(need, bp_format("it needs %s, which is not found", need->lacks));
            bp_need_free(&further);
            return;
        }
        bp_need_free(&further);
    }
}

static void check_found(const struct resolving *resolving, const cJSON *candidate,
                        struct bp_need *need) {
    const char *format = bp_json_text(candidate, "format");
    const char *error = bp_json_text(candidate, "error");
    if (error || (format && strcmp(format, "elf") != 0)) {
        need->outcome = BP_NEED_UNUSABLE;
        need->trouble = BP_TROUBLE_FILE;
        set_reason(need, bp_format("it is no usable library: %s",
                                   error ? error : "not in the ELF format"));
        return;
    }
    check_further_needs(resolving, candidate, need);
    if (need->outcome == BP_NEED_FOUND) {
        check_version(resolving, candidate, need);
    }
}

/* --- the steps --- */

static bool try_mapped(struct resolving *resolving, struct bp_need *need, char **unsure) {
    const cJSON *candidate;
    cJSON_ArrayForEach(candidate, resolving->search.candidates) {
        char *reason;
        const char *path = bp_json_text(candidate, "path");
        const char *named = path ? path : "a file whose path is not known";
        enum bp_answer maps = bp_torch_maps(resolving->search.machine, resolving->torch,
                                            resolving->search.library, candidate, &reason);
        if (maps == BP_YES) {
            need->outcome = BP_NEED_MAPPED;
            need->path = bp_strdup(path);
            need->rule = bp_strdup("mapped before by torch");
            set_reason(need, reason);
            check_version(resolving, candidate, need);
            return true;
        }
        if (maps == BP_UNKNOWN && !*unsure) {
            *unsure = bp_format("%s: %s", named, reason);
        } else if (maps == BP_NO && reason) {
            bp_strs_add_owned(&resolving->search.skipped, bp_format("%s: %s", named, reason));
        }
        free(reason);
    }
    return false;
}

static bool try_search(struct resolving *resolving, struct bp_need *need) {
    enum bp_rule rule;
    const cJSON *candidate = bp_search_first(&resolving->search, &rule);
    if (!candidate) {
        return false;
    }
    need->outcome = BP_NEED_FOUND;
    need->path = bp_strdup(bp_json_text(candidate, "path"));
    need->rule = bp_strdup(bp_rule_name(rule));
    check_found(resolving, candidate, need);
    return true;
}

static const char *shown_or_empty(const cJSON *facts, const char *key) {
    const char *text = bp_json_text(facts, key);
    return text ? text : "";
}

/* One that was not looked for, but that the facts about the host know: libstdc++. */
static void resolve_libstdcxx(struct resolving *resolving, struct bp_need *need) {
    const cJSON *facts = bp_json_at(resolving->search.machine->snapshot, "/host/libstdcxx");
    const char *path = bp_json_text(facts, "path");
    if (!path) {
        set_reason(need, bp_strdup("where it could be found was not looked for"));
        return;
    }
    cJSON *provider = cJSON_CreateObject();
    bp_json_put(provider, "/provides/GLIBCXX",
                cJSON_CreateString(shown_or_empty(facts, "glibcxx")));
    bp_json_put(provider, "/provides/CXXABI", cJSON_CreateString(shown_or_empty(facts, "cxxabi")));
    need->outcome = BP_NEED_FOUND;
    need->path = bp_strdup(path);
    need->rule = bp_strdup("the system's libstdc++");
    check_version(resolving, provider, need);
    cJSON_Delete(provider);
}

/* The C library is in the process, whatever else is. */
static void resolve_libc(const struct resolving *resolving, struct bp_need *need) {
    const struct bp_machine *machine = resolving->search.machine;
    char *lacking;
    if (!machine->libc) {
        set_reason(need, bp_strdup("which C library this system has is not known"));
        return;
    }
    if (strcmp(machine->libc, "glibc") != 0) {
        need->outcome = BP_NEED_NOT_FOUND;
        set_reason(need, bp_format("it belongs to glibc, and this system's C library is %s",
                                   machine->libc));
        return;
    }
    need->outcome = BP_NEED_FOUND;
    need->path = bp_strdup(bp_json_text_at(machine->snapshot, "/host/libc/path"));
    need->rule = bp_strdup("part of the system's C library");
    switch (bp_libc_lacks_version(resolving->search.requester, resolving->search.library,
                                  machine->libc_version, &lacking)) {
    case BP_YES:
        need->outcome = BP_NEED_UNUSABLE;
        need->trouble = BP_TROUBLE_LIBC;
        need->lacks = lacking;
        set_reason(need,
                   bp_format("glibc here is %s and lacks %s", machine->libc_version, lacking));
        break;
    case BP_UNKNOWN:
        need->outcome = BP_NEED_UNKNOWN;
        set_reason(need, bp_strdup("the version of glibc is not known"));
        break;
    case BP_NO:
        break;
    }
}

/* Another copy may be in the process first: then a trouble with this one proves nothing. */
static void doubt(struct bp_need *need, const char *unsure) {
    if (need->outcome == BP_NEED_UNUSABLE || need->outcome == BP_NEED_NOT_FOUND) {
        need->outcome = BP_NEED_UNKNOWN;
        need->trouble = BP_TROUBLE_NONE;
        set_reason(need, bp_strdup(unsure));
    }
}

static void resolve_among_candidates(struct resolving *resolving, struct bp_need *need) {
    char *unsure = NULL;
    if (!try_mapped(resolving, need, &unsure)) {
        if (!try_search(resolving, need)) {
            need->outcome = BP_NEED_NOT_FOUND;
            set_reason(need, bp_search_places(&resolving->search));
        }
        if (unsure) {
            doubt(need, unsure);
        }
    }
    free(unsure);
}

static struct bp_need resolve_at(const struct bp_machine *machine, const struct bp_torch *torch,
                                 const cJSON *requester, const char *library, int depth) {
    struct bp_need need = {.library = bp_strdup(library), .outcome = BP_NEED_UNKNOWN};
    struct resolving resolving = {
        .search = {.machine = machine, .requester = requester, .library = library},
        .torch = torch,
        .depth = depth,
    };
    resolving.search.candidates = bp_json_get(machine->candidates, library);
    if (bp_is_libc_part(library)) {
        resolve_libc(&resolving, &need);
    } else if (cJSON_IsArray(resolving.search.candidates)) {
        resolve_among_candidates(&resolving, &need);
    } else if (strcmp(library, "libstdc++.so.6") == 0) {
        resolve_libstdcxx(&resolving, &need);
    } else {
        set_reason(&need, bp_strdup("where it could be found was not looked for"));
    }
    bp_strs_free(&resolving.search.skipped);
    return need;
}

struct bp_need bp_resolve(const struct bp_machine *machine, const struct bp_torch *torch,
                          const cJSON *requester, const char *library) {
    return resolve_at(machine, torch, requester, library, 0);
}
