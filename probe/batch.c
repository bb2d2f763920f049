#include "probe/batch.h"

#include <stdlib.h>

#include "probe/os/fence.h"

/* What this collector met; the next one starts afresh. */
static void tell_trouble(struct bp_trouble *trouble, struct bp_facts *facts) {
    if (trouble->count) {
        bp_facts_trouble(facts, trouble->count, trouble->first);
    }
    if (trouble->refused) {
        bp_facts_refused(facts, trouble->refused, trouble->first_refused, trouble->closed);
    }
    free(trouble->first);
    free(trouble->first_refused);
    *trouble = (struct bp_trouble){0};
}

/* The fence round this process. */
struct bp_fenced {
    const struct bp_batch *batch;
    int descriptor; /* where the facts go */
    bool closed;
    struct bp_fence_parts parts; /* once it is closed */
};

static void close_fence(struct bp_fenced *fenced, const struct bp_root *root, bool sees_processes) {
    if (fenced->closed) {
        return;
    }
    const int keep[] = {root->fd, fenced->descriptor};
    const struct bp_fence fence = {
        .keep = keep,
        .keep_count = sizeof keep / sizeof *keep,
        .cpu_ms = fenced->batch->deadline_ms > 0 ? fenced->batch->deadline_ms - bp_now_ms() : 0,
        .sees_processes = sees_processes,
    };
    fenced->parts = bp_fence_close(&fence);
    fenced->closed = true;
}

void bp_probe_fence(const struct bp_probe *probe) {
    if (probe->fenced) {
        close_fence(probe->fenced, probe->root, false);
    }
}

static void close_for_row(struct bp_fenced *fenced, const struct bp_root *root,
                          enum bp_fencing wanted) {
    if (wanted == BP_FENCE_READER) {
        close_fence(fenced, root, false);
    } else if (wanted == BP_FENCE_PROCESS_READER || (wanted == BP_FENCE_IN_ROOT && !root->live)) {
        close_fence(fenced, root, true);
    }
}

void bp_batch_collect(const struct bp_batch *batch, int descriptor) {
    struct bp_trouble trouble = {0};
    struct bp_fenced fenced = {.batch = batch, .descriptor = descriptor};
    struct bp_probe probe = *batch->probe;
    struct bp_root root = {.fd = -1};
    if (probe.root) {
        root = *probe.root;
        root.trouble = &trouble;
        root.reading = batch->reading;
        root.left_out = batch->left_out;
        probe.root = &root;
    }
    probe.fenced = &fenced;
    for (size_t i = 0; i < batch->count; i++) {
        struct bp_facts *facts = bp_facts_to_pipe(descriptor, batch->snapshot);
        close_for_row(&fenced, &root, batch->rows[i].fence);
        batch->rows[i].collect(&probe, facts);
        if (fenced.closed) {
            bp_facts_fenced(facts, &fenced.parts);
        }
        tell_trouble(&trouble, facts);
        bp_facts_end(facts);
    }
}
