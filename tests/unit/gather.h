/* Runs one collector as the program does (facts as lines through a file) for a test to look at. */
#ifndef BP_TESTS_GATHER_H
#define BP_TESTS_GATHER_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/json.h"
#include "probe/collector.h"
#include "probe/os/child.h"
#include "tests/unit/scratch.h"

/* What a collector said. Free with gathered_free. */
struct gathered {
    cJSON *snapshot;
    struct bp_facts_report report;
};

static inline struct bp_str gather_lines(FILE *file) {
    struct bp_str lines = BP_STR_EMPTY;
    char part[4096];
    size_t got;
    rewind(file);
    while ((got = fread(part, 1, sizeof part, file)) > 0) {
        bp_str_add_bytes(&lines, part, got);
    }
    return lines;
}

/*
 * Looks at the root `folder` (NULL: this machine) with `collect`. `earlier` (may be NULL)
 * is what earlier collectors found. Programs get `program_ms`.
 */
static inline struct gathered gather_with(bp_collect_fn *collect, const char *folder,
                                          const cJSON *earlier, double program_ms) {
    struct gathered gathered = {.snapshot = cJSON_CreateObject()};
    struct bp_root root;
    struct bp_strs no_pythons = {0};
    if (bp_root_open(&root, folder, NULL) != 0) {
        abort();
    }
    struct bp_probe probe = {
        .root = &root,
        .pythons = &no_pythons,
        .snapshot = earlier,
        .program_deadline_ms = bp_now_ms() + program_ms,
        .program_grace_ms = 100,
    };
    FILE *file = tmpfile();
    struct bp_facts *facts = bp_facts_to_pipe(fileno(file), NULL);
    collect(&probe, facts);
    bp_facts_end(facts);
    struct bp_str lines = gather_lines(file);
    bp_facts_merge(gathered.snapshot, lines.data, lines.length, &gathered.report);
    if (!gathered.report.ended || gathered.report.bad_lines) {
        abort();
    }
    bp_str_free(&lines);
    fclose(file);
    bp_root_close(&root);
    return gathered;
}

static inline struct gathered gather(bp_collect_fn *collect, const char *folder) {
    return gather_with(collect, folder, NULL, 5000);
}

static inline void gathered_free(struct gathered *gathered) {
    cJSON_Delete(gathered->snapshot);
    bp_facts_report_free(&gathered->report);
}

static inline const char *text_at(const struct gathered *gathered, const char *pointer) {
    return bp_json_text_at(gathered->snapshot, pointer);
}

/* The number at `pointer`, or -1 where there is none. */
static inline double number_at(const struct gathered *gathered, const char *pointer) {
    const cJSON *value = bp_json_at(gathered->snapshot, pointer);
    return cJSON_IsNumber(value) ? value->valuedouble : -1;
}

/* Whether there is a null at `pointer`, as opposed to nothing. */
static inline int null_at(const struct gathered *gathered, const char *pointer) {
    return cJSON_IsNull(bp_json_at(gathered->snapshot, pointer));
}

/* Why the fact at `pointer` is unknown, or NULL. */
static inline const char *reason_at(const struct gathered *gathered, const char *pointer) {
    return bp_json_text(gathered->report.unknown, pointer);
}

/* The first line that the shell command `script` prints. The caller frees it. */
static inline char *said_by(const char *script) {
    const char *const arguments[] = {"sh", "-c", script, NULL};
    struct bp_child child = {.deadline_ms = bp_now_ms() + 20000};
    if (bp_child_start_program(&child, "/bin/sh", arguments, NULL, NULL, NULL) != 0) {
        abort();
    }
    bp_children_wait(&child, 1, NULL, NULL);
    char *line = bp_strndup(child.output.data, strcspn(child.output.data, "\n"));
    bp_child_free(&child);
    return line;
}

/*
 * The folder of the recorded machine `name`, or NULL (and a line that says so) where the
 * recorded machines are not at hand: BNB_PROBE_RECORDED_MACHINES names the folder in which
 * hwloc's tests/hwloc/linux archives lie unpacked. The caller frees it.
 */
static inline char *recorded_machine(const char *name) {
    const char *folder = getenv("BNB_PROBE_RECORDED_MACHINES");
    char *path = folder ? bp_join(folder, name) : NULL;
    if (!path || access(path, R_OK) != 0) {
        fprintf(stderr, "skipped: no recorded machine %s (BNB_PROBE_RECORDED_MACHINES)\n", name);
        free(path);
        return NULL;
    }
    return path;
}

#endif
