/* What bnb-probe is asked to do. Each command returns the exit code. */
#ifndef BP_REPORT_COMMAND_H
#define BP_REPORT_COMMAND_H

#include <stddef.h>

#include "checks/catalogue.h"
#include "report/identity.h"
#include "report/inquiry.h"
#include "report/options.h"
#include "report/render.h"

enum bp_exit {
    BP_EXIT_DONE = 0,
    BP_EXIT_FOUND = 1, /* a gate found something */
    BP_EXIT_USAGE = 2, /* the command line is wrong */
    BP_EXIT_FAILED = 3 /* what was asked could not be done */
};

/* Ends the process itself, with the code that it would return. */
int bp_command_report(const struct bp_options *options, const struct bp_identity *identity);
int bp_command_check(const struct bp_options *options, const struct bp_identity *identity);
int bp_command_run_and_report(const struct bp_options *options, const struct bp_identity *identity);
int bp_command_triage(const struct bp_options *options, const struct bp_identity *identity);
int bp_command_compare(const struct bp_options *options, const struct bp_identity *identity);
int bp_command_patterns(const struct bp_options *options);
int bp_command_schema(const struct bp_options *options);
int bp_command_completion(const struct bp_options *options);
int bp_command_help(const struct bp_options *options);

/*
 * Holds the options against what is known, gathers and judges; --log is the log. What cannot be
 * done is said. Returns the exit code: BP_EXIT_DONE where inquiry->document is there.
 */
int bp_command_inquire(struct bp_inquiry *inquiry);

/* Appends the report in the format that is asked for. */
void bp_command_render(const struct bp_inquiry *inquiry, const struct bp_text_style *style,
                       struct bp_str *out);

/* Reads the command line and does what it says: the whole program. */
int bp_program(int count, char *const arguments[], const struct bp_identity *identity);

/* One line "bnb-probe: ..." on standard error. Returns `code`. */
int bp_complain(int code, const char *message);

/* Says that there is no such pattern, and which it may have been. Returns the exit code. */
int bp_complain_pattern(const struct bp_catalogue *catalogue, const char *id);

/* Writes a result where --output says; an exit code. */
int bp_command_deliver(const struct bp_options *options, const char *data, size_t length);

#endif
