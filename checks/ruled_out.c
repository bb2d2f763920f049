#include "checks/ruled_out.h"

#include "base/json.h"
#include "checks/catalogue.h"
#include "checks/condition.h"

static bool any_is(const cJSON *items, enum bp_truth truth, const struct bp_view *view) {
    const cJSON *item;
    cJSON_ArrayForEach(item, items) {
        if (bp_condition_judge(bp_json_get(item, "when"), view, NULL) == truth) {
            return true;
        }
    }
    return false;
}

static bool is_ruled_out(const cJSON *pattern, const struct bp_view *view) {
    const cJSON *shows = bp_json_get(pattern, "shows");
    bool may_show = any_is(shows, BP_TRUE, view) || any_is(shows, BP_UNKNOWN, view);
    return !may_show || any_is(bp_json_get(pattern, "rules_out"), BP_TRUE, view);
}

cJSON *bp_ruled_out(const struct bp_catalogue *catalogue, const struct bp_view *view) {
    cJSON *ids = cJSON_CreateArray();
    for (size_t i = 0; i < bp_catalogue_count(catalogue); i++) {
        const cJSON *pattern = bp_catalogue_at(catalogue, i);
        const char *id = bp_json_text(pattern, "id");
        if (id && is_ruled_out(pattern, view)) {
            cJSON_AddItemToArray(ids, cJSON_CreateString(id));
        }
    }
    return ids;
}
