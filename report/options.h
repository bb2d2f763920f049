/* The command line: what was asked for. */
#ifndef BP_REPORT_OPTIONS_H
#define BP_REPORT_OPTIONS_H

#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"
#include "checks/severity.h"

enum bp_command {
    BP_COMMAND_REPORT,
    BP_COMMAND_CHECK,
    BP_COMMAND_RUN,
    BP_COMMAND_TRIAGE,
    BP_COMMAND_COMPARE,
    BP_COMMAND_PATTERNS,
    BP_COMMAND_SCHEMA,
    BP_COMMAND_COMPLETION,
    BP_COMMAND_HELP
};
#define BP_COMMAND_COUNT (BP_COMMAND_HELP + 1)

enum bp_format {
    BP_FORMAT_TEXT,
    BP_FORMAT_JSON,
    BP_FORMAT_MARKDOWN,
    BP_FORMAT_URL,
    BP_FORMAT_HTML,
    BP_FORMAT_GITHUB,
    BP_FORMAT_JUNIT,
    BP_FORMAT_SARIF,
    BP_FORMAT_TAP,
    BP_FORMAT_MAN
};
#define BP_FORMAT_COUNT (BP_FORMAT_MAN + 1)

enum bp_color { BP_COLOR_AUTO, BP_COLOR_ALWAYS, BP_COLOR_NEVER };

struct bp_option; /* report/option_table.h */

struct bp_options {
    enum bp_command command;
    bool named;               /* the command was written out */
    struct bp_strs arguments; /* what stands after the command */
    bool help;                /* --help */
    bool version;             /* --version */

    enum bp_format format;
    enum bp_color color;
    char *output; /* NULL or "-": standard output */
    char *log;    /* NULL: none; "-": standard input */
    char *from;   /* NULL: probe this machine; "-": standard input */
    char *root;   /* NULL: the running system */
    struct bp_strs pythons;
    struct bp_strs patterns; /* folders with more patterns */
    struct bp_strs assumed;  /* KEY=VALUE, understood (checks/assume.h) */
    struct bp_strs required; /* understood (checks/gate.h) */
    enum bp_severity fail_on;
    char *summary; /* NULL, or the file to which the gate's Markdown is appended */
    double timeout_ms;
    bool with_ghosts;
    bool no_redact;
    bool show_withheld;
    bool verbose;
    bool timing;
    bool quiet;
    bool open; /* give the address or the page to the browser */
    bool lint;
    char *why;     /* NULL, or the pattern whose conditions are shown */
    char *why_not; /* the same; the pattern was not found */
};

/*
 * Reads the command line into *options, which starts from {0} and is freed with
 * bp_options_free, also after an error. -1 on a wrong one; the message is one line that
 * says what is wrong with it and, where there is one, the nearest thing that exists.
 */
int bp_options_parse(struct bp_options *options, int count, char *const arguments[],
                     struct bp_err *err);

void bp_options_free(struct bp_options *options);

/* Appends the line of one option for the help of a command that takes it. */
void bp_option_describe(const struct bp_option *option, enum bp_command command,
                        struct bp_str *text);

/* Appends one line for each option that `command` takes, aligned, for its help. */
void bp_options_describe(enum bp_command command, struct bp_str *text);

#endif
