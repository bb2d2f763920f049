#include "probe/run.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/batch.h"
#include "probe/os/child.h"
#include "probe/run_guard.h"

/* What a child may send: ample for thousands of libraries, and bounded. */
static const size_t facts_limit = (size_t)16 << 20;

struct run {
    const struct bp_collector *table;
    size_t count;
    const struct bp_probe *probe;
    cJSON *snapshot;
    cJSON *collectors; /* of the snapshot */
    const struct bp_run_options *options;
    struct bp_child *children; /* a batch's child stands at the number of its first collector */
    struct progress *progress; /* of the child at the same number */
    struct bp_run_guard guard;
};

/* How far what a batch's child said has been taken in. */
struct progress {
    size_t settled;      /* collectors */
    size_t taken;        /* bytes of its output */
    double accounted_ms; /* of its time, by those collectors */
};

/* A row and those behind it that share its child. */
struct batch {
    size_t first;
    size_t count;
};

static struct batch batch_at(const struct run *run, size_t first) {
    struct batch batch = {first, 1};
    while (first + batch.count < run->count && run->table[first + batch.count].with_previous) {
        batch.count++;
    }
    return batch;
}

/* Takes `member`, where it says anything, into the entry; owns it in either case. */
static void add_member(cJSON *entry, const char *name, cJSON *member) {
    if (member && (cJSON_IsArray(member) || cJSON_GetArraySize(member) > 0)) {
        cJSON_AddItemToObject(entry, name, member);
    } else {
        cJSON_Delete(member);
    }
}

static void note(struct run *run, size_t index, const char *status, double ms, const char *detail,
                 struct bp_facts_report *report) {
    const char *name = run->table[index].name;
    cJSON *entry = cJSON_CreateObject();
    bp_json_set_text(entry, "status", status);
    bp_json_set_number(entry, "ms", (double)(long)(ms * 100 + 0.5) / 100);
    if (detail && *detail) {
        bp_json_set_text(entry, "detail", detail);
    }
    if (report) {
        add_member(entry, "fence", report->fence);
        add_member(entry, "unknown", report->unknown);
        report->fence = report->unknown = NULL;
    }
    cJSON_ReplaceItemInObjectCaseSensitive(run->collectors, name, entry);
}

static void start_dependents(struct run *run, size_t index);

/*
 * When a batch has to end whose collectors up to `settled` have. While several share a child
 * each may take its part of the time that is left, so that one that hangs leaves the others
 * theirs; those that come after it would have nothing to look at.
 */
static double batch_deadline(const struct run *run, const struct batch *batch, size_t settled) {
    const struct bp_collector *rows = &run->table[batch->first];
    size_t waiting = 0;
    for (size_t i = settled + 1; i < batch->count; i++) {
        waiting += !bp_equal(rows[i].after, rows[settled].name);
    }
    double now = bp_now_ms();
    double left = run->options->deadline_ms - now;
    return waiting == 0 ? now + left : now + left / (double)(waiting + 2);
}

static void child_said(void *context, struct bp_child *child);

static void start_batch(struct run *run, size_t first) {
    struct batch batch = batch_at(run, first);
    struct bp_child *child = &run->children[first];
    run->progress[first] = (struct progress){0};
    double deadline = batch_deadline(run, &batch, 0) + bp_batch_start_ms;
    child->deadline_ms =
        deadline < run->options->deadline_ms ? deadline : run->options->deadline_ms;
    child->grace_ms = run->options->grace_ms;
    child->output_limit = facts_limit;
    child->said = child_said;
    const struct bp_batch work = {
        .rows = &run->table[first],
        .count = batch.count,
        .probe = run->probe,
        .snapshot = run->snapshot,
        .deadline_ms = run->options->deadline_ms,
        .reading = bp_run_guard_reading(&run->guard, first),
        .left_out = &run->guard.left_out,
    };
    struct bp_err err = {0};
    if (bp_batch_start(child, &work, &err) != 0) {
        for (size_t i = first; i < first + batch.count; i++) {
            note(run, i, bp_status_word(BP_STATUS_ERROR), 0, bp_err_text(&err), NULL);
        }
        for (size_t i = first; i < first + batch.count; i++) {
            start_dependents(run, i);
        }
    }
    bp_err_clear(&err);
}

static void start_dependents(struct run *run, size_t index) {
    for (size_t i = 0; i < run->count; i++) {
        if (bp_equal(run->table[i].after, run->table[index].name) && !run->table[i].with_previous) {
            start_batch(run, i);
        }
    }
}

/* How a collector fared that did not say so itself. */
static enum bp_status status_of_end(const struct bp_child *child) {
    switch (child->state) {
    case BP_CHILD_TIMED_OUT:
    case BP_CHILD_ABANDONED:
        return BP_STATUS_TIMEOUT;
    case BP_CHILD_FLOODED:
        return BP_STATUS_ERROR;
    default:
        return BP_STATUS_CRASHED;
    }
}

static void add_noise(struct bp_str *detail, const struct bp_child *child) {
    char *noise = bp_strndup(child->noise.data, child->noise.length);
    char *words = bp_trim(noise);
    if (*words) {
        bp_str_addf(detail, "; it printed: %.200s", words);
    }
    free(noise);
}

static void note_unended(struct run *run, size_t index, const struct bp_child *child, double ms) {
    char *how = bp_child_describe(child);
    struct bp_str detail = BP_STR_EMPTY;
    bp_str_add(&detail, how);
    if (child->state == BP_CHILD_EXITED) {
        bp_str_add(&detail, " before it had reported everything");
    }
    add_noise(&detail, child);
    note(run, index, bp_status_word(status_of_end(child)), ms, detail.data, NULL);
    bp_str_free(&detail);
    free(how);
}

static void add_detail(struct bp_str *detail, const char *words) {
    if (words && *words) {
        bp_str_addf(detail, "%s%s", detail->length ? "; " : "", words);
    }
}

static void note_ended(struct run *run, size_t index, struct bp_facts_report *report) {
    struct bp_str detail = BP_STR_EMPTY;
    const char *trouble = run->guard.trouble[index];
    add_detail(&detail, report->detail);
    add_detail(&detail, trouble);
    if (report->bad_lines) {
        bp_str_addf(&detail, "%s%d lines were no facts", detail.length ? "; " : "",
                    report->bad_lines);
    }
    if (trouble && report->status == BP_STATUS_OK) {
        report->status = BP_STATUS_ERROR; /* not all of it could be looked at */
    }
    note(run, index, bp_status_word(report->status), report->ms, detail.data, report);
    bp_str_free(&detail);
}

/* Takes in what the batch's next collector sent. Returns whether it ended. */
static bool take_next(struct run *run, const struct batch *batch, const struct bp_child *child) {
    struct progress *progress = &run->progress[batch->first];
    size_t index = batch->first + progress->settled;
    struct bp_facts_report report;
    progress->taken += bp_facts_merge(run->snapshot, child->output.data + progress->taken,
                                      child->output.length - progress->taken, &report);
    bool ended = report.ended;
    if (ended) {
        note_ended(run, index, &report);
        progress->accounted_ms += report.ms;
    } else {
        note_unended(run, index, child,
                     child->ended_ms - child->started_ms - progress->accounted_ms);
    }
    bp_facts_report_free(&report);
    progress->settled++;
    return ended;
}

/* While it goes on with its next collector, what the last one found is taken in and used. */
static void child_said(void *context, struct bp_child *child) {
    struct run *run = context;
    struct batch batch = batch_at(run, (size_t)(child - run->children));
    struct progress *progress = &run->progress[batch.first];
    while (progress->settled + 1 < batch.count &&
           bp_facts_has_end(child->output.data + progress->taken,
                            child->output.length - progress->taken)) {
        size_t index = batch.first + progress->settled;
        take_next(run, &batch, child);
        child->deadline_ms = batch_deadline(run, &batch, progress->settled);
        start_dependents(run, index);
    }
}

/*
 * Whether the batch's next collector is to be started again, without a file that was its end: then
 * it says everything again, and what it said is not taken in.
 */
static bool is_to_go_again(struct run *run, const struct batch *batch,
                           const struct bp_child *child) {
    const struct progress *progress = &run->progress[batch->first];
    return !bp_facts_has_end(child->output.data + progress->taken,
                             child->output.length - progress->taken) &&
           bp_run_guard_blames(&run->guard, batch->first, batch->first + progress->settled, child);
}

static void child_ended(void *context, struct bp_child *child) {
    struct run *run = context;
    struct batch batch = batch_at(run, (size_t)(child - run->children));
    struct progress *progress = &run->progress[batch.first];
    size_t known = progress->settled;
    bool ended = true;
    while (progress->settled < batch.count && ended && !is_to_go_again(run, &batch, child)) {
        ended = take_next(run, &batch, child);
    }
    bp_child_free(child);
    size_t settled = progress->settled;
    if (settled < batch.count) {
        start_batch(run, batch.first + settled);
    }
    for (size_t i = batch.first + known; i < batch.first + settled; i++) {
        start_dependents(run, i);
    }
}

/* Starts the batches that come after no other. */
static void start_first(struct run *run, bool patient) {
    for (size_t i = 0; i < run->count; i++) {
        const struct bp_collector *row = &run->table[i];
        if (!row->after && !row->with_previous && row->patient == patient) {
            start_batch(run, i);
        }
    }
}

void bp_run_collectors(const struct bp_collector *table, size_t count, const struct bp_probe *probe,
                       cJSON *snapshot, const struct bp_run_options *options) {
    cJSON *collectors = cJSON_AddObjectToObject(snapshot, "collectors");
    for (size_t i = 0; i < count; i++) {
        cJSON_AddNullToObject(collectors, table[i].name); /* keeps the order of the table */
    }
    struct run run = {
        .table = table,
        .count = count,
        .probe = probe,
        .snapshot = snapshot,
        .collectors = collectors,
        .options = options,
        .children = bp_alloc_array(count, sizeof *run.children),
        .progress = bp_alloc_array(count, sizeof *run.progress),
    };
    bp_run_guard_init(&run.guard, count);
    start_first(&run, false);
    if (options->while_waiting) {
        options->while_waiting(options->context);
    }
    start_first(&run, true);
    bp_children_wait(run.children, count, child_ended, &run);
    bp_run_guard_free(&run.guard);
    free(run.progress);
    free(run.children);
}
