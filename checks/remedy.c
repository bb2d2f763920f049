#include "checks/remedy.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/advice.h"
#include "checks/condition.h"

bool bp_step_applies(const cJSON *step, const struct bp_view *view) {
    const cJSON *when = bp_json_get(step, "when");
    return !when || bp_condition_judge(when, view, NULL) == BP_TRUE;
}

static bool has_key(const struct bp_strs *list, const char *assumption) {
    char *start = bp_strndup(assumption, strcspn(assumption, "=") + 1);
    bool has = false;
    for (size_t i = 0; i < list->count; i++) {
        has = has || bp_starts_with(list->items[i], start);
    }
    free(start);
    return has;
}

/* Of two steps that assume something else of one thing, the first counts. */
static void add_assumptions(struct bp_strs *list, const cJSON *step) {
    const cJSON *item;
    cJSON_ArrayForEach(item, bp_json_get(step, "assume")) {
        const char *assumption = cJSON_GetStringValue(item);
        if (assumption && !has_key(list, assumption)) {
            bp_strs_add(list, assumption);
        }
    }
}

/* All steps that apply, made together; without `left_out`, where that is not NULL. */
static enum bp_proof prove_together(const cJSON *remedy, const cJSON *left_out,
                                    const struct bp_view *view) {
    struct bp_strs assumptions = {0};
    const cJSON *step;
    cJSON_ArrayForEach(step, remedy) {
        if (step != left_out && bp_step_applies(step, view)) {
            add_assumptions(&assumptions, step);
        }
    }
    enum bp_proof proof =
        bp_advice_prove(view->snapshot, view->loader, &assumptions, view->releases);
    bp_strs_free(&assumptions);
    return proof;
}

bool bp_step_is_disproved(const cJSON *remedy, const cJSON *step, const struct bp_view *view) {
    struct bp_strs assumptions = {0};
    if (!bp_json_get(step, "assume") || !view->releases) {
        return false;
    }
    add_assumptions(&assumptions, step);
    enum bp_proof alone =
        bp_advice_prove(view->snapshot, view->loader, &assumptions, view->releases);
    bp_strs_free(&assumptions);
    if (alone != BP_PROOF_FAILS) {
        return false;
    }
    bool needed = prove_together(remedy, NULL, view) == BP_PROOF_HELPS &&
                  prove_together(remedy, step, view) != BP_PROOF_HELPS;
    return !needed;
}
