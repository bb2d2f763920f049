#include "probe/run_guard.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "probe/run.h"

void bp_run_guard_init(struct bp_run_guard *guard, size_t count) {
    *guard = (struct bp_run_guard){
        .readings = bp_readings_new(count),
        .count = count,
        .trouble = bp_alloc_array(count, sizeof *guard->trouble),
    };
}

void bp_run_guard_free(struct bp_run_guard *guard) {
    for (size_t i = 0; i < guard->count; i++) {
        free(guard->trouble[i]);
    }
    free(guard->trouble);
    bp_strs_free(&guard->left_out);
    bp_readings_free(guard->readings, guard->count);
    *guard = (struct bp_run_guard){0};
}

struct bp_reading *bp_run_guard_reading(const struct bp_run_guard *guard, size_t index) {
    struct bp_reading *reading = guard->readings ? &guard->readings[index] : NULL;
    bp_reading_note(reading, "");
    return reading;
}

static bool has_no_memory(const struct bp_child *child) {
    return child->state == BP_CHILD_EXITED && child->exit_code == BP_EXIT_NO_MEMORY;
}

/* Whether a file can be the reason: the process did what it must not, or came to a limit. */
static bool is_fault(const struct bp_child *child) {
    return bp_child_faulted(child) || has_no_memory(child);
}

bool bp_run_guard_blames(struct bp_run_guard *guard, size_t first, size_t index,
                         const struct bp_child *child) {
    char *path =
        guard->readings && is_fault(child) ? bp_reading_last(&guard->readings[first]) : NULL;
    bool blamed = path && guard->left_out.count < BP_RUN_LEFT_OUT_LIMIT &&
                  bp_strs_add_once(&guard->left_out, path);
    if (blamed) {
        char *how =
            has_no_memory(child) ? bp_strdup("ran out of memory") : bp_child_describe(child);
        char *shown = bp_utf8_clean(path, strlen(path));
        char *before = guard->trouble[index];
        guard->trouble[index] = bp_format("%s%s%s was left out: the reader %s at it",
                                          before ? before : "", before ? "; " : "", shown, how);
        free(before);
        free(shown);
        free(how);
    }
    free(path);
    return blamed;
}
