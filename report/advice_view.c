#include "report/advice_view.h"

#include <stddef.h>

#include "base/json.h"

/* The ways, unless the best of them stands as the verdict's remedy already. */
static const cJSON *steps_to_show(const cJSON *document, const cJSON *advice) {
    const cJSON *steps = bp_json_get(advice, "steps");
    const char *said = bp_json_text_at(document, "/loader/remedy/0/command");
    const char *best = bp_json_text_at(steps, "/0/command");
    if (!steps || !steps->child || (said && bp_equal(said, best))) {
        return NULL;
    }
    return steps;
}

static void add_newest(struct bp_advice_view *view, const cJSON *advice) {
    const char *newest = bp_json_text(advice, "newest_release");
    const char *working = bp_json_text(advice, "newest_working");
    const cJSON *in_the_way = bp_json_get(advice, "in_the_way");
    const cJSON *sentence;
    if (!newest) {
        return;
    }
    if (bp_equal(newest, working)) {
        bp_strs_add_owned(&view->lines,
                          bp_format("bitsandbytes %s, the newest release known to this program, "
                                    "works with what is here.",
                                    newest));
    } else if (working) {
        bp_strs_add_owned(&view->lines,
                          bp_format("The newest release that works with what is here is %s; the "
                                    "newest of all is %s.",
                                    working, newest));
    } else if (in_the_way && in_the_way->child) {
        /* Without a reason of the release's own, what is wrong is said already. */
        bp_strs_add_owned(&view->lines,
                          bp_format("No release is known to work with what is here as it stands; "
                                    "the newest is %s.",
                                    newest));
    }
    cJSON_ArrayForEach(sentence, in_the_way) {
        if (cJSON_IsString(sentence)) {
            bp_strs_add(&view->lines, sentence->valuestring);
        }
    }
}

struct bp_advice_view bp_advice_view_of(const cJSON *document) {
    const cJSON *advice = bp_json_at(document, "/loader/advice");
    struct bp_advice_view view = {.title = "What would work here",
                                  .steps = steps_to_show(document, advice)};
    /* Where no interpreter is known, nothing is known of what could be installed into it. */
    if (!bp_json_at(document, "/snapshot/python/interpreters/0")) {
        view.empty = true;
        return view;
    }
    const char *nothing = bp_json_text(advice, "nothing_helps");
    if (nothing) {
        bp_strs_add(&view.lines, nothing);
    }
    add_newest(&view, advice);
    /* Where there are steps, or the loader's own remedy, they install what is to be installed. */
    if (!view.steps && !bp_json_at(document, "/loader/remedy/0")) {
        view.command = bp_json_text(advice, "newest_working_command");
    }
    view.empty = !view.steps && view.lines.count == 0;
    return view;
}

void bp_advice_view_free(struct bp_advice_view *view) {
    bp_strs_free(&view->lines);
}
