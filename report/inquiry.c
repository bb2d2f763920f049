#include "report/inquiry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/assume.h"
#include "checks/check.h"
#include "checks/releases.h"
#include "probe/ghosts.h"
#include "probe/os/clock.h"
#include "probe/probe.h"
#include "report/document.h"
#include "report/input.h"
#include "report/log_part.h"
#include "report/redact.h"
#include "report/rooted_paths.h"
#include "report/terminal_system.h"

/* Bytes of a log from which every format takes what it shows, with room to redact it whole. */
enum { LOG_SHOWN = 256 << 10 };

int bp_inquiry_check_options(const struct bp_options *options, struct bp_err *err) {
    /* Logs of jobs and chats are where standard error goes otherwise. */
    if (options->show_withheld && !bp_terminal_is(BP_STDERR)) {
        return bp_fail(err, BP_E_FORMAT,
                       "--show-withheld shows what nobody else should see: "
                       "standard error has to be a terminal");
    }
    if (!options->assumed.count) {
        return 0;
    }
    struct bp_releases *releases = bp_releases_builtin();
    int result = bp_assume_check(&options->assumed, releases, err);
    bp_releases_free(releases);
    return result == 0 ? 0 : bp_fail_in(err, "--assume");
}

static void make_redactor(struct bp_inquiry *inquiry) {
    if (inquiry->options->no_redact) {
        return;
    }
    struct bp_identity identity = *inquiry->identity;
    if (inquiry->options->root) {
        identity.home = NULL; /* a folder of that name is another's in another root */
    }
    inquiry->redactor = bp_redactor_new(&identity);
}

/* The part that needs no facts: done while the collectors run. */
static void prepare(void *context) {
    struct bp_inquiry *inquiry = context;
    inquiry->catalogue = bp_catalogue_for_judging();
    bp_input_patterns(&inquiry->options->patterns, inquiry->catalogue, &inquiry->problems);
    make_redactor(inquiry);
}

/*
 * What was assumed stands in the place of what the ghosts are of: a report made with --assume is
 * taken as it stands. What ghosts hold was redacted as the rest, so all paths are made whole after.
 */
static int apply_ghosts(cJSON *snapshot, const cJSON *paths, struct bp_err *err) {
    cJSON *assumed = bp_assumed(snapshot);
    int result = assumed ? 0 : bp_ghosts_apply(snapshot, err);
    cJSON_Delete(assumed);
    bp_rooted_paths_expand(snapshot, paths);
    return result;
}

static int read_report(struct bp_inquiry *inquiry, struct bp_err *err) {
    const char *path = inquiry->options->from;
    struct bp_earlier_report report;
    if (bp_input_report(path, &report, err) != 0) {
        return -1;
    }
    int result = apply_ghosts(report.snapshot, report.paths, err);
    if (result != 0) {
        char *shown = bp_input_shown(bp_equal(path, "-") ? "standard input" : path);
        bp_fail_in(err, "%s", shown);
        free(shown);
    } else {
        inquiry->snapshot = report.snapshot;
        inquiry->collected_at = report.collected_at;
        inquiry->withheld = report.withheld;
        report = (struct bp_earlier_report){.paths = report.paths};
    }
    bp_earlier_report_free(&report);
    return result;
}

static int get_snapshot(struct bp_inquiry *inquiry, struct bp_err *err) {
    const struct bp_options *options = inquiry->options;
    if (options->from) {
        prepare(inquiry);
        return read_report(inquiry, err);
    }
    struct bp_probe_options probe = {
        .root = options->root,
        .pythons = &options->pythons,
        .timeout_ms = options->timeout_ms,
        .with_ghosts = options->with_ghosts,
    };
    struct bp_strs ran_with = {0};
    if (inquiry->ran_with && options->pythons.count == 0) {
        bp_strs_add(&ran_with, inquiry->ran_with);
        probe.pythons = &ran_with;
        probe.pythons_because = "the command ran it";
    }
    inquiry->collected_at = bp_document_time(time(NULL));
    inquiry->snapshot = bp_probe_run(&probe, prepare, inquiry, err);
    bp_strs_free(&ran_with);
    if (inquiry->snapshot && inquiry->run) {
        cJSON_AddItemToObject(inquiry->snapshot, "run", inquiry->run);
        inquiry->run = NULL;
    }
    return inquiry->snapshot ? 0 : -1;
}

/* Inputs are read before anything is probed: a wrong name is said at once. */
int bp_inquiry_gather(struct bp_inquiry *inquiry, struct bp_err *err) {
    inquiry->started_ms = bp_now_ms();
    if (inquiry->options->log && !inquiry->log) {
        inquiry->log = bp_input_log(inquiry->options->log, err);
        if (!inquiry->log) {
            return -1;
        }
    }
    if (get_snapshot(inquiry, err) != 0) {
        return -1;
    }
    inquiry->snapshot_ms = bp_now_ms() - inquiry->started_ms;
    if (inquiry->problems.count) {
        return bp_fail(err, BP_E_FORMAT, "%s", inquiry->problems.items[0]);
    }
    if (inquiry->options->assumed.count) {
        return bp_assume(inquiry->snapshot, &inquiry->options->assumed,
                         bp_catalogue_releases(inquiry->catalogue), err);
    }
    return 0;
}

void bp_inquiry_judge(struct bp_inquiry *inquiry) {
    const char *log_name = inquiry->options->log;
    if (!inquiry->log) {
        inquiry->log = bp_strdup(bp_json_text_at(inquiry->snapshot, "/run/output/text"));
        log_name = "the command's output";
    }
    const char *log = inquiry->log;
    struct bp_text text = {log_name, log, log ? strlen(log) : 0};
    cJSON *judgement = bp_check(inquiry->snapshot, log ? &text : NULL, inquiry->catalogue);
    inquiry->document = bp_document_make(inquiry->snapshot, judgement, inquiry->collected_at);
    inquiry->snapshot = NULL;
    if (inquiry->options->verbose) {
        cJSON_AddItemToObject(inquiry->document, "conditions",
                              bp_check_conditions(bp_json_get(inquiry->document, "snapshot"),
                                                  log ? &text : NULL, inquiry->catalogue));
    }
    inquiry->checked_ms = bp_now_ms() - inquiry->started_ms;
}

static void show_withheld(const struct bp_withheld *withheld) {
    struct bp_str lines = BP_STR_EMPTY;
    bp_withheld_describe(withheld, &lines);
    fprintf(stderr, "Withheld from the report:\n%s", lines.length ? lines.data : "nothing\n");
    bp_str_free(&lines);
}

void bp_inquiry_redact(struct bp_inquiry *inquiry) {
    struct bp_redactor *redactor = inquiry->redactor;
    if (!redactor) {
        return;
    }
    if (inquiry->log) {
        char *log = bp_redact_log(redactor, inquiry->document, inquiry->log);
        free(inquiry->log);
        struct bp_log_part part = bp_log_part_of(log, LOG_SHOWN);
        inquiry->log = bp_strndup(part.start, part.length);
        free(log);
    }
    bp_redact_document(redactor, inquiry->document);
    bp_withheld_add_receipt(bp_redactor_withheld(redactor), inquiry->withheld);
    bp_redactor_sign(redactor, inquiry->document);
    if (inquiry->options->show_withheld) {
        show_withheld(bp_redactor_withheld(redactor));
    }
}

void bp_inquiry_free(struct bp_inquiry *inquiry) {
    bp_catalogue_free(inquiry->catalogue);
    bp_redactor_free(inquiry->redactor);
    bp_strs_free(&inquiry->problems);
    cJSON_Delete(inquiry->snapshot);
    cJSON_Delete(inquiry->document);
    cJSON_Delete(inquiry->withheld);
    free(inquiry->collected_at);
    free(inquiry->log);
    free(inquiry->ran_with);
    cJSON_Delete(inquiry->run);
}
