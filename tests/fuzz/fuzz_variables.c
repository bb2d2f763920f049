#include "tests/fuzz/fuzz_variables.h"

#include <stdlib.h>
#include <string.h>

#include "probe/os/variables.h"

static struct bp_strs variables; /* NAME=VALUE */

const char bp_variable_list_separator = ':';

const char *bp_variable(const char *name) {
    size_t length = strlen(name);
    for (size_t i = variables.count; i > 0; i--) {
        const char *item = variables.items[i - 1];
        if (strncmp(item, name, length) == 0 && item[length] == '=') {
            return item + length + 1;
        }
    }
    return NULL;
}

void bp_variable_set(const char *name, const char *value) {
    if (value) {
        bp_strs_add_owned(&variables, bp_format("%s=%s", name, value));
    }
}

void bp_variable_names(struct bp_strs *names) {
    for (size_t i = 0; i < variables.count; i++) {
        bp_strs_add_owned(names, bp_strndup(variables.items[i], strcspn(variables.items[i], "=")));
    }
}

/* A line with `mark` replaced wherever it stands. */
static char *with_folder(const char *line, const char *mark) {
    struct bp_str out = BP_STR_EMPTY;
    const char *at = line;
    for (const char *found; mark && (found = strstr(at, mark)); at = found + strlen(mark)) {
        bp_str_add_bytes(&out, at, (size_t)(found - at));
        bp_str_add(&out, fuzz_root()->path);
    }
    bp_str_add(&out, at);
    return bp_str_detach(&out);
}

void fuzz_variables(const struct fuzz_piece *lines, const char *mark) {
    struct bp_strs split = {0};
    char *text = lines->name ? fuzz_text(lines->data, lines->size) : bp_strdup("");
    bp_strs_free(&variables);
    bp_strs_split(&split, text, '\n', false);
    for (size_t i = 0; i < split.count; i++) {
        bp_strs_add_owned(&variables, with_folder(split.items[i], mark));
    }
    bp_strs_free(&split);
    free(text);
}
