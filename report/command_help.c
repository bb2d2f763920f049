#include "base/str.h"
#include "checks/assume.h"
#include "report/command.h"
#include "report/command_table.h"
#include "report/option_table.h"

static void describe_assumptions(struct bp_str *text) {
    bp_str_add(text, "\nWhat --assume KEY=VALUE takes (it may be given more than once):\n");
    bp_assume_keys(text, 2);
}

static void describe_program(struct bp_str *text) {
    bp_str_add(text,
               "bnb-probe looks at this machine and says why bitsandbytes does not work on it.\n\n"
               "Usage: bnb-probe [COMMAND] [OPTIONS]\n\nCommands:\n");
    for (int i = 0; i < BP_COMMAND_COUNT; i++) {
        const struct bp_command_row *row = bp_command_row((enum bp_command)i);
        bp_str_addf(text, "  %-12s %s\n", row->name, row->summary);
    }
    bp_str_add(text, "\nOptions of report:\n");
    bp_options_describe(BP_COMMAND_REPORT, text);
    describe_assumptions(text);
    bp_str_add(text, "\nExit code: 0 done, 2 wrong command line, 3 could not be done.\n"
                     "'bnb-probe help COMMAND' says what the other commands take.\n");
}

static void describe_command(enum bp_command command, struct bp_str *text) {
    const struct bp_command_row *row = bp_command_row(command);
    bp_str_addf(text, "bnb-probe %s: %s\n\nUsage: bnb-probe %s\n\nOptions:\n", row->name,
                row->summary, row->usage);
    bp_options_describe(command, text);
    if (command == BP_COMMAND_REPORT) {
        describe_assumptions(text);
    }
    bp_str_add(text, "\nExit code: 0 done, 2 wrong command line, 3 could not be done.\n");
}

/* The command that help is wanted for; BP_COMMAND_HELP stands for the whole program. */
static int subject(const struct bp_options *options, bool *whole, enum bp_command *command) {
    *command = options->command;
    *whole = options->command == BP_COMMAND_HELP && options->arguments.count == 0;
    if (options->command == BP_COMMAND_REPORT && !options->named) {
        *whole = true;
    }
    if (options->command == BP_COMMAND_HELP && options->arguments.count > 0) {
        return bp_command_find(options->arguments.items[0], command);
    }
    return 0;
}

int bp_command_help(const struct bp_options *options) {
    struct bp_str text = BP_STR_EMPTY;
    bool whole;
    enum bp_command command;
    int code;
    if (options->version) {
        bp_str_add(&text, "bnb-probe " BP_VERSION "\n");
        code = bp_command_deliver(options, text.data, text.length);
    } else if (subject(options, &whole, &command) != 0) {
        bp_str_addf(&text, "unknown command '%s'; bnb-probe --help lists the commands",
                    options->arguments.items[0]);
        code = bp_complain(BP_EXIT_USAGE, text.data);
    } else {
        if (whole) {
            describe_program(&text);
        } else {
            describe_command(command, &text);
        }
        code = bp_command_deliver(options, text.data, text.length);
    }
    bp_str_free(&text);
    return code;
}
