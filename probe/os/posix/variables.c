#include "probe/os/variables.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

extern char **environ;

const char bp_variable_list_separator = ':';

const char *bp_variable(const char *name) {
    return getenv(name);
}

void bp_variable_set(const char *name, const char *value) {
    if (value) {
        setenv(name, value, 1);
    } else {
        unsetenv(name);
    }
}

void bp_variable_names(struct bp_strs *names) {
    for (char **variable = environ; variable && *variable; variable++) {
        bp_strs_add_owned(names, bp_strndup(*variable, strcspn(*variable, "=")));
    }
}
