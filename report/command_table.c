#include "report/command_table.h"

#include <stdint.h>

#include "base/memory.h"

static const struct bp_command_row commands[BP_COMMAND_COUNT] = {
    [BP_COMMAND_REPORT] = {"report", "[report] [OPTIONS]",
                           "look at this machine and say what is wrong (the default)", 0,
                           BP_WRITES(BP_FORMAT_TEXT) | BP_WRITES(BP_FORMAT_JSON) |
                               BP_WRITES(BP_FORMAT_MARKDOWN) | BP_WRITES(BP_FORMAT_URL) |
                               BP_WRITES(BP_FORMAT_HTML)},
    [BP_COMMAND_CHECK] = {"check", "check [OPTIONS]",
                          "a gate for CI: an exit code, and what its CI shows", 0,
                          BP_WRITES(BP_FORMAT_TEXT) | BP_WRITES(BP_FORMAT_JSON) |
                              BP_WRITES(BP_FORMAT_MARKDOWN) | BP_WRITES(BP_FORMAT_GITHUB) |
                              BP_WRITES(BP_FORMAT_JUNIT) | BP_WRITES(BP_FORMAT_SARIF) |
                              BP_WRITES(BP_FORMAT_TAP)},
    [BP_COMMAND_RUN] = {"run", "run [OPTIONS] [--] COMMAND [ARGUMENTS]",
                        "run a command, and say why it failed", SIZE_MAX,
                        BP_WRITES(BP_FORMAT_TEXT) | BP_WRITES(BP_FORMAT_JSON) |
                            BP_WRITES(BP_FORMAT_MARKDOWN) | BP_WRITES(BP_FORMAT_URL) |
                            BP_WRITES(BP_FORMAT_HTML)},
    [BP_COMMAND_TRIAGE] = {"triage", "triage [OPTIONS] [FILE...]",
                           "name the known pattern of issues, logs and reports", SIZE_MAX,
                           BP_WRITES(BP_FORMAT_TEXT) | BP_WRITES(BP_FORMAT_JSON) |
                               BP_WRITES(BP_FORMAT_MARKDOWN)},
    [BP_COMMAND_COMPARE] = {"compare", "compare [OPTIONS] FILE|FOLDER|-...",
                            "say in what machines differ that should be alike", SIZE_MAX,
                            BP_WRITES(BP_FORMAT_TEXT) | BP_WRITES(BP_FORMAT_JSON) |
                                BP_WRITES(BP_FORMAT_MARKDOWN)},
    [BP_COMMAND_PATTERNS] = {"patterns",
                             "patterns [ID] [OPTIONS]\n       bnb-probe patterns --lint [DIR...]",
                             "list the known patterns, show one, or check them", 1, 0},
    [BP_COMMAND_SCHEMA] = {"schema", "schema [OPTIONS]", "print the JSON Schema of the report", 0,
                           BP_WRITES(BP_FORMAT_JSON) | BP_WRITES(BP_FORMAT_MARKDOWN)},
    [BP_COMMAND_COMPLETION] = {"completion", "completion bash|zsh|fish [OPTIONS]",
                               "print what completes bnb-probe's words in a shell", 1, 0},
    [BP_COMMAND_HELP] = {"help", "help [COMMAND | assume] [OPTIONS]",
                         "say how a command is used, or what can be assumed", 1,
                         BP_WRITES(BP_FORMAT_TEXT) | BP_WRITES(BP_FORMAT_MAN)},
};

static const char *const formats[BP_FORMAT_COUNT] = {
    [BP_FORMAT_TEXT] = "text",   [BP_FORMAT_JSON] = "json",   [BP_FORMAT_MARKDOWN] = "markdown",
    [BP_FORMAT_URL] = "url",     [BP_FORMAT_HTML] = "html",   [BP_FORMAT_GITHUB] = "github",
    [BP_FORMAT_JUNIT] = "junit", [BP_FORMAT_SARIF] = "sarif", [BP_FORMAT_TAP] = "tap",
    [BP_FORMAT_MAN] = "man",
};

const struct bp_command_row *bp_command_row(enum bp_command command) {
    return &commands[command];
}

int bp_command_find(const char *name, enum bp_command *command) {
    for (int i = 0; i < BP_COMMAND_COUNT; i++) {
        if (bp_equal(name, commands[i].name)) {
            *command = (enum bp_command)i;
            return 0;
        }
    }
    return -1;
}

const char *bp_format_name(enum bp_format format) {
    return formats[format];
}

int bp_format_find(const char *name, enum bp_format *format) {
    for (int i = 0; i < BP_FORMAT_COUNT; i++) {
        if (bp_equal(name, formats[i])) {
            *format = (enum bp_format)i;
            return 0;
        }
    }
    return -1;
}

void bp_formats_describe(unsigned set, struct bp_str *text) {
    const char *before = "";
    for (int i = 0; i < BP_FORMAT_COUNT; i++) {
        if (!(set & BP_WRITES(i))) {
            continue;
        }
        bool last = set >> i == 1;
        bp_str_addf(text, "%s%s", last && *before ? " or " : before, formats[i]);
        before = ", ";
    }
}
