#include "report/facts_view.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "checks/unknown.h"

static const char *const titles[BP_TOPIC_COUNT] = {
    [BP_TOPIC_RUN] = "The command",
    [BP_TOPIC_SYSTEM] = "System",
    [BP_TOPIC_GPU] = "GPU and driver",
    [BP_TOPIC_CUDA] = "CUDA libraries",
    [BP_TOPIC_ROCM] = "ROCm",
    [BP_TOPIC_PYTHON] = "Python",
    [BP_TOPIC_BITSANDBYTES] = "bitsandbytes",
    [BP_TOPIC_TOOLS] = "Build tools",
    [BP_TOPIC_SESSION] = "Session and environment",
    [BP_TOPIC_COLLECTORS] = "Collectors",
};

struct bp_facts_view bp_facts_view_of(const cJSON *document, bool verbose) {
    struct bp_facts_view view = {.snapshot = bp_json_get(document, "snapshot"),
                                 .loader = bp_json_get(document, "loader"),
                                 .verbose = verbose};
    for (int i = 0; i < BP_TOPIC_COUNT; i++) {
        view.groups[i].title = titles[i];
    }
    bp_facts_view_run(&view, document);
    bp_facts_view_machine(&view);
    bp_facts_view_gpu(&view);
    bp_facts_view_cuda_libraries(&view);
    bp_facts_view_rocm(&view);
    bp_facts_view_python(&view);
    bp_facts_view_bitsandbytes(&view);
    bp_facts_view_surroundings(&view);
    bp_facts_view_collectors(&view);
    return view;
}

void bp_fact_group_free(struct bp_fact_group *group) {
    for (size_t i = 0; i < group->count; i++) {
        free(group->facts[i].label);
        free(group->facts[i].value);
    }
    free(group->facts);
    *group = (struct bp_fact_group){0};
}

void bp_facts_view_free(struct bp_facts_view *view) {
    for (int i = 0; i < BP_TOPIC_COUNT; i++) {
        bp_fact_group_free(&view->groups[i]);
    }
}

static void append(struct bp_fact_group *group, const char *label, char *value, bool unknown) {
    if (group->count == group->capacity) {
        group->capacity = group->capacity ? group->capacity * 2 : 8;
        group->facts = bp_realloc_array(group->facts, group->capacity, sizeof *group->facts);
    }
    struct bp_fact fact = {bp_strdup(label), value, unknown};
    group->facts[group->count++] = fact;
}

void bp_facts_view_move(struct bp_facts_view *view, enum bp_fact_topic topic, const char *label,
                        const char *as, struct bp_fact_group *into) {
    struct bp_fact_group *from = &view->groups[topic];
    size_t kept = 0;
    bool moving = false;
    for (size_t i = 0; i < from->count; i++) {
        const char *own = from->facts[i].label;
        moving = *own ? bp_equal(own, label) : moving;
        if (moving) {
            append(into, *own ? as : "", from->facts[i].value, from->facts[i].unknown);
            free(from->facts[i].label);
        } else {
            from->facts[kept++] = from->facts[i];
        }
    }
    from->count = kept;
}

void bp_facts_view_add(struct bp_facts_view *view, enum bp_fact_topic topic, const char *label,
                       const char *format, ...) {
    struct bp_str value = BP_STR_EMPTY;
    va_list arguments;
    va_start(arguments, format);
    bp_str_addv(&value, format, arguments);
    va_end(arguments);
    append(&view->groups[topic], label, bp_str_detach(&value), false);
}

void bp_facts_view_add_unknown(struct bp_facts_view *view, enum bp_fact_topic topic,
                               const char *label, const char *pointer, bool always) {
    const char *reason = bp_unknown_reason(view->snapshot, pointer);
    if (reason) {
        append(&view->groups[topic], label, bp_format("unknown: %s", reason), true);
    } else if (always) {
        append(&view->groups[topic], label, bp_strdup("unknown"), true);
    }
}

char *bp_facts_view_bytes(double bytes) {
    double gib = bytes / (1024.0 * 1024 * 1024);
    return gib >= 1 ? bp_format("%.1f GiB", gib) : bp_format("%.0f MiB", gib * 1024);
}

char *bp_facts_view_join(const cJSON *array, const char *separator) {
    struct bp_str line = BP_STR_EMPTY;
    const cJSON *item;
    cJSON_ArrayForEach(item, array) {
        if (cJSON_IsString(item)) {
            bp_str_addf(&line, "%s%s", line.length ? separator : "", item->valuestring);
        }
    }
    return bp_str_detach(&line);
}
