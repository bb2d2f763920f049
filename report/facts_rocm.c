/* Lines about ROCm and AMD GPUs. */
#include <stdlib.h>

#include "base/json.h"
#include "report/facts_view.h"

static void add_rocm_installations(struct bp_facts_view *view, const cJSON *rocm) {
    const char *label = "Installations";
    const cJSON *item;
    cJSON_ArrayForEach(item, bp_json_get(rocm, "installations")) {
        const char *version = bp_json_text(item, "version");
        const char *path = bp_json_text(item, "path");
        char *missing = bp_facts_view_join(bp_json_get(item, "missing"), ", ");
        bp_facts_view_add(view, BP_TOPIC_ROCM, label, "%s, %s%s%s",
                          version ? version : "of unknown version", path ? path : "unknown place",
                          *missing ? ", without " : "", missing);
        free(missing);
        label = "";
    }
    cJSON_ArrayForEach(item, bp_json_get(rocm, "variables")) {
        const char *name = bp_json_text(item, "name");
        const char *value = bp_json_text(item, "value");
        char *missing = bp_facts_view_join(bp_json_get(item, "missing"), ", ");
        bool gone = cJSON_IsFalse(bp_json_get(item, "exists"));
        bp_facts_view_add(view, BP_TOPIC_ROCM, name ? name : "variable", "%s%s%s%s",
                          value ? value : "", gone ? ", which does not exist" : "",
                          *missing ? ", without " : "", missing);
        free(missing);
    }
}

void bp_facts_view_rocm(struct bp_facts_view *view) {
    const cJSON *rocm = bp_json_get(view->snapshot, "rocm");
    const cJSON *gpus = bp_json_get(rocm, "gpus");
    const cJSON *kfd = bp_json_get(rocm, "kfd");
    const char *label = "GPUs";
    const cJSON *gpu;
    add_rocm_installations(view, rocm);
    cJSON_ArrayForEach(gpu, gpus) {
        const char *gfx = bp_json_text(gpu, "gfx");
        const char *name = bp_json_text(gpu, "name");
        bp_facts_view_add(view, BP_TOPIC_ROCM, label, "%s%s%s", gfx ? gfx : "unknown gfx",
                          name ? ", " : "", name ? name : "");
        label = "";
    }
    bool any = view->groups[BP_TOPIC_ROCM].count > 0 || bp_json_is_true(kfd, "present");
    if (!any && !view->verbose) {
        return;
    }
    if (cJSON_IsBool(bp_json_get(kfd, "present"))) {
        bool present = bp_json_is_true(kfd, "present");
        bool closed = cJSON_IsFalse(bp_json_get(kfd, "may_use"));
        bp_facts_view_add(view, BP_TOPIC_ROCM, "/dev/kfd", "%s",
                          !present ? "not there"
                          : closed ? "this user may not use it"
                                   : "usable");
    }
    bp_facts_view_nodes(view, BP_TOPIC_ROCM, bp_json_get(rocm, "render_nodes"), "Render nodes");
}
