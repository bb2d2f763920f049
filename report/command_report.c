#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/assume.h"
#include "checks/catalogue.h"
#include "checks/check.h"
#include "checks/releases.h"
#include "probe/os/child.h"
#include "probe/probe.h"
#include "report/command.h"
#include "report/document.h"
#include "report/input.h"
#include "report/plain.h"
#include "report/redact.h"
#include "report/render.h"
#include "report/terminal.h"

/* Bytes of a log's end from which every format takes what it shows. */
enum { LOG_SHOWN = 256 << 10 };

/* What a report is made from, and how long its parts took. */
struct work {
    const struct bp_options *options;
    const struct bp_identity *identity;
    struct bp_catalogue *catalogue;
    struct bp_strs problems; /* pattern files that were refused */
    bool folder_failed;      /* a --patterns folder could not be read */
    cJSON *snapshot;
    char *collected_at;
    char *log;
    cJSON *document;
    double started_ms;
    double snapshot_ms; /* since the start */
    double checked_ms;
    double rendered_ms;
};

/* The part that needs no facts: done while the collectors run. */
static void load_catalogue(void *context) {
    struct work *work = context;
    struct bp_strs added = {0};
    work->catalogue = bp_catalogue_for_judging();
    for (size_t i = 0; i < work->options->patterns.count; i++) {
        if (bp_input_patterns(work->options->patterns.items[i], work->catalogue, &added,
                              &work->problems) < 0) {
            work->folder_failed = true;
        }
    }
    bp_strs_free(&added);
}

static int get_snapshot(struct work *work, struct bp_err *err) {
    const struct bp_options *options = work->options;
    if (options->from) {
        load_catalogue(work);
        return bp_input_snapshot(options->from, &work->snapshot, &work->collected_at, err);
    }
    struct bp_probe_options probe = {options->root, &options->pythons, options->timeout_ms};
    work->collected_at = bp_document_time(time(NULL));
    work->snapshot = bp_probe_run(&probe, load_catalogue, work, err);
    return work->snapshot ? 0 : -1;
}

/* Inputs are read before anything is probed: a wrong name is said at once. */
static int gather(struct work *work, struct bp_err *err) {
    if (work->options->log) {
        work->log = bp_input_log(work->options->log, err);
        if (!work->log) {
            return -1;
        }
    }
    if (get_snapshot(work, err) != 0) {
        return -1;
    }
    work->snapshot_ms = bp_now_ms() - work->started_ms;
    if (work->problems.count) {
        return bp_fail(err, BP_E_FORMAT, "%s", work->problems.items[0]);
    }
    if (work->options->assumed.count) {
        return bp_assume(work->snapshot, &work->options->assumed,
                         bp_catalogue_releases(work->catalogue), err);
    }
    return 0;
}

static void judge(struct work *work) {
    struct bp_text text = {work->options->log, work->log, work->log ? strlen(work->log) : 0};
    cJSON *judgement = bp_check(work->snapshot, work->log ? &text : NULL, work->catalogue);
    work->document = bp_document_make(work->snapshot, judgement, work->collected_at);
    work->snapshot = NULL;
    work->checked_ms = bp_now_ms() - work->started_ms;
}

/* What of the log a report could show, with room for what has to be seen whole to be redacted. */
static const char *last_part(const char *log) {
    size_t length = strlen(log);
    if (length <= LOG_SHOWN) {
        return log;
    }
    const char *line = strchr(log + length - LOG_SHOWN, '\n');
    return line && line[1] ? line + 1 : log + bp_utf8_floor(log, length - LOG_SHOWN);
}

static void redact(struct work *work) {
    if (work->options->no_redact) {
        return;
    }
    struct bp_redactor *redactor = bp_redactor_new(work->identity);
    bp_redact_document(redactor, work->document);
    if (work->log) {
        char *log = bp_redact_text(redactor, last_part(work->log));
        free(work->log);
        work->log = log;
    }
    bp_redactor_free(redactor);
}

static void render(const struct work *work, struct bp_str *out) {
    const struct bp_options *options = work->options;
    struct bp_text_style style = bp_terminal_style(options);
    switch (options->format) {
    case BP_FORMAT_JSON:
        bp_render_json(work->document, out);
        break;
    case BP_FORMAT_MARKDOWN:
        bp_render_markdown(work->document, work->log, options->verbose, out);
        break;
    case BP_FORMAT_URL:
        bp_render_url(work->document, work->log, out);
        break;
    case BP_FORMAT_TEXT:
        if (options->quiet) {
            bp_render_verdict(work->document, &style, out);
        } else {
            bp_render_text(work->document, &style, out);
        }
        break;
    }
}

static void say_timing(const struct work *work) {
    fprintf(stderr, "%9.1f ms  snapshot%s\n", work->snapshot_ms,
            work->options->from ? " (read)" : "");
    const cJSON *collectors = bp_json_at(work->document, "/snapshot/collectors");
    const cJSON *collector;
    cJSON_ArrayForEach(collector, collectors) {
        char *name = bp_input_shown(collector->string);
        const char *status = bp_json_text(collector, "status");
        fprintf(stderr, "%9.1f ms    %s%s%s\n", bp_json_number(collector, "ms", 0), name,
                bp_equal(status, "ok") ? "" : ": ", bp_equal(status, "ok") ? "" : status);
        free(name);
    }
    fprintf(stderr, "%9.1f ms  checks\n", work->checked_ms - work->snapshot_ms);
    fprintf(stderr, "%9.1f ms  report\n", work->rendered_ms - work->checked_ms);
    fprintf(stderr, "%9.1f ms  in all\n", work->rendered_ms);
}

static void release(struct work *work) {
    bp_catalogue_free(work->catalogue);
    bp_strs_free(&work->problems);
    cJSON_Delete(work->snapshot);
    cJSON_Delete(work->document);
    free(work->collected_at);
    free(work->log);
}

/* A release that never was is a slip on the command line, and said before anything is probed. */
static int check_assumed(const struct bp_options *options, struct bp_err *err) {
    if (!options->assumed.count) {
        return 0;
    }
    struct bp_releases *releases = bp_releases_builtin();
    int result = bp_assume_check(&options->assumed, releases, err);
    bp_releases_free(releases);
    return result == 0 ? 0 : bp_fail_in(err, "--assume");
}

int bp_command_report(const struct bp_options *options, const struct bp_identity *identity) {
    struct work work = {.options = options, .identity = identity, .started_ms = bp_now_ms()};
    struct bp_err err = {0};
    struct bp_str out = BP_STR_EMPTY;
    int code;
    if (check_assumed(options, &err) != 0) {
        code = bp_complain(BP_EXIT_USAGE, bp_err_text(&err));
    } else if (gather(&work, &err) != 0) {
        code = bp_complain(BP_EXIT_FAILED, bp_err_text(&err));
    } else {
        judge(&work);
        redact(&work);
        render(&work, &out);
        work.rendered_ms = bp_now_ms() - work.started_ms;
        code = bp_command_deliver(options, out.data, out.length);
        if (options->timing) {
            say_timing(&work);
        }
    }
    bp_str_free(&out);
    bp_err_clear(&err);
    release(&work);
    return code;
}
