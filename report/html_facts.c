/* The facts in groups, and what `import bitsandbytes` would do. */
#include <stdlib.h>

#include "base/json.h"
#include "report/device_view.h"
#include "report/facts_view.h"
#include "report/html_markup.h"
#include "report/html_parts.h"

/* A group of more lines than this is closed until somebody opens it. */
enum { OPEN_LIMIT = 12 };

static void add_fact(struct bp_str *out, const char *label, const char *value, bool unknown) {
    if (value) {
        bp_html_element(out, "dt", NULL, label && *label ? label : NULL);
        bp_html_element(out, "dd", unknown ? "doubt" : NULL, value);
    }
}

static void add_devices(struct bp_str *out, const cJSON *loader) {
    const char *label = "GPU code";
    const cJSON *device;
    cJSON_ArrayForEach(device, bp_json_get(loader, "devices")) {
        char *line = bp_device_line(device);
        add_fact(out, label, line, false);
        label = "";
        free(line);
    }
}

static void add_chain(struct bp_str *out, const cJSON *because) {
    const cJSON *reason;
    if (!because || !because->child) {
        return;
    }
    bp_str_add(out, "<details>\n<summary>Step by step</summary>\n<ol>\n");
    cJSON_ArrayForEach(reason, because) {
        bp_html_element(out, "li", NULL, cJSON_GetStringValue(reason));
    }
    bp_str_add(out, "</ol>\n</details>\n");
}

void bp_html_loading(struct bp_str *out, const cJSON *document) {
    const cJSON *loader = bp_json_get(document, "loader");
    const char *says = bp_json_text(loader, "outcome_says");
    if (!says) {
        return;
    }
    bp_str_add(out, "<section id=\"loading\">\n<h2>Loading bitsandbytes</h2>\n<dl>\n");
    /* What the page begins with is not said again. */
    bool said = bp_equal(says, bp_json_text(document, "verdict_says"));
    add_fact(out, "Outcome", said ? bp_json_text(loader, "outcome") : says, false);
    add_fact(out, "A user sees", bp_json_text(loader, "user_sees"), false);
    add_fact(out, "Looks for", bp_json_text(loader, "asks_for"), false);
    add_fact(out, "Loads", bp_json_text(loader, "chosen"), false);
    add_devices(out, loader);
    bp_str_add(out, "</dl>\n");
    add_chain(out, bp_json_get(loader, "because"));
    bp_html_need_tree(out, document);
    bp_html_gpu_matrix(out, document);
    bp_str_add(out, "</section>\n");
}

static void add_group(struct bp_str *out, const struct bp_fact_group *group) {
    bp_str_addf(out, "<details%s>\n<summary><h3>%s</h3> <span class=\"count\">%zu %s</span>",
                group->count <= OPEN_LIMIT ? " open" : "", group->title, group->count,
                group->count == 1 ? "line" : "lines");
    bp_str_add(out, "</summary>\n<dl>\n");
    for (size_t i = 0; i < group->count; i++) {
        const struct bp_fact *fact = &group->facts[i];
        /* A list that begins without a label is no list of HTML. */
        bool first = i == 0 && !*fact->label;
        add_fact(out, first ? group->title : fact->label, fact->value, fact->unknown);
    }
    bp_str_add(out, "</dl>\n</details>\n");
}

void bp_html_facts(struct bp_str *out, const cJSON *document, bool verbose) {
    struct bp_facts_view view = bp_facts_view_of(document, verbose);
    bp_str_add(out, "<section id=\"facts\">\n<h2>Facts</h2>\n");
    for (int i = 0; i < BP_TOPIC_COUNT; i++) {
        if (view.groups[i].count) {
            add_group(out, &view.groups[i]);
        }
    }
    bp_str_add(out, "</section>\n");
    bp_facts_view_free(&view);
}
