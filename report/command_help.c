#include "base/str.h"
#include "checks/assume.h"
#include "checks/gate.h"
#include "report/command.h"
#include "report/command_table.h"
#include "report/option_table.h"

static void describe_assumptions(struct bp_str *text) {
    bp_str_add(text, "\nWhat --assume KEY=VALUE takes (it may be given more than once):\n");
    bp_assume_keys(text, 2);
}

static void describe_gate(struct bp_str *text) {
    bp_str_add(text,
               "\nWhat --require takes: a name and what it should be, such as bitsandbytes>=0.45, "
               "cuda==12.*,\nbackend=cuda or gpu>=8.0; a package's name alone wants any version of "
               "it. The names:\n");
    bp_gate_names(text, 2);
}

/* What the exit codes of a command mean. */
static const char *exit_codes(enum bp_command command) {
    return command == BP_COMMAND_CHECK
               ? "\nExit code: 0 all passed, 1 something failed, 2 wrong command line, 3 it could "
                 "not be told\nor not be done.\n"
               : "\nExit code: 0 done, 2 wrong command line, 3 could not be done.\n";
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
    if (command == BP_COMMAND_CHECK) {
        describe_gate(text);
    }
    if (command == BP_COMMAND_REPORT || command == BP_COMMAND_CHECK) {
        describe_assumptions(text);
    }
    bp_str_add(text, exit_codes(command));
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
