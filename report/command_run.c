/* Running a command, and saying why it failed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "probe/run_command.h"
#include "report/command.h"
#include "report/input.h"
#include "report/plain.h"
#include "report/terminal.h"
#include "report/terminal_system.h"

/* As env and timeout have it. */
enum { CANNOT_EXECUTE = 126, NO_SUCH_PROGRAM = 127 };

static int start_failure(const struct bp_err *err) {
    int code = err->code == BP_E_ABSENT   ? NO_SUCH_PROGRAM
               : err->code == BP_E_DENIED ? CANNOT_EXECUTE
                                          : BP_EXIT_FAILED;
    return bp_complain(code, bp_err_text(err));
}

static bool is_to_file(const struct bp_options *options) {
    return options->output && !bp_equal(options->output, "-");
}

/* The report beside which the command's output stands: standard error, unless told otherwise. */
static int descriptor_of(const struct bp_options *options) {
    return is_to_file(options) ? -1 : options->output ? BP_STDOUT : BP_STDERR;
}

/* Ends the line that the command left open, so that what follows begins one. */
static void begin_line(const struct bp_run_result *result) {
    size_t length = result->output.length;
    if (length && result->output.data[length - 1] != '\n') {
        fputc('\n', stderr);
    }
}

static void say_success(const struct bp_options *options, const struct bp_run_result *result) {
    if (!options->quiet) {
        begin_line(result);
        fprintf(stderr, "bnb-probe: the command succeeded (exit code 0 after %.1f s)\n",
                result->end.ms / 1000);
    }
}

/* Where the report is in a file, the terminal has the gist of it. */
static void say_gist(const struct bp_inquiry *inquiry) {
    struct bp_text_style style = bp_terminal_style_of(inquiry->options, BP_STDERR);
    struct bp_str line = BP_STR_EMPTY;
    char *file = bp_input_shown(inquiry->options->output);
    bp_render_verdict(inquiry->document, &style, &line);
    fprintf(stderr, "%sbnb-probe: the report is in %s\n", line.data, file);
    free(file);
    bp_str_free(&line);
}

static int deliver(const struct bp_inquiry *inquiry, bool failed) {
    const struct bp_options *options = inquiry->options;
    struct bp_text_style style = bp_terminal_style_of(options, descriptor_of(options));
    struct bp_str out = BP_STR_EMPTY;
    int code = BP_EXIT_DONE;
    bp_command_render(inquiry, &style, &out);
    if (options->output) {
        code = bp_command_deliver(options, out.data, out.length);
    } else {
        fputc('\n', stderr);
        fwrite(out.data, 1, out.length, stderr);
    }
    if (code == BP_EXIT_DONE && failed && is_to_file(options) && !options->quiet) {
        say_gist(inquiry);
    }
    bp_str_free(&out);
    return code;
}

/* The output's text is cleaned of what a terminal would act on before anything judges it. */
static void add_output(struct bp_run_result *result) {
    char *text = bp_text_of_bytes(result->output.data, result->output.length);
    bp_json_put(result->facts, "/output/text", cJSON_CreateString(text));
    free(text);
}

static int report(const struct bp_options *options, const struct bp_identity *identity,
                  struct bp_run_result *result, bool failed) {
    struct bp_inquiry inquiry = {.options = options, .identity = identity};
    add_output(result);
    bp_run_adopt_environment(result);
    inquiry.run = result->facts;
    inquiry.ran_with = result->interpreter;
    result->facts = NULL;
    result->interpreter = NULL;
    int code = bp_command_inquire(&inquiry);
    if (code == BP_EXIT_DONE) {
        bp_inquiry_redact(&inquiry);
        code = deliver(&inquiry, failed);
    }
    bp_inquiry_free(&inquiry);
    return code;
}

int bp_command_run_and_report(const struct bp_options *options,
                              const struct bp_identity *identity) {
    struct bp_run_result result;
    struct bp_err err = {0};
    int code;
    int ended_by = 0;
    if (bp_run_command(&options->arguments, &result, &err) != 0) {
        code = start_failure(&err);
    } else {
        bool failed = result.end.signal || result.end.exit_code;
        if (!failed) {
            say_success(options, &result);
        } else {
            begin_line(&result);
        }
        code = failed || options->output ? report(options, identity, &result, failed) : 0;
        ended_by = result.end.signal;
        code = failed ? bp_run_exit_code(&result) : code;
    }
    bp_run_result_free(&result);
    bp_err_clear(&err);
    if (ended_by) {
        fflush(NULL);
        bp_end_by_signal(ended_by);
    }
    return code;
}
