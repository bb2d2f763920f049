#include "checks/loader/opening.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/loader/lookup.h"
#include "checks/loader/symbol_versions.h"

/* --- one need --- */

static void take_mapped(const struct opening *opening, struct link *link, int index) {
    const struct bp_mapped *mapped = &opening->process->mapped[index];
    struct bp_need *need = &link->need;
    link->to = index;
    need->path = bp_strdup(mapped->path);
    if (mapped->stage == BP_STAGE_TORCH) {
        need->outcome = BP_NEED_MAPPED;
        need->rule = bp_strdup("mapped before by torch");
        need->reason = bp_strdup(mapped->why);
        return;
    }
    need->outcome = BP_NEED_FOUND;
    need->rule =
        bp_strdup(mapped->stage == BP_STAGE_START ? "in the process from its start" : mapped->rule);
}

/* What the search came upon: mapped now, unless it is mapped under another name. */
static void take_found(struct opening *opening, struct link *link, struct bp_lookup *search) {
    struct bp_process *process = opening->process;
    int index = bp_process_find_file(process, search->candidate);
    if (index >= 0) {
        bp_strs_add_once(&process->mapped[index].names, link->need.library);
        take_mapped(opening, link, index);
        return;
    }
    index = bp_process_add(process, search->candidate, opening->stage, link->from);
    struct bp_mapped *mapped = &process->mapped[index];
    const char *asker = process->mapped[link->from].path;
    bp_strs_add(&mapped->names, link->need.library);
    mapped->rule = search->rule;
    mapped->why = bp_format("%s needs it, found through %s", asker ? bp_base_name(asker) : "a file",
                            search->rule);
    search->rule = NULL;
    link->to = index;
    link->need.outcome = BP_NEED_FOUND;
    link->need.path = bp_strdup(mapped->path);
    link->need.rule = bp_strdup(mapped->rule);
}

static void take_refused(struct link *link, struct bp_lookup *search) {
    struct bp_need *need = &link->need;
    need->outcome = BP_NEED_UNUSABLE;
    need->trouble = BP_TROUBLE_FILE;
    need->path = bp_strdup(bp_json_text(search->candidate, "path"));
    need->rule = search->rule;
    need->reason = search->reason;
    need->error = search->error;
    search->rule = search->reason = search->error = NULL;
}

static void take_nothing(const struct opening *opening, struct link *link,
                         struct bp_lookup *search) {
    const char *doubt = bp_process_doubt(opening->process, link->need.library);
    struct bp_need *need = &link->need;
    if (doubt) {
        need->reason = bp_strdup(doubt);
        return;
    }
    need->outcome = BP_NEED_NOT_FOUND;
    need->reason = search->reason;
    need->error = search->error;
    search->reason = search->error = NULL;
}

static void search_for(struct opening *opening, struct link *link) {
    struct bp_lookup search = bp_lookup(opening->process, link->from, link->need.library);
    switch (search.end) {
    case BP_LOOKUP_FOUND:
        take_found(opening, link, &search);
        break;
    case BP_LOOKUP_REFUSED:
        take_refused(link, &search);
        break;
    case BP_LOOKUP_NOTHING:
        take_nothing(opening, link, &search);
        break;
    case BP_LOOKUP_UNKNOWN:
        bp_need_set(&link->need.reason, search.reason);
        search.reason = NULL;
        break;
    }
    bp_lookup_free(&search);
}

/* --- what every process has --- */

static void take_libc(const struct opening *opening, struct link *link) {
    struct bp_need *need = &link->need;
    need->outcome = BP_NEED_FOUND;
    bp_need_set(&need->reason, NULL);
    bp_need_set(&need->error, NULL);
    bp_need_set(&need->path,
                bp_strdup(bp_json_text_at(opening->process->machine->snapshot, "/host/libc/path")));
    bp_need_set(&need->rule, bp_strdup("part of the system's C library"));
}

/* A part of glibc on a system of another C library, or of one that is not known. */
static bool is_foreign_libc(const struct opening *opening, struct link *link) {
    const char *libc = opening->process->machine->libc;
    struct bp_need *need = &link->need;
    if (!libc) {
        need->reason = bp_strdup("which C library this system has is not known");
        return true;
    }
    if (strcmp(libc, "glibc") == 0) {
        return false;
    }
    need->outcome = BP_NEED_NOT_FOUND;
    need->reason = bp_format("it belongs to glibc, and this system's C library is %s", libc);
    need->error =
        bp_format("Error loading shared library %s: No such file or directory", need->library);
    return true;
}

/* One that was not looked for, but that the facts about the host know: libstdc++. */
static void take_host_libstdcxx(struct opening *opening, struct link *link) {
    struct bp_process *process = opening->process;
    const cJSON *facts = bp_json_at(process->machine->snapshot, "/host/libstdcxx");
    const char *path = bp_json_text(facts, "path");
    if (!path || strcmp(link->need.library, "libstdc++.so.6") != 0) {
        return;
    }
    const char *glibcxx = bp_json_text(facts, "glibcxx");
    const char *cxxabi = bp_json_text(facts, "cxxabi");
    cJSON *made = cJSON_CreateObject();
    bp_json_set_text(made, "path", path);
    bp_json_put(made, "/provides/GLIBCXX", cJSON_CreateString(glibcxx ? glibcxx : ""));
    bp_json_put(made, "/provides/CXXABI", cJSON_CreateString(cxxabi ? cxxabi : ""));
    cJSON_AddItemToArray(process->made, made);
    link->to = bp_process_add(process, made, opening->stage, link->from);
    struct bp_mapped *mapped = &process->mapped[link->to];
    bp_strs_add(&mapped->names, link->need.library);
    mapped->rule = bp_strdup("the system's libstdc++");
    link->need.outcome = BP_NEED_FOUND;
    bp_need_set(&link->need.reason, NULL);
    bp_need_set(&link->need.path, bp_strdup(path));
    bp_need_set(&link->need.rule, bp_strdup(mapped->rule));
}

static void resolve(struct opening *opening, struct link *link) {
    const char *library = link->need.library;
    bool libc_part = bp_is_libc_part(library);
    if (libc_part && is_foreign_libc(opening, link)) {
        return;
    }
    int index = bp_process_find(opening->process, library);
    if (index >= 0) {
        take_mapped(opening, link, index);
    } else if (bp_is_loader(library)) {
        take_libc(opening, link);
    } else {
        search_for(opening, link);
        if (link->need.outcome == BP_NEED_UNKNOWN) {
            take_host_libstdcxx(opening, link);
        }
        if (libc_part &&
            (link->need.outcome == BP_NEED_UNKNOWN || link->need.outcome == BP_NEED_NOT_FOUND)) {
            take_libc(opening, link);
        }
    }
}

static struct link *add_link(struct opening *opening, int from, const char *library) {
    if (opening->count == opening->capacity) {
        opening->capacity = opening->capacity ? 2 * opening->capacity : 64;
        opening->links =
            bp_realloc_array(opening->links, opening->capacity, sizeof *opening->links);
    }
    struct link *link = &opening->links[opening->count++];
    *link = (struct link){.from = from, .to = -1, .need = {.library = bp_strdup(library)}};
    return link;
}

/* Level by level: what this maps is at the end of the list and has its turn later. */
static void map_needs(struct opening *opening) {
    for (size_t at = (size_t)opening->root; at < opening->process->count; at++) {
        const cJSON *needed;
        cJSON_ArrayForEach(needed, bp_json_get(opening->process->mapped[at].facts, "needed")) {
            if (cJSON_IsString(needed)) {
                resolve(opening, add_link(opening, (int)at, needed->valuestring));
            }
        }
    }
}

struct bp_opening bp_open(struct bp_process *process, const cJSON *facts, enum bp_stage stage) {
    struct opening opening = {.process = process, .stage = stage};
    opening.root = bp_process_add(process, facts, stage, -1);
    map_needs(&opening);
    bp_opening_check_versions(&opening);
    return bp_opening_result(&opening);
}
