#include <stdio.h>
#include <stdlib.h>

#include "base/attributes.h"
#include "base/json.h"
#include "base/memory.h"
#include "probe/os/clock.h"
#include "report/command.h"
#include "report/inquiry.h"
#include "report/input.h"
#include "report/next_view.h"
#include "report/render.h"
#include "report/terminal.h"

/* Before anybody is offered a report: whether one is needed. */
static void say_known(const cJSON *document) {
    struct bp_next_view next = bp_next_view_of(document);
    if (next.known) {
        char *line = bp_format("%s What to do: bnb-probe without --format.", next.known);
        bp_complain(BP_EXIT_DONE, line);
        free(line);
    }
    bp_next_view_free(&next);
}

void bp_command_render(const struct bp_inquiry *inquiry, const struct bp_text_style *style,
                       struct bp_str *out) {
    const struct bp_options *options = inquiry->options;
    switch (options->format) {
    case BP_FORMAT_JSON:
        bp_render_json(inquiry->document, out);
        break;
    case BP_FORMAT_MARKDOWN:
        bp_render_markdown(inquiry->document, inquiry->log, options->verbose, out);
        break;
    case BP_FORMAT_URL:
        say_known(inquiry->document);
        bp_render_url(inquiry->document, inquiry->log, out);
        break;
    case BP_FORMAT_HTML:
        bp_render_html(inquiry->document, inquiry->log, options->verbose, out);
        break;
    default:
        if (options->quiet) {
            bp_render_verdict(inquiry->document, style, out);
        } else {
            bp_render_text(inquiry->document, style, out);
        }
        break;
    }
}

static int compare_duration(const void *left, const void *right) {
    double left_ms = bp_json_number(*(const cJSON *const *)left, "ms", 0);
    double right_ms = bp_json_number(*(const cJSON *const *)right, "ms", 0);
    return (left_ms < right_ms) - (left_ms > right_ms);
}

/* The slowest first. They run beside each other, so together they may take longer than all. */
static void say_collectors(const cJSON *collectors) {
    size_t count = (size_t)cJSON_GetArraySize(collectors);
    const cJSON **sorted = bp_alloc_array(count, sizeof *sorted);
    const cJSON *collector;
    size_t at = 0;
    cJSON_ArrayForEach(collector, collectors) {
        sorted[at++] = collector;
    }
    if (count) {
        qsort(sorted, count, sizeof *sorted, compare_duration);
    }
    for (size_t i = 0; i < count; i++) {
        char *name = bp_input_shown(sorted[i]->string);
        const char *status = bp_json_text(sorted[i], "status");
        bool plain = !status || bp_equal(status, "ok");
        fprintf(stderr, "%9.1f ms    %s%s%s\n", bp_json_number(sorted[i], "ms", 0), name,
                plain ? "" : ": ", plain ? "" : status);
        free(name);
    }
    free(sorted);
}

static void say_timing(const struct bp_inquiry *inquiry, double rendered_ms) {
    fprintf(stderr, "%9.1f ms  snapshot%s\n", inquiry->snapshot_ms,
            inquiry->options->from ? " (read; its collectors took)" : "");
    say_collectors(bp_json_at(inquiry->document, "/snapshot/collectors"));
    fprintf(stderr, "%9.1f ms  checks\n", inquiry->checked_ms - inquiry->snapshot_ms);
    fprintf(stderr, "%9.1f ms  report\n", rendered_ms - inquiry->checked_ms);
    fprintf(stderr, "%9.1f ms  in all\n", rendered_ms);
}

/*
 * Ends the process with the inquiry as it stands. The system takes all memory back at once; whoever
 * waits for the report would wait longer for its many parts to be freed one by one.
 */
static BP_NORETURN void end_process(const struct bp_inquiry *inquiry, int code) {
    (void)inquiry; /* still held: a search for leaks finds all of it from here */
    exit(code);
}

int bp_command_report(const struct bp_options *options, const struct bp_identity *identity) {
    struct bp_inquiry inquiry = {.options = options, .identity = identity};
    struct bp_str out = BP_STR_EMPTY;
    int code = bp_command_inquire(&inquiry);
    if (code == BP_EXIT_DONE) {
        bp_inquiry_redact(&inquiry);
        struct bp_text_style style = bp_terminal_style(options);
        bp_command_render(&inquiry, &style, &out);
        double rendered_ms = bp_now_ms() - inquiry.started_ms;
        code = bp_command_deliver(options, out.data, out.length);
        if (options->timing) {
            say_timing(&inquiry, rendered_ms);
        }
    }
    bp_str_free(&out);
    end_process(&inquiry, code);
}
