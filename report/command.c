#include "report/command.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/str.h"
#include "report/browser.h"
#include "report/named_files.h"
#include "report/output.h"
#include "report/plain.h"

int bp_complain(int code, const char *message) {
    char *line = bp_show_line(message);
    fprintf(stderr, "bnb-probe: %s\n", line);
    free(line);
    return code;
}

int bp_command_inquire(struct bp_inquiry *inquiry) {
    struct bp_err err = {0};
    int code = BP_EXIT_DONE;
    if (bp_inquiry_check_options(inquiry->options, &err) != 0) {
        code = bp_complain(BP_EXIT_USAGE, bp_err_text(&err));
    } else if (bp_inquiry_gather(inquiry, &err) != 0) {
        code = bp_complain(BP_EXIT_FAILED, bp_err_text(&err));
    } else {
        bp_inquiry_judge(inquiry);
    }
    bp_err_clear(&err);
    return code;
}

/* The address goes to the browser instead; where there is none, to the person. */
static bool show_address(const char *data, size_t length) {
    struct bp_err err = {0};
    char *text = bp_strndup(data, length);
    char *by = bp_browser_show(bp_trim(text), &err);
    char *line =
        by ? bp_format("the bug form, filled in, was given to the browser (%s); nothing is "
                       "sent before you send it",
                       by)
           : bp_format("the browser could not be started: %s; this is the address",
                       bp_err_text(&err));
    bp_complain(BP_EXIT_DONE, line);
    bool shown = by != NULL;
    free(line);
    free(by);
    free(text);
    bp_err_clear(&err);
    return shown;
}

static void show_file(const char *path) {
    struct bp_err err = {0};
    char *whole = bp_named_whole(path);
    char *by = bp_browser_show(whole ? whole : path, &err);
    char *line = by ? bp_format("%s was given to the browser (%s)", path, by)
                    : bp_format("the browser could not be started: %s; the page is in %s",
                                bp_err_text(&err), path);
    bp_complain(BP_EXIT_DONE, line);
    free(line);
    free(by);
    free(whole);
    bp_err_clear(&err);
}

int bp_command_deliver(const struct bp_options *options, const char *data, size_t length) {
    struct bp_err err = {0};
    if (options->open && options->format == BP_FORMAT_URL && show_address(data, length)) {
        return BP_EXIT_DONE;
    }
    int code = BP_EXIT_DONE;
    if (bp_output_write(options->output, data, length, &err) != 0) {
        code = bp_complain(BP_EXIT_FAILED, bp_err_text(&err));
    } else if (options->open && options->format == BP_FORMAT_HTML) {
        show_file(options->output);
    }
    bp_err_clear(&err);
    return code;
}

static int do_command(const struct bp_options *options, const struct bp_identity *identity) {
    if (options->help || options->version) {
        return bp_command_help(options);
    }
    switch (options->command) {
    case BP_COMMAND_CHECK:
        return bp_command_check(options, identity);
    case BP_COMMAND_RUN:
        return bp_command_run_and_report(options, identity);
    case BP_COMMAND_TRIAGE:
        return bp_command_triage(options, identity);
    case BP_COMMAND_COMPARE:
        return bp_command_compare(options, identity);
    case BP_COMMAND_PATTERNS:
        return bp_command_patterns(options);
    case BP_COMMAND_SCHEMA:
        return bp_command_schema(options);
    case BP_COMMAND_COMPLETION:
        return bp_command_completion(options);
    case BP_COMMAND_HELP:
        return bp_command_help(options);
    case BP_COMMAND_REPORT:
        break;
    }
    return bp_command_report(options, identity);
}

int bp_program(int count, char *const arguments[], const struct bp_identity *identity) {
    struct bp_options options = {0};
    struct bp_err err = {0};
    int code;
    if (bp_options_parse(&options, count, arguments, &err) != 0) {
        code = bp_complain(BP_EXIT_USAGE, bp_err_text(&err));
    } else {
        code = do_command(&options, identity);
    }
    bp_options_free(&options);
    bp_err_clear(&err);
    return code;
}
