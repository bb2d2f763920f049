/* Lines about the command that was run. */
#include <stdlib.h>

#include "base/json.h"
#include "base/str.h"
#include "report/facts_view.h"

static void add_native(struct bp_facts_view *view, const cJSON *judged) {
    const char *label = "Native code said";
    const cJSON *line;
    cJSON_ArrayForEach(line, bp_json_get(judged, "native")) {
        const char *excerpt = bp_json_text(line, "excerpt");
        const char *says = bp_json_text(line, "says");
        bp_facts_view_add(view, BP_TOPIC_RUN, label, "%s (line %.0f of the output: %s)",
                          excerpt ? excerpt : "", bp_json_number(line, "line", 0),
                          says ? says : "");
        label = "";
    }
}

static void add_differences(struct bp_facts_view *view, const cJSON *judged) {
    const char *label = "First difference";
    const cJSON *difference;
    cJSON_ArrayForEach(difference, bp_json_get(judged, "differences")) {
        const char *says = bp_json_text(difference, "says");
        const char *because = bp_json_text(difference, "because");
        bp_facts_view_add(view, BP_TOPIC_RUN, label, "%s%s%s", says ? says : "", because ? " " : "",
                          because ? because : "");
        label = "";
    }
}

static void add_changes(struct bp_facts_view *view, const cJSON *run) {
    const cJSON *change;
    cJSON_ArrayForEach(change, bp_json_get(run, "environment_changes")) {
        const char *name = bp_json_text(change, "name");
        const char *here = bp_json_text(change, "here");
        const char *there = bp_json_text(change, "there");
        if (name && there) {
            bp_facts_view_add(view, BP_TOPIC_RUN, name, "\"%s\" in the command's process, %s%s%s",
                              there, here ? "\"" : "", here ? here : "not set",
                              here ? "\" outside" : " outside");
        } else if (name) {
            bp_facts_view_add(view, BP_TOPIC_RUN, name,
                              "not set in the command's process, \"%s\" outside", here ? here : "");
        }
    }
}

/* In the long form, every library that a process had mapped. */
static void add_mapped(struct bp_facts_view *view, const cJSON *run) {
    const cJSON *process;
    const cJSON *library;
    if (!view->verbose) {
        return;
    }
    cJSON_ArrayForEach(process, bp_json_get(run, "processes")) {
        const char *line = bp_json_text(process, "command_line");
        bp_facts_view_add(view, BP_TOPIC_RUN, "Process", "%.0f: %s",
                          bp_json_number(process, "pid", 0), line ? line : "unknown");
        cJSON_ArrayForEach(library, bp_json_get(process, "libraries")) {
            const char *path = bp_json_text(library, "path");
            bp_facts_view_add(view, BP_TOPIC_RUN, "", "%s%s", path ? path : "",
                              bp_json_is_true(library, "deleted") ? " (deleted)" : "");
        }
    }
}

static void add_output(struct bp_facts_view *view, const cJSON *run) {
    double left_out = bp_json_number(bp_json_get(run, "output"), "left_out", 0);
    if (left_out > 0) {
        bp_facts_view_add(view, BP_TOPIC_RUN, "Output",
                          "%.0f bytes, of which %.0f in the middle were not kept",
                          bp_json_number(bp_json_get(run, "output"), "bytes", 0), left_out);
    }
    if (bp_json_is_true(run, "left_running")) {
        bp_facts_view_add(view, BP_TOPIC_RUN, "Left running",
                          "something that the command started still held its output open");
    }
}

void bp_facts_view_run(struct bp_facts_view *view, const cJSON *document) {
    const cJSON *run = bp_json_get(view->snapshot, "run");
    const cJSON *judged = bp_json_get(document, "run");
    const char *ended = bp_json_text(judged, "ended");
    const char *line = bp_json_text(run, "command_line");
    const char *interpreter = bp_json_text(run, "interpreter");
    const char *agreement = bp_json_text(judged, "agreement_says");
    if (!cJSON_IsObject(run)) {
        return;
    }
    bp_facts_view_add(view, BP_TOPIC_RUN, "Command", "%s", line ? line : "unknown");
    bp_facts_view_add(view, BP_TOPIC_RUN, "Result", "%s", ended ? ended : "ended");
    if (interpreter) {
        bool seen = bp_equal(bp_json_text(run, "interpreter_from"), "process");
        bp_facts_view_add(view, BP_TOPIC_RUN, "Its Python", "%s%s", interpreter,
                          seen ? "" : " (told from its words; no Python process was seen)");
    } else {
        bp_facts_view_add(view, BP_TOPIC_RUN, "Its Python",
                          "could not be told; the one looked at is the one you would get");
    }
    add_native(view, judged);
    if (bp_json_at(judged, "/differences/0")) {
        add_differences(view, judged);
    } else if (agreement) {
        bp_facts_view_add(view, BP_TOPIC_RUN, "Prediction", "%s", agreement);
    }
    add_changes(view, run);
    add_output(view, run);
    add_mapped(view, run);
}
