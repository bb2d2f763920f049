#include "checks/loader/need.h"

#include <stdlib.h>

void bp_need_free(struct bp_need *need) {
    free(need->library);
    free(need->needed_by);
    free(need->path);
    free(need->rule);
    free(need->reason);
    free(need->lacks);
    free(need->error);
    *need = (struct bp_need){0};
}

void bp_need_set(char **text, char *value) {
    free(*text);
    *text = value;
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

bool bp_need_is_trouble(const struct bp_need *need) {
    return need->outcome == BP_NEED_NOT_FOUND || need->outcome == BP_NEED_UNUSABLE;
}

bool bp_need_is_version_trouble(const struct bp_need *need) {
    return need->trouble == BP_TROUBLE_VERSION || need->trouble == BP_TROUBLE_LIBC;
}
