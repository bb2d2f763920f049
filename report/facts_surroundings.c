/* Lines about build tools, running processes, the environment. */
#include "base/json.h"
#include "base/str.h"
#include "report/facts_view.h"

static void add_tools(struct bp_facts_view *view) {
    struct bp_str absent = BP_STR_EMPTY;
    const cJSON *tool;
    cJSON_ArrayForEach(tool, bp_json_get(view->snapshot, "tools")) {
        const char *path = bp_json_text(tool, "path");
        const char *version = bp_json_text(tool, "version");
        const char *name = bp_equal(tool->string, "gxx") ? "g++" : tool->string;
        if (path) {
            bp_facts_view_add(view, BP_TOPIC_TOOLS, name, "%s, %s",
                              version ? version : "of unknown version", path);
        } else if (cJSON_IsObject(tool)) {
            bp_str_addf(&absent, "%s%s", absent.length ? ", " : "", name);
        }
    }
    if (absent.length) {
        bp_facts_view_add(view, BP_TOPIC_TOOLS, "Not installed", "%s", absent.data);
    }
    bp_str_free(&absent);
}

/* Of the person's Python processes those that hold a bitsandbytes library. */
static void add_processes(struct bp_facts_view *view, const cJSON *processes) {
    const char *label = "Python processes";
    const cJSON *process;
    cJSON_ArrayForEach(process, processes) {
        const char *name = bp_json_text(process, "name");
        const cJSON *libraries = bp_json_get(process, "libraries");
        const char *state = "runs";
        const cJSON *library;
        cJSON_ArrayForEach(library, libraries) {
            bool deleted = bp_json_is_true(library, "deleted");
            bool other = cJSON_IsFalse(bp_json_get(library, "same_file"));
            state = deleted ? "holds a bitsandbytes library that has been deleted"
                    : other ? "holds a bitsandbytes library that has been replaced"
                            : "holds a bitsandbytes library";
        }
        if (view->verbose || (libraries && libraries->child)) {
            bp_facts_view_add(view, BP_TOPIC_SESSION, label, "%.0f (%s) %s",
                              bp_json_number(process, "pid", 0), name ? name : "unnamed", state);
            label = "";
        }
    }
}

static void add_session(struct bp_facts_view *view) {
    const cJSON *session = bp_json_get(view->snapshot, "session");
    const char *notebook = bp_json_text(session, "notebook");
    const cJSON *variable;
    if (notebook && (view->verbose || !bp_equal(notebook, "none"))) {
        bp_facts_view_add(view, BP_TOPIC_SESSION, "Notebook", "%s", notebook);
    }
    add_processes(view, bp_json_get(session, "processes"));
    cJSON_ArrayForEach(variable, bp_json_get(view->snapshot, "environment")) {
        /* What hides GPUs stands with the GPUs. */
        bool shown = bp_equal(variable->string, "CUDA_VISIBLE_DEVICES") &&
                     bp_json_text_at(view->snapshot, "/cuda/driver/visible_devices");
        if (cJSON_IsString(variable) && !shown) {
            bp_facts_view_add(view, BP_TOPIC_SESSION, variable->string, "\"%s\"",
                              variable->valuestring);
        }
    }
}

void bp_facts_view_surroundings(struct bp_facts_view *view) {
    add_tools(view);
    add_session(view);
}
