/* The variables with which a user sets the version, each era with its own way of using them. */
#include "checks/loader/choose.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"

/* cuda<digits> in `name` replaced by cuda<value>. */
static char *replace_cuda_digits(const char *name, const char *value) {
    const char *at = strstr(name, "cuda");
    if (!at || !isdigit((unsigned char)at[4])) {
        return bp_strdup(name);
    }
    const char *rest = at + 4;
    while (isdigit((unsigned char)*rest)) {
        rest++;
    }
    return bp_format("%.*s%s%s", (int)(at + 4 - name), name, value, rest);
}

/* The stem without the digits at its end, if it has any there, and `value` after it. */
static char *replace_stem_digits(const char *name, const char *suffix, const char *value) {
    size_t length = strlen(name) - strlen(suffix);
    while (length && isdigit((unsigned char)name[length - 1])) {
        length--;
    }
    return bp_format("%.*s%s%s", (int)length, name, value, suffix);
}

/* The variable that overrides the version in this release; NULL where it is not known which. */
static const char *override_variable(const struct bp_asking *asking) {
    if (asking->found->era->override == BP_OVERRIDE_CUT_SIX) {
        switch (bp_era_at_least(asking->found, "0.40.1.post1")) {
        case BP_NO:
            return "CUDA_VERSION";
        case BP_YES:
        case BP_UNKNOWN:
            break;
        }
    }
    return "BNB_CUDA_VERSION";
}

char *bp_choice_override(const struct bp_asking *asking, char *name, struct bp_choice *choice) {
    const struct bp_era *era = asking->found->era;
    const char *variable = override_variable(asking);
    const char *value = bp_machine_variable(asking->machine, variable);
    char *changed;
    if (!value || !*value) {
        return name;
    }
    switch (era->override) {
    case BP_OVERRIDE_CUT_SIX:
        changed = bp_format("%.*s%s.so", (int)strlen(name) - 6, name, value);
        break;
    case BP_OVERRIDE_STRIP_DIGITS:
        changed = replace_stem_digits(name, asking->suffix, value);
        break;
    case BP_OVERRIDE_REPLACE:
    case BP_OVERRIDE_REPLACE_NOT_ROCM:
        changed = replace_cuda_digits(name, value);
        break;
    case BP_OVERRIDE_NOT_KNOWN:
    case BP_OVERRIDE_DIGITS_ONLY:
    default:
        return name;
    }
    bp_strs_add_owned(&choice->because,
                      bp_format("%s=%s changes %s into %s.", variable, value, name, changed));
    free(name);
    return changed;
}
