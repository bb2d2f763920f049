/* Runs a tool that a test compares with, and picks out of what it prints. */
#ifndef BP_TESTS_RUN_TOOL_H
#define BP_TESTS_RUN_TOOL_H

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "probe/os/child.h"

/*
 * What `arguments` (NULL-ended, the first an absolute path) printed, or NULL where it
 * could not be run or failed. The caller frees it.
 */
static inline char *run_tool(const char *const arguments[]) {
    struct bp_child child = {.deadline_ms = bp_now_ms() + 60000, .output_limit = (size_t)64 << 20};
    char *output = NULL;
    if (bp_child_start_program(&child, arguments[0], arguments, NULL, NULL, NULL) == 0) {
        bp_children_wait(&child, 1, NULL, NULL);
        if (child.state == BP_CHILD_EXITED && child.exit_code == 0) {
            output = bp_strndup(child.output.data, child.output.length);
        }
    }
    bp_child_free(&child);
    return output;
}

/* Appends what stands between `before` and `after` on each line that has both. */
static inline void pick_between(const char *output, const char *before, const char *after,
                                struct bp_strs *found) {
    struct bp_strs lines = {0};
    bp_strs_split(&lines, output, '\n', false);
    for (size_t i = 0; i < lines.count; i++) {
        const char *start = strstr(lines.items[i], before);
        const char *end = start ? strstr(start + strlen(before), after) : NULL;
        if (end) {
            start += strlen(before);
            bp_strs_add_owned(found, bp_strndup(start, (size_t)(end - start)));
        }
    }
    bp_strs_free(&lines);
}

#endif
