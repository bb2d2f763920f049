/*
 * What an opening comes to: everything is mapped before any symbol version is looked at, and the
 * first trouble in that order is the one that the loader speaks of.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/loader/opening.h"
#include "checks/loader/symbol_versions.h"

void bp_opening_free(struct bp_opening *opening) {
    for (size_t i = 0; i < opening->count; i++) {
        bp_need_free(&opening->needs[i]);
    }
    free(opening->needs);
    for (size_t i = 0; i < opening->below_count; i++) {
        bp_need_free(&opening->below[i]);
    }
    free(opening->below);
    free(opening->error);
    *opening = (struct bp_opening){0};
}

static void lack_version(struct opening *opening, struct link *link, enum bp_need_trouble trouble,
                         char *lacking) {
    const struct bp_mapped *asker = &opening->process->mapped[link->from];
    struct bp_need *need = &link->need;
    const char *provider = need->path ? need->path : need->library;
    need->outcome = BP_NEED_UNUSABLE;
    need->trouble = trouble;
    bp_need_set(&need->lacks, lacking);
    bp_need_set(&need->error, bp_format("%s: version `%s' not found (required by %s)", provider,
                                        lacking, asker->path ? asker->path : "?"));
    if (trouble == BP_TROUBLE_LIBC) {
        bp_need_set(&need->reason, bp_format("glibc here is %s and lacks %s",
                                             opening->process->machine->libc_version, lacking));
    } else {
        bp_need_set(&need->reason, bp_format("it lacks the symbol version %s", lacking));
    }
}

/* dl-lookup.c, check_match: the process ends with that message. */
static void lack_table(struct link *link) {
    struct bp_need *need = &link->need;
    need->outcome = BP_NEED_UNUSABLE;
    need->trouble = BP_TROUBLE_FILE;
    bp_need_set(&need->reason,
                bp_strdup("it has no symbol versions, and versions are asked of it"));
    bp_need_set(&need->error,
                bp_strdup("Inconsistency detected by ld.so: dl-lookup.c: check_match: "
                          "Assertion failed"));
}

static void check_version(struct opening *opening, struct link *link) {
    const struct bp_process *process = opening->process;
    const cJSON *asker = process->mapped[link->from].facts;
    struct bp_need *need = &link->need;
    bool of_libc = bp_is_libc_part(need->library);
    char *lacking = NULL;
    enum bp_answer lacks = BP_NO;
    if (of_libc) {
        lacks =
            bp_libc_lacks_version(asker, need->library, process->machine->libc_version, &lacking);
    } else if (link->to >= 0) {
        lacks = bp_lacks_version(asker, need->library, process->mapped[link->to].facts, &lacking);
    }
    const char *doubt = bp_process_doubt(process, need->library);
    if (lacks == BP_NO && !of_libc && link->to >= 0 &&
        bp_lacks_version_table(asker, need->library, process->mapped[link->to].facts)) {
        lack_table(link);
    } else if (lacks == BP_YES && doubt) {
        free(lacking);
        need->outcome = BP_NEED_UNKNOWN;
        bp_need_set(&need->reason, bp_strdup(doubt));
    } else if (lacks == BP_YES) {
        lack_version(opening, link, of_libc ? BP_TROUBLE_LIBC : BP_TROUBLE_VERSION, lacking);
    } else if (lacks == BP_UNKNOWN) {
        need->outcome = BP_NEED_UNKNOWN;
        bp_need_set(&need->reason,
                    bp_strdup(of_libc ? "the version of glibc is not known"
                                      : "which symbol versions it defines is not known"));
    }
}

/* musl does not look at symbol versions. */
void bp_opening_check_versions(struct opening *opening) {
    for (size_t i = 0; i < opening->count && !opening->process->musl; i++) {
        struct link *link = &opening->links[i];
        if (link->need.outcome == BP_NEED_MAPPED || link->need.outcome == BP_NEED_FOUND) {
            check_version(opening, link);
        }
    }
}

static const struct bp_need *first_trouble(const struct opening *opening) {
    const struct bp_need *first = NULL;
    for (size_t i = 0; i < opening->count; i++) {
        const struct bp_need *need = &opening->links[i].need;
        if (bp_need_is_trouble(need) &&
            (!first || (bp_need_is_version_trouble(first) && !bp_need_is_version_trouble(need)))) {
            first = need;
        }
    }
    return first;
}

/* The link of the opened file itself through which the file at `index` came in. */
static const struct link *origin_of(const struct opening *opening, int index) {
    while (index > opening->root && opening->process->mapped[index].needed_by != opening->root) {
        index = opening->process->mapped[index].needed_by;
    }
    for (size_t i = 0; i < opening->count; i++) {
        if (opening->links[i].from == opening->root && opening->links[i].to == index) {
            return &opening->links[i];
        }
    }
    return NULL;
}

/* "libb.so.1, needed by liba.so.1": the way from the direct need down to the trouble. */
static char *chain_to(const struct opening *opening, const struct link *link) {
    struct bp_str text = BP_STR_EMPTY;
    bp_str_add(&text, link->need.library);
    for (int at = link->from; at > opening->root; at = opening->process->mapped[at].needed_by) {
        const char *path = opening->process->mapped[at].path;
        if (opening->process->mapped[at].needed_by == opening->root) {
            break; /* the direct need itself, which the clause is about */
        }
        bp_str_addf(&text, ", needed by %s", path ? bp_base_name(path) : "a file");
    }
    return bp_str_detach(&text);
}

static void blame(const struct opening *opening, struct bp_need *direct, const struct link *link) {
    const struct bp_need *need = &link->need;
    char *chain = chain_to(opening, link);
    direct->outcome = BP_NEED_UNUSABLE;
    bp_need_set(&direct->error, bp_strdup(need->error));
    if (bp_need_is_version_trouble(need)) {
        direct->trouble = need->trouble;
        bp_need_set(&direct->lacks, bp_strdup(need->lacks));
        bp_need_set(&direct->reason, bp_format("it needs %s, and there %s", chain, need->reason));
    } else {
        direct->trouble = BP_TROUBLE_NEEDS;
        bp_need_set(&direct->lacks, bp_strdup(need->library));
        bp_need_set(&direct->reason,
                    bp_format("it needs %s, which is %s: %s", chain,
                              need->outcome == BP_NEED_NOT_FOUND ? "not found" : "not usable",
                              need->reason));
    }
    free(chain);
}

/* A need whose own needs cannot be satisfied is none that is satisfied. */
static void blame_origins(const struct opening *opening) {
    for (size_t i = 0; opening->links && i < opening->count; i++) {
        const struct link *link = &opening->links[i];
        if (link->from == opening->root || !bp_need_is_trouble(&link->need)) {
            continue;
        }
        const struct link *origin = origin_of(opening, link->from);
        struct bp_need *direct = origin ? &opening->links[origin - opening->links].need : NULL;
        if (direct && (!bp_need_is_trouble(direct) || (bp_need_is_version_trouble(direct) &&
                                                       !bp_need_is_version_trouble(&link->need)))) {
            blame(opening, direct, link);
        }
    }
}

/* Whether a need of a need says more than that the file is in the process already. */
static bool brings_something(const struct opening *opening, const struct link *link) {
    const struct bp_need *need = &link->need;
    return need->outcome == BP_NEED_UNKNOWN || bp_need_is_trouble(need) ||
           (link->to > opening->root && opening->process->mapped[link->to].needed_by == link->from);
}

/* Takes what a link found into the result, or frees it. */
static void sort_in(const struct opening *opening, struct link *link, struct bp_opening *result) {
    const struct bp_mapped *asker = &opening->process->mapped[link->from];
    if (link->from == opening->root) {
        result->needs[result->count++] = link->need;
        return;
    }
    result->unknown |= link->need.outcome == BP_NEED_UNKNOWN;
    if (brings_something(opening, link)) {
        link->need.needed_by = bp_strdup(asker->names.count ? asker->names.items[0] : "");
        result->below[result->below_count++] = link->need;
    } else {
        bp_need_free(&link->need);
    }
}

struct bp_opening bp_opening_result(struct opening *opening) {
    struct bp_opening result = {0};
    const struct bp_need *first = first_trouble(opening);
    if (first) {
        result.fatal = !first->error;
        result.error = bp_strdup(first->error ? first->error : "Bus error");
    }
    blame_origins(opening);
    result.needs = bp_alloc_array(opening->count ? opening->count : 1, sizeof *result.needs);
    result.below = bp_alloc_array(opening->count ? opening->count : 1, sizeof *result.below);
    for (size_t i = 0; i < opening->count; i++) {
        sort_in(opening, &opening->links[i], &result);
    }
    free(opening->links);
    return result;
}
