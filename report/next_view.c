#include "report/next_view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/str.h"

/* What the disposition of a finding means for the one who wonders about a report. */
static const char *disposition_says(const char *disposition) {
    static const struct {
        const char *disposition;
        const char *says;
    } known[] = {
        {"upgrade", "This is known, and a newer release mends it: no report is needed."},
        {"environment", "This is known, and lies in what is installed here rather than in "
                        "bitsandbytes: no report is needed."},
        {"duplicate", "This is known and reported already: no report is needed."},
        {"upstream", "This is known, and lies in another project: no report to bitsandbytes is "
                     "needed."},
        {"known-limitation", "This is a known limitation of bitsandbytes: no report is needed."},
        {"question", "This is known, and has its answer below: no report is needed."},
    };
    for (size_t i = 0; disposition && i < sizeof known / sizeof *known; i++) {
        if (bp_equal(disposition, known[i].disposition)) {
            return known[i].says;
        }
    }
    return NULL;
}

/* The loader's own remedy stands under the verdict: something has yet to be installed. */
static bool loader_leads(const cJSON *document) {
    const cJSON *remedy = bp_json_at(document, "/loader/remedy");
    return remedy && remedy->child &&
           bp_equal(bp_json_text_at(document, "/loader/outcome_says"),
                    bp_json_text(document, "verdict_says"));
}

/* What is only possible is no known matter yet, and a warning does not explain an error. */
static const char *known_says(const cJSON *document) {
    const cJSON *first = bp_json_at(document, "/findings/0");
    bool problem = bp_equal(bp_json_text(document, "verdict"), "problem");
    if (problem && loader_leads(document)) {
        return "Something has yet to be installed here, which is no bug: no report is needed.";
    }
    if (bp_equal(bp_json_text(first, "status"), "possible") ||
        (problem && !bp_equal(bp_json_text(first, "severity"), "error"))) {
        return NULL;
    }
    return disposition_says(bp_json_text(first, "disposition"));
}

static void add_step(cJSON *steps, const char *says, const char *command) {
    cJSON *step = cJSON_CreateObject();
    bp_json_set_text(step, "says", says);
    bp_json_set_text(step, "command", command);
    cJSON_AddItemToArray(steps, step);
}

/* Nobody sends a report about a machine that is not there, or of which nothing was learned. */
static bool offers_nothing(const cJSON *document) {
    const cJSON *assumed = bp_json_get(document, "assumed");
    return (assumed && assumed->child) || !bp_json_at(document, "/snapshot/python/interpreters/0");
}

/* The command that was run is what is reported, with what it printed. */
static void add_run_step(const cJSON *document, const char *says, cJSON *steps) {
    const char *line = bp_json_text_at(document, "/snapshot/run/command_line");
    char *command = bp_format("bnb-probe run --format url -- %s", line ? line : "COMMAND");
    add_step(steps, says, command);
    free(command);
}

/* A program that failed in words of its own, none of which are about bitsandbytes. */
static bool is_beside(const cJSON *document) {
    const cJSON *run = bp_json_get(document, "run");
    return bp_json_is_true(run, "failed") && !bp_json_is_true(run, "concerns_bitsandbytes") &&
           cJSON_IsNumber(bp_json_at(document, "/snapshot/run/exit_code"));
}

struct bp_next_view bp_next_view_of(const cJSON *document) {
    struct bp_next_view view = {.known = known_says(document)};
    const cJSON *finding = bp_json_at(document, "/findings/0");
    bool ok = bp_equal(bp_json_text(document, "verdict"), "ok");
    if (offers_nothing(document)) {
        return view;
    }
    if (is_beside(document)) {
        view.known = "Nothing that it printed names bitsandbytes: a report to bitsandbytes would "
                     "hardly help.";
        return view;
    }
    view.steps = cJSON_CreateArray();
    view.title = view.known ? "If it fails all the same" : "What to do next";
    const char *report_it =
        view.known || ok ? "If it is none of this, report it: this prints the address of a report "
                           "that is filled in."
                         : "If no known problem explains it, report it: this prints the address of "
                           "a report that is filled in.";
    if (bp_json_is_true(bp_json_get(document, "run"), "failed")) {
        add_run_step(document, report_it, view.steps);
        return view;
    }
    if (!bp_json_get(document, "run")) {
        add_step(view.steps,
                 ok && !finding ? "Nothing needs mending. If your program fails all the same, let "
                                  "bnb-probe run it; for its output alone there is --log FILE."
                                : "Let bnb-probe run the program that fails; for its output alone "
                                  "there is --log FILE.",
                 "bnb-probe run -- COMMAND");
    }
    add_step(view.steps, report_it, "bnb-probe --format url");
    return view;
}

void bp_next_view_free(struct bp_next_view *view) {
    cJSON_Delete(view->steps);
    *view = (struct bp_next_view){0};
}
