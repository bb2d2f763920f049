/* The manual page in the man macros: https://mandoc.bsd.lv/man/man.7.html */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "checks/assume.h"
#include "checks/gate.h"
#include "report/command_table.h"
#include "report/option_table.h"
#include "report/papers.h"

/* A line of the source is ended after so many bytes; roff fills its own lines. */
enum { SOURCE_WIDTH = 64 };

static void add_character(struct bp_str *out, char character) {
    if (character == '\\') {
        bp_str_add(out, "\\e");
    } else if (character == '-') {
        bp_str_add(out, "\\-"); /* a dash that can be copied */
    } else {
        bp_str_add_char(out, character);
    }
}

/* Text as roff takes it, on one line. */
static void add_line(struct bp_str *out, const char *text) {
    if (*text == '.' || *text == '\'') {
        bp_str_add(out, "\\&"); /* it would be a request */
    }
    for (const char *at = text; *at; at++) {
        add_character(out, *at);
    }
}

/* The same over several lines. */
static void add_text(struct bp_str *out, const char *text) {
    size_t column = 0;
    for (const char *at = text; *at; at++, column++) {
        if (column == 0 && (*at == '.' || *at == '\'')) {
            bp_str_add(out, "\\&");
        }
        if (*at == ' ' && column >= SOURCE_WIDTH) {
            bp_str_add_char(out, '\n');
            column = (size_t)-1;
        } else {
            add_character(out, *at);
        }
    }
}

static void add_paragraph(struct bp_str *out, const char *text) {
    bp_str_add(out, ".PP\n");
    add_text(out, text);
    bp_str_add_char(out, '\n');
}

/* A tagged paragraph. */
static void add_entry(struct bp_str *out, const char *tag, const char *text) {
    bp_str_add(out, ".TP\n.B ");
    add_line(out, tag);
    bp_str_add_char(out, '\n');
    add_text(out, text);
    bp_str_add_char(out, '\n');
}

/* A command to type, set off. */
static void add_example(struct bp_str *out, const char *says, const char *command) {
    bp_str_add(out, ".TP\n");
    add_text(out, says);
    bp_str_add(out, "\n.nf\n");
    add_line(out, command);
    bp_str_add(out, "\n.fi\n");
}

static void add_commands(struct bp_str *out) {
    bp_str_add(out, ".SH COMMANDS\n");
    for (int i = 0; i < BP_COMMAND_COUNT; i++) {
        const struct bp_command_row *row = bp_command_row((enum bp_command)i);
        struct bp_strs usages = {0};
        bp_strs_split(&usages, row->usage, '\n', false);
        for (size_t j = 0; j < usages.count; j++) {
            const char *usage = usages.items[j] + strspn(usages.items[j], " ");
            bool whole = bp_starts_with(usage, "bnb-probe ");
            bp_str_add(out, j == 0 ? ".TP\n.B " : ".TQ\n.B ");
            add_line(out, whole ? usage + strlen("bnb-probe ") : usage);
            bp_str_add_char(out, '\n');
        }
        add_text(out, row->summary);
        if (row->formats) {
            struct bp_str formats = BP_STR_EMPTY;
            bp_formats_describe(row->formats, &formats);
            bp_str_add(out, ".\nFormats: ");
            add_text(out, formats.data);
            bp_str_free(&formats);
        }
        bp_str_add(out, ".\n");
        bp_strs_free(&usages);
    }
}

/* The commands that take it, unless all do. */
static void add_owners(struct bp_str *out, const struct bp_option *option) {
    const char *before = "(";
    if ((option->commands & (BP_FOR(BP_COMMAND_COUNT) - 1)) == BP_FOR(BP_COMMAND_COUNT) - 1) {
        return;
    }
    for (int i = 0; i < BP_COMMAND_COUNT; i++) {
        if (option->commands & BP_FOR(i)) {
            bp_str_addf(out, "%s%s", before, bp_command_row((enum bp_command)i)->name);
            before = ", ";
        }
    }
    bp_str_add(out, ")\n");
}

static void add_options(struct bp_str *out) {
    bp_str_add(out, ".SH OPTIONS\n");
    for (const struct bp_option *option = bp_option_table; option->name; option++) {
        bp_str_add(out, ".TP\n");
        if (option->letter) {
            bp_str_addf(out, ".BR \\-%c \", \" ", option->letter);
        } else {
            bp_str_add(out, option->value ? ".BI " : ".B ");
        }
        bp_str_add(out, "\\-\\-");
        add_line(out, option->name);
        if (option->value) {
            bp_str_addf(out, option->letter ? " \" \\fI%s\\fP\"" : " \" %s\"", option->value);
        }
        bp_str_add_char(out, '\n');
        add_text(out, option->help ? option->help : "what is written; see the command");
        bp_str_add(out, "\n");
        add_owners(out, option);
    }
}

static void add_assumptions(struct bp_str *out) {
    const char *name;
    const char *says;
    bp_str_add(out, ".SH ASSUMPTIONS\n");
    add_text(out,
             "What KEY=VALUE of --assume may be. What is assumed changes what goes with it: a "
             "GPU brings a driver that has started, another PyTorch its own CUDA libraries.\n");
    for (size_t i = 0; (name = bp_assume_key(i, &says)) != NULL; i++) {
        add_entry(out, name, says);
    }
    bp_str_add(out, ".PP\nNAME is one of");
    for (const char *const *variable = bp_assume_variable_names(); *variable; variable++) {
        bp_str_addf(out, "%s\n", variable == bp_assume_variable_names() ? "" : ",");
        add_text(out, *variable);
    }
    bp_str_add(out, ".\n");
}

static void add_requirements(struct bp_str *out) {
    const char *name;
    const char *says;
    bp_str_add(out, ".SH REQUIREMENTS\n");
    add_text(out, "What check takes with --require is a name and what it should be: a version "
                  "specifier (bitsandbytes>=0.45), or one word of several (backend=cuda). A "
                  "package's name alone wants any version of it. The names:\n");
    for (size_t i = 0; (name = bp_gate_name(i, &says)) != NULL; i++) {
        add_entry(out, name, says);
    }
}

static void add_exit_status(struct bp_str *out) {
    bp_str_add(out, ".SH EXIT STATUS\n");
    add_entry(out, "0", "Done; of a gate: nothing was found.");
    add_entry(out, "1", "A gate found something.");
    add_entry(out, "2", "The command line is wrong.");
    add_entry(out, "3",
              "What was asked could not be done, such as a file that cannot be read; of "
              "a gate: nothing failed, and something could not be told.");
    add_paragraph(out, "run passes on the exit status of the command, and is ended by the signal "
                       "that ended it; 126 and 127 are as in a shell.");
}

static void add_environment(struct bp_str *out) {
    bp_str_add(out, ".SH ENVIRONMENT\n");
    add_entry(out, "NO_COLOR", "No colours, unless --color asks for them.");
    add_entry(out, "CLICOLOR_FORCE", "Other than 0: colours although the output is no terminal.");
    add_entry(out, "TERM", "\"dumb\": no colours.");
    add_entry(out, "COLUMNS", "The width of the text, in place of the terminal's; from 40 to 100.");
    add_entry(out, "LC_ALL, LC_CTYPE, LANG",
              "The text is plain ASCII unless the character set is UTF-8.");
    add_entry(out, "PATH, VIRTUAL_ENV, CONDA_PREFIX",
              "Which Python interpreter is looked at, unless --python names one.");
}

static void add_examples(struct bp_str *out) {
    bp_str_add(out, ".SH EXAMPLES\n");
    add_example(out, "What is wrong here, and what to do:", "bnb-probe");
    add_example(out, "With the traceback that a program left:", "bnb-probe --log error.txt");
    add_example(out, "The address of a report that is filled in:", "bnb-probe --format url");
    add_example(out, "What would be on a machine that is not there:",
                "bnb-probe --assume gpu=12.0 --assume driver=570.86");
    add_example(out, "Why a program fails:", "bnb-probe run -- python train.py");
    add_example(out, "A gate for CI:", "bnb-probe check --require 'bitsandbytes>=0.45'");
    add_example(out, "Which known problem an issue is:", "bnb-probe triage issue.md");
    add_example(out, "In what the nodes of a job differ:",
                "srun -l bnb-probe --format json | bnb-probe compare -");
}

void bp_man_page(struct bp_str *out) {
    bp_str_addf(out,
                ".\\\" Made by: bnb-probe help --format man\n"
                ".TH BNB\\-PROBE 1 %s \"bnb\\-probe %s\"\n",
                BP_RELEASE_DATE, BP_VERSION);
    bp_str_add(out, ".SH NAME\nbnb\\-probe \\- say why bitsandbytes does not work, and what mends "
                    "it\n.SH SYNOPSIS\n.B bnb\\-probe\n[\\fICOMMAND\\fP] [\\fIOPTIONS\\fP]\n"
                    ".SH DESCRIPTION\n");
    add_text(out, "bnb-probe looks at the system, the GPU driver, the Python environment and the "
                  "native libraries, says what is wrong and which command mends it, and writes the "
                  "bug report that a maintainer would have asked for. Without a command it does "
                  "what report does.\n");
    add_paragraph(
        out, "It opens no network connection, imports no Python package, and writes "
             "nothing but the files that --output and --summary name. Home folders, user and host "
             "names, addresses and tokens are taken out of what it prints.");
    add_commands(out);
    add_options(out);
    add_assumptions(out);
    add_requirements(out);
    add_exit_status(out);
    add_environment(out);
    add_examples(out);
}
