#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/os/child.h"
#include "report/command.h"
#include "report/inquiry.h"
#include "report/input.h"
#include "report/render.h"
#include "report/terminal.h"

static void render(const struct bp_inquiry *inquiry, struct bp_str *out) {
    const struct bp_options *options = inquiry->options;
    struct bp_text_style style = bp_terminal_style(options);
    switch (options->format) {
    case BP_FORMAT_JSON:
        bp_render_json(inquiry->document, out);
        break;
    case BP_FORMAT_MARKDOWN:
        bp_render_markdown(inquiry->document, inquiry->log, options->verbose, out);
        break;
    case BP_FORMAT_URL:
        bp_render_url(inquiry->document, inquiry->log, out);
        break;
    case BP_FORMAT_TEXT:
        if (options->quiet) {
            bp_render_verdict(inquiry->document, &style, out);
        } else {
            bp_render_text(inquiry->document, &style, out);
        }
        break;
    }
}

static void say_timing(const struct bp_inquiry *inquiry, double rendered_ms) {
    fprintf(stderr, "%9.1f ms  snapshot%s\n", inquiry->snapshot_ms,
            inquiry->options->from ? " (read)" : "");
    const cJSON *collectors = bp_json_at(inquiry->document, "/snapshot/collectors");
    const cJSON *collector;
    cJSON_ArrayForEach(collector, collectors) {
        char *name = bp_input_shown(collector->string);
        const char *status = bp_json_text(collector, "status");
        fprintf(stderr, "%9.1f ms    %s%s%s\n", bp_json_number(collector, "ms", 0), name,
                bp_equal(status, "ok") ? "" : ": ", bp_equal(status, "ok") ? "" : status);
        free(name);
    }
    fprintf(stderr, "%9.1f ms  checks\n", inquiry->checked_ms - inquiry->snapshot_ms);
    fprintf(stderr, "%9.1f ms  report\n", rendered_ms - inquiry->checked_ms);
    fprintf(stderr, "%9.1f ms  in all\n", rendered_ms);
}

int bp_command_report(const struct bp_options *options, const struct bp_identity *identity) {
    struct bp_inquiry inquiry = {.options = options, .identity = identity};
    struct bp_err err = {0};
    struct bp_str out = BP_STR_EMPTY;
    int code;
    if (bp_inquiry_check_options(options, &err) != 0) {
        code = bp_complain(BP_EXIT_USAGE, bp_err_text(&err));
    } else if (bp_inquiry_gather(&inquiry, &err) != 0) {
        code = bp_complain(BP_EXIT_FAILED, bp_err_text(&err));
    } else {
        bp_inquiry_judge(&inquiry, options->log);
        bp_inquiry_redact(&inquiry);
        render(&inquiry, &out);
        double rendered_ms = bp_now_ms() - inquiry.started_ms;
        code = bp_command_deliver(options, out.data, out.length);
        if (options->timing) {
            say_timing(&inquiry, rendered_ms);
        }
    }
    bp_str_free(&out);
    bp_err_clear(&err);
    bp_inquiry_free(&inquiry);
    return code;
}
