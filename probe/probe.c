#include "probe/probe.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/collector.h"
#include "probe/os/child.h"

struct collector {
    const char *name;
    bp_collect_fn *collect;
    const char *after; /* the collector whose facts it needs, or NULL */
};

/*
 * In starting order: those that wait longest for something else come first. A collector
 * stands behind the one it comes after.
 */
static const struct collector collectors[] = {
    {"python", bp_collect_python, NULL},
    {"build_tools", bp_collect_build_tools, NULL},
    {"cuda_driver", bp_collect_cuda_driver, NULL},
    {"hardware", bp_collect_hardware, NULL},
    {"pci", bp_collect_pci, NULL},
    {"host", bp_collect_host, NULL},
    {"cuda_kernel", bp_collect_cuda_kernel, NULL},
    {"cuda_toolkits", bp_collect_cuda_toolkits, NULL},
    {"rocm", bp_collect_rocm, NULL},
    {"environment", bp_collect_environment, NULL},
    {"bitsandbytes", bp_collect_bitsandbytes, "python"},
    {"session", bp_collect_session, "python"},
    {"libraries", bp_collect_libraries, "bitsandbytes"},
};
enum { COLLECTORS = sizeof collectors / sizeof *collectors };

/* What a collector's child may send: ample for thousands of libraries, and bounded. */
static const size_t facts_limit = (size_t)16 << 20;

/* The sections in the order of the document, whichever collector ends first. */
static const char *const sections[] = {"host",    "hardware",     "cuda",      "rocm",
                                       "python",  "bitsandbytes", "libraries", "tools",
                                       "session", "environment",  "collectors"};

/*
 * Shares of the whole time after which programs and collectors are told to end, and of the
 * grace that each gets: TERM, grace, KILL, grace, given up. The programs' last share ends
 * before the collectors' begins, so that a collector can still tell of its program, and the
 * collectors' before the whole, so that there is time to print.
 */
static const double program_share = 0.75;
static const double collector_share = 0.87;
static const double grace_share = 0.04;

struct run {
    struct bp_probe probe;
    cJSON *snapshot;
    struct bp_child children[COLLECTORS];
    double deadline_ms;
    double grace_ms;
};

struct child_context {
    const struct bp_probe *probe;
    bp_collect_fn *collect;
};

static int run_collector(void *context, int output_fd) {
    const struct child_context *child = context;
    struct bp_facts *facts = bp_facts_to_pipe(output_fd);
    child->collect(child->probe, facts);
    bp_facts_end(facts);
    return 0;
}

static void note(cJSON *snapshot, const char *name, const char *status, double ms,
                 const char *detail, cJSON *unknown) {
    cJSON *entry = cJSON_CreateObject();
    bp_json_set_text(entry, "status", status);
    bp_json_set_number(entry, "ms", (double)(long)(ms * 100 + 0.5) / 100);
    if (detail && *detail) {
        bp_json_set_text(entry, "detail", detail);
    }
    if (cJSON_GetArraySize(unknown) > 0) {
        cJSON_AddItemToObject(entry, "unknown", unknown);
    } else {
        cJSON_Delete(unknown);
    }
    cJSON_ReplaceItemInObjectCaseSensitive(cJSON_GetObjectItemCaseSensitive(snapshot, "collectors"),
                                           name, entry);
}

static void start_collector(struct run *run, size_t index) {
    struct bp_child *child = &run->children[index];
    child->deadline_ms = run->deadline_ms;
    child->grace_ms = run->grace_ms;
    child->output_limit = facts_limit;
    struct child_context context = {&run->probe, collectors[index].collect};
    struct bp_err err = {0};
    if (bp_child_start_function(child, run_collector, &context, &err) != 0) {
        note(run->snapshot, collectors[index].name, "error", 0, bp_err_text(&err), NULL);
    }
    bp_err_clear(&err);
}

static void start_dependents(struct run *run, const char *name) {
    for (size_t i = 0; i < COLLECTORS; i++) {
        if (bp_equal(collectors[i].after, name)) {
            start_collector(run, i);
            if (run->children[i].state == BP_CHILD_NOT_STARTED) {
                start_dependents(run, collectors[i].name);
            }
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

static void note_end(struct run *run, const char *name, const struct bp_child *child) {
    struct bp_facts_report report;
    bp_facts_merge(run->snapshot, &child->output, &report);
    struct bp_str detail = BP_STR_EMPTY;
    enum bp_status status = report.status;
    if (report.ended) {
        bp_str_add(&detail, report.detail ? report.detail : "");
    } else {
        char *how = bp_child_describe(child);
        status = status_of_end(child);
        bp_str_add(&detail, how);
        free(how);
        if (child->state == BP_CHILD_EXITED) {
            bp_str_add(&detail, " before it had reported everything");
        }
        add_noise(&detail, child);
    }
    if (report.bad_lines && report.ended) {
        bp_str_addf(&detail, "%s%d lines were no facts", detail.length ? "; " : "",
                    report.bad_lines);
    }
    note(run->snapshot, name, bp_status_word(status), child->ended_ms - child->started_ms,
         detail.data, report.unknown);
    report.unknown = NULL;
    bp_str_free(&detail);
    bp_facts_report_free(&report);
}

static void collector_ended(void *context, struct bp_child *child) {
    struct run *run = context;
    const char *name = collectors[child - run->children].name;
    note_end(run, name, child);
    bp_child_free(child);
    start_dependents(run, name);
}

static cJSON *empty_snapshot(void) {
    cJSON *snapshot = cJSON_CreateObject();
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        cJSON_AddObjectToObject(snapshot, sections[i]);
    }
    cJSON *noted = cJSON_GetObjectItemCaseSensitive(snapshot, "collectors");
    for (size_t i = 0; i < COLLECTORS; i++) {
        cJSON_AddNullToObject(noted, collectors[i].name);
    }
    return snapshot;
}

cJSON *bp_probe_run(const struct bp_probe_options *options, void (*while_waiting)(void *),
                    void *context, struct bp_err *err) {
    static const struct bp_strs no_pythons = {0};
    double started = bp_now_ms();
    struct bp_root root;
    if (bp_root_open(&root, options->root, err) != 0) {
        return NULL;
    }
    cJSON *snapshot = empty_snapshot();
    struct run run = {
        .snapshot = snapshot,
        .deadline_ms = started + options->timeout_ms * collector_share,
        .grace_ms = options->timeout_ms * grace_share,
        .probe =
            {
                .root = &root,
                .pythons = options->pythons ? options->pythons : &no_pythons,
                .snapshot = snapshot,
                .program_deadline_ms = started + options->timeout_ms * program_share,
                .program_grace_ms = options->timeout_ms * grace_share,
            },
    };
    for (size_t i = 0; i < COLLECTORS; i++) {
        if (!collectors[i].after) {
            start_collector(&run, i);
        }
    }
    if (while_waiting) {
        while_waiting(context);
    }
    bp_children_wait(run.children, COLLECTORS, collector_ended, &run);
    bp_root_close(&root);
    return snapshot;
}
