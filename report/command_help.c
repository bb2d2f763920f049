#include "base/nearest.h"
#include "base/str.h"
#include "checks/assume.h"
#include "checks/gate.h"
#include "report/command.h"
#include "report/command_table.h"
#include "report/option_table.h"
#include "report/papers.h"

/* What --help shows of the options, so that it fits a screen. */
static const char *const common_options[] = {"log", "format", "output", "verbose", "assume"};

static void describe_assumptions(struct bp_str *text) {
    bp_str_add(text, "What --assume KEY=VALUE takes (it may be given more than once):\n");
    bp_assume_keys(text, 2);
}

static void describe_gate(struct bp_str *text) {
    bp_str_add(text,
               "\nWhat --require takes: a name and what it should be, such as bitsandbytes>=0.45,\n"
               "cuda==12.*, backend=cuda or gpu>=8.0; a package's name alone wants any version\n"
               "of it. The names:\n");
    bp_gate_names(text, 2);
}

/* What the exit codes of a command mean. */
static const char *exit_codes(enum bp_command command) {
    return command == BP_COMMAND_CHECK
               ? "\nExit code: 0 all passed, 1 something failed, 2 wrong command line, 3 it could\n"
                 "not be told or not be done.\n"
               : "\nExit code: 0 done, 2 wrong command line, 3 could not be done.\n";
}

static void describe_program(struct bp_str *text) {
    bp_str_add(text, "bnb-probe says why bitsandbytes does not work here, and what mends it.\n"
                     "Usage: bnb-probe [COMMAND] [OPTIONS]\n\nCommands:\n");
    for (int i = 0; i < BP_COMMAND_COUNT; i++) {
        const struct bp_command_row *row = bp_command_row((enum bp_command)i);
        bp_str_addf(text, "  %-12s %s\n", row->name, row->summary);
    }
    bp_str_add(text, "\nOptions of most use:\n");
    for (size_t i = 0; i < sizeof common_options / sizeof *common_options; i++) {
        bp_option_describe(bp_option_find(common_options[i]), BP_COMMAND_REPORT, text);
    }
    bp_str_add(text,
               "\nAll of them: bnb-probe help report (or another command); help assume.\n"
               "Exit code: 0 done, 1 a check failed, 2 wrong command line, 3 not possible.\n");
}

static void describe_run(struct bp_str *text) {
    bp_str_add(text,
               "\nThe command runs as if typed, without a shell, and its output passes through.\n"
               "Where it fails, the report follows on standard error, or goes to --output.\n"
               "--timeout is for the looking that comes after: the command is never ended.\n"
               "\nExit code: the command's. A signal that ended it ends bnb-probe, too: 128 and\n"
               "its number in a shell. 126 it cannot be executed, 127 there is no such program,\n"
               "2 wrong command line, 3 it succeeded and its report could not be made.\n");
}

static void describe_command(enum bp_command command, struct bp_str *text) {
    const struct bp_command_row *row = bp_command_row(command);
    bp_str_addf(text, "bnb-probe %s: %s\n\nUsage: bnb-probe %s\n\nOptions:\n", row->name,
                row->summary, row->usage);
    bp_options_describe(command, text);
    if (command == BP_COMMAND_CHECK) {
        describe_gate(text);
    }
    if (command == BP_COMMAND_RUN) {
        describe_run(text);
        return;
    }
    bp_str_add(text, exit_codes(command));
}

static int complain_unknown(const char *word) {
    const char *names[BP_COMMAND_COUNT + 2] = {NULL};
    for (int i = 0; i < BP_COMMAND_COUNT; i++) {
        names[i] = bp_command_row((enum bp_command)i)->name;
    }
    names[BP_COMMAND_COUNT] = "assume";
    const char *nearest = bp_nearest(word, names);
    struct bp_str text = BP_STR_EMPTY;
    bp_str_addf(&text, "there is no help on '%s'; ", word);
    bp_str_addf(&text, nearest ? "did you mean %s?" : "%s lists the commands",
                nearest ? nearest : "bnb-probe --help");
    int code = bp_complain(BP_EXIT_USAGE, text.data);
    bp_str_free(&text);
    return code;
}

/* Appends what is asked for; -1 where there is no such thing. */
static int describe(const struct bp_options *options, struct bp_str *text) {
    const char *subject = options->arguments.count ? options->arguments.items[0] : NULL;
    enum bp_command command = options->command;
    if (command == BP_COMMAND_HELP && options->format == BP_FORMAT_MAN) {
        bp_man_page(text);
    } else if (command == BP_COMMAND_HELP && bp_equal(subject, "assume")) {
        describe_assumptions(text);
    } else if (command == BP_COMMAND_HELP && subject) {
        if (bp_command_find(subject, &command) != 0) {
            return -1;
        }
        describe_command(command, text);
    } else if (command == BP_COMMAND_HELP || !options->named) {
        describe_program(text);
    } else {
        describe_command(command, text);
    }
    return 0;
}

int bp_command_help(const struct bp_options *options) {
    struct bp_str text = BP_STR_EMPTY;
    int code;
    if (options->version) {
        bp_str_add(&text, "bnb-probe " BP_VERSION "\n");
        code = bp_command_deliver(options, text.data, text.length);
    } else if (describe(options, &text) != 0) {
        code = complain_unknown(options->arguments.items[0]);
    } else {
        code = bp_command_deliver(options, text.data, text.length);
    }
    bp_str_free(&text);
    return code;
}
