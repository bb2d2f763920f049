#include "probe/os/child_parts.h"

#include <stdlib.h>

#include "base/memory.h"

enum { DEFAULT_OUTPUT_LIMIT = 1 << 20 };
static const double default_grace_ms = 200;

size_t bp_child_output_limit(const struct bp_child *child) {
    return child->output_limit ? child->output_limit : DEFAULT_OUTPUT_LIMIT;
}

double bp_child_grace(const struct bp_child *child) {
    return child->grace_ms > 0 ? child->grace_ms : default_grace_ms;
}

void bp_children_wait(struct bp_child *children, size_t count, bp_child_event_fn *ended,
                      void *context) {
    for (;;) {
        size_t alive = 0;
        for (size_t i = 0; i < count; i++) {
            struct bp_child *child = &children[i];
            if (!bp_child_is_alive(child)) {
                continue;
            }
            double now = bp_now_ms();
            size_t known = child->output.length;
            bp_child_read(child, now);
            if (bp_child_reap(child, now) || bp_child_press(child, now)) {
                if (ended) {
                    ended(context, child);
                }
            } else if (child->said && child->stage == BP_CHILD_LET_RUN &&
                       child->output.length > known) {
                child->said(context, child);
            }
        }
        for (size_t i = 0; i < count; i++) {
            alive += bp_child_is_alive(&children[i]);
        }
        if (!alive) {
            return;
        }
        bp_children_sleep(children, count);
    }
}

static char *describe_cause(const struct bp_child *child) {
    char *cause = bp_child_cause(child);
    char *text = bp_format("ended by %s", cause);
    free(cause);
    return text;
}

char *bp_child_describe(const struct bp_child *child) {
    double ms = child->ended_ms - child->started_ms;
    switch (child->state) {
    case BP_CHILD_NOT_STARTED:
        return bp_strdup("not started");
    case BP_CHILD_RUNNING:
        return bp_strdup("still running");
    case BP_CHILD_EXITED:
        return bp_format("ended with exit code %d", child->exit_code);
    case BP_CHILD_SIGNALLED:
        return describe_cause(child);
    case BP_CHILD_TIMED_OUT:
        return bp_format("did not end in time; stopped after %.0f ms", ms);
    case BP_CHILD_FLOODED:
        return bp_format("printed more than %zu bytes; stopped", bp_child_output_limit(child));
    case BP_CHILD_ABANDONED:
        return bp_format("did not end even when killed; left behind after %.0f ms", ms);
    }
    return bp_strdup("in an unknown state");
}

void bp_child_free(struct bp_child *child) {
    bp_str_free(&child->output);
    bp_str_free(&child->noise);
}
