#include "report/options.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "checks/assume.h"
#include "checks/gate.h"
#include "report/command_table.h"
#include "report/layout.h"
#include "report/option_table.h"

enum { OPTION_LIMIT = 64, DEFAULT_TIMEOUT_MS = 10000 };

static const struct bp_option *find_by_name(const char *name, size_t length) {
    for (const struct bp_option *option = bp_option_table; option->name; option++) {
        if (strlen(option->name) == length && strncmp(option->name, name, length) == 0) {
            return option;
        }
    }
    return NULL;
}

static const struct bp_option *find_by_letter(char letter) {
    for (const struct bp_option *option = bp_option_table; option->name; option++) {
        if (option->letter && option->letter == letter) {
            return option;
        }
    }
    return NULL;
}

static int fail_unknown_option(const char *argument, size_t length, struct bp_err *err) {
    const char *names[OPTION_LIMIT];
    size_t count = 0;
    for (const struct bp_option *option = bp_option_table; option->name; option++) {
        names[count++] = option->name;
    }
    names[count] = NULL;
    char *word = bp_strndup(argument, length);
    const char *nearest = bp_starts_with(word, "--") ? bp_nearest(word + 2, names) : NULL;
    if (nearest) {
        bp_fail(err, BP_E_FORMAT, "unknown option '%s'; did you mean --%s?", word, nearest);
    } else {
        bp_fail(err, BP_E_FORMAT, "unknown option '%s'; bnb-probe --help lists the options", word);
    }
    free(word);
    return -1;
}

/* What has been read of the command line so far. */
struct reading {
    struct bp_options *options;
    int count;
    char *const *arguments;
    int at;
    uint64_t seen; /* bit i: option i of the table was given */
};

/* The option's value: after "=", the rest of the argument, or the next argument. */
static int take_value(struct reading *reading, const struct bp_option *option, const char *attached,
                      struct bp_err *err) {
    const char *value = attached;
    if (!option->value && attached) {
        return bp_fail(err, BP_E_FORMAT, "--%s takes no value", option->name);
    }
    if (option->value && !attached) {
        if (reading->at + 1 >= reading->count) {
            return bp_fail(err, BP_E_FORMAT, "--%s needs its %s", option->name, option->value);
        }
        value = reading->arguments[++reading->at];
    }
    if (option->value && !*value) {
        return bp_fail(err, BP_E_FORMAT, "--%s needs its %s, which is empty", option->name,
                       option->value);
    }
    reading->seen |= UINT64_C(1) << (option - bp_option_table);
    return bp_option_take(option, reading->options, value, err);
}

static int read_long(struct reading *reading, const char *argument, struct bp_err *err) {
    const char *equals = strchr(argument, '=');
    size_t length = equals ? (size_t)(equals - argument) : strlen(argument);
    const struct bp_option *option = find_by_name(argument + 2, length - 2);
    if (!option) {
        return fail_unknown_option(argument, length, err);
    }
    return take_value(reading, option, equals ? equals + 1 : NULL, err);
}

static int read_short(struct reading *reading, const char *argument, struct bp_err *err) {
    const struct bp_option *option = find_by_letter(argument[1]);
    if (!option || (!option->value && argument[2])) {
        return fail_unknown_option(argument, strlen(argument), err);
    }
    return take_value(reading, option, argument[2] ? argument + 2 : NULL, err);
}

static int read_command(struct bp_options *options, const char *word, struct bp_err *err) {
    const char *names[BP_COMMAND_COUNT + 1] = {NULL};
    if (bp_command_find(word, &options->command) == 0) {
        options->named = true;
        return 0;
    }
    for (int i = 0; i < BP_COMMAND_COUNT; i++) {
        names[i] = bp_command_row((enum bp_command)i)->name;
    }
    const char *nearest = bp_nearest(word, names);
    if (nearest) {
        return bp_fail(err, BP_E_FORMAT, "unknown command '%s'; did you mean %s?", word, nearest);
    }
    return bp_fail(err, BP_E_FORMAT, "unknown command '%s'; bnb-probe --help lists the commands",
                   word);
}

static int read_arguments(struct reading *reading, struct bp_err *err) {
    bool only_arguments = false;
    for (; reading->at < reading->count; reading->at++) {
        const char *argument = reading->arguments[reading->at];
        int result = 0;
        if (!only_arguments && bp_equal(argument, "--")) {
            only_arguments = true;
        } else if (!only_arguments && bp_starts_with(argument, "--")) {
            result = read_long(reading, argument, err);
        } else if (!only_arguments && argument[0] == '-' && argument[1]) {
            result = read_short(reading, argument, err);
        } else if (!reading->options->named) {
            result = read_command(reading->options, argument, err);
        } else {
            bp_strs_add(&reading->options->arguments, argument);
            /* What follows the name of a command that is to be run belongs to that command. */
            only_arguments |= reading->options->command == BP_COMMAND_RUN;
        }
        if (result != 0) {
            return result;
        }
    }
    return 0;
}

const struct bp_option *bp_option_find(const char *name) {
    return find_by_name(name, strlen(name));
}

static bool was_given(const struct reading *reading, const char *name) {
    const struct bp_option *option = bp_option_find(name);
    return option && (reading->seen & (UINT64_C(1) << (option - bp_option_table)));
}

/* An option that another command takes. */
static int check_options_fit(const struct reading *reading, struct bp_err *err) {
    enum bp_command command = reading->options->command;
    for (size_t i = 0; bp_option_table[i].name; i++) {
        if (!(reading->seen & (UINT64_C(1) << i)) ||
            (bp_option_table[i].commands & BP_FOR(command))) {
            continue;
        }
        int owner = 0;
        while (!(bp_option_table[i].commands & BP_FOR(owner))) {
            owner++;
        }
        return bp_fail(err, BP_E_FORMAT, "--%s belongs to 'bnb-probe %s', not to '%s'",
                       bp_option_table[i].name, bp_command_row((enum bp_command)owner)->name,
                       bp_command_row(command)->name);
    }
    return 0;
}

static int check_arguments_fit(const struct bp_options *options, struct bp_err *err) {
    const struct bp_command_row *row = bp_command_row(options->command);
    size_t allowed = options->lint ? SIZE_MAX : row->arguments;
    if (options->arguments.count > allowed) {
        return bp_fail(err, BP_E_FORMAT, "'%s' is one argument too many for 'bnb-probe %s'",
                       options->arguments.items[allowed], row->name);
    }
    return 0;
}

/* The first of those that the command writes. */
static enum bp_format usual_format(enum bp_command command) {
    unsigned formats = bp_command_row(command)->formats;
    int format = 0;
    while (format < BP_FORMAT_COUNT - 1 && !(formats & BP_WRITES(format))) {
        format++;
    }
    return (enum bp_format)format;
}

static int check_format_fits(const struct bp_options *options, struct bp_err *err) {
    const struct bp_command_row *row = bp_command_row(options->command);
    if (!row->formats || (row->formats & BP_WRITES(options->format))) {
        return 0;
    }
    struct bp_str all = BP_STR_EMPTY;
    bp_formats_describe(row->formats, &all);
    bp_fail(err, BP_E_FORMAT, "%s writes %s, not %s", row->name, all.data,
            bp_format_name(options->format));
    bp_str_free(&all);
    return -1;
}

/* A browser is given an address, or a file that is there. */
static int check_open(const struct bp_options *options, struct bp_err *err) {
    bool to_file = options->output && !bp_equal(options->output, "-");
    if (options->format == BP_FORMAT_URL && !options->output) {
        return 0;
    }
    if (options->format == BP_FORMAT_HTML && to_file) {
        return 0;
    }
    if (options->format == BP_FORMAT_URL) {
        return bp_fail(err, BP_E_FORMAT,
                       "--open hands the address to the browser, so -o cannot go with it");
    }
    if (options->format == BP_FORMAT_HTML) {
        return bp_fail(err, BP_E_FORMAT, "--open of a page needs its file: -o FILE");
    }
    return bp_fail(err, BP_E_FORMAT,
                   "--open goes with --format url, or with --format html -o FILE");
}

static int check_report(const struct bp_options *options, struct bp_err *err) {
    if (options->from && (options->root || options->pythons.count)) {
        return bp_fail(err, BP_E_FORMAT, "--from probes nothing, so %s cannot go with it",
                       options->root ? "--root" : "--python");
    }
    if (options->from && options->with_ghosts) {
        return bp_fail(err, BP_E_FORMAT,
                       "--from probes nothing, so --with-ghosts cannot go with it; ghosts that "
                       "are in the report stay in it");
    }
    if (options->with_ghosts && options->format != BP_FORMAT_JSON) {
        return bp_fail(err, BP_E_FORMAT, "--with-ghosts goes with --format json only");
    }
    if (bp_equal(options->from, "-") && bp_equal(options->log, "-")) {
        return bp_fail(err, BP_E_FORMAT, "--from and --log cannot both be standard input");
    }
    if (bp_assume_check(&options->assumed, NULL, err) != 0) {
        return bp_fail_in(err, "--assume");
    }
    if (bp_gate_understands(&options->required, err) != 0) {
        return bp_fail_in(err, "--require");
    }
    if (options->quiet && options->format != BP_FORMAT_TEXT) {
        return bp_fail(err, BP_E_FORMAT, "--quiet goes with --format text only");
    }
    return options->open ? check_open(options, err) : 0;
}

static int check_run(const struct bp_options *options, struct bp_err *err) {
    if (options->arguments.count == 0 || !*options->arguments.items[0]) {
        return bp_fail(err, BP_E_FORMAT,
                       "run needs the command to run: bnb-probe run -- python train.py");
    }
    return options->open ? check_open(options, err) : 0;
}

static int check_triage(const struct bp_options *options, struct bp_err *err) {
    if (options->why && options->why_not) {
        return bp_fail(err, BP_E_FORMAT, "--why and --why-not cannot go together");
    }
    return 0;
}

static int check_compare(const struct bp_options *options, struct bp_err *err) {
    if (!options->arguments.count) {
        return bp_fail(err, BP_E_FORMAT,
                       "compare needs reports (--format json): files, folders or -");
    }
    return 0;
}

int bp_options_parse(struct bp_options *options, int count, char *const arguments[],
                     struct bp_err *err) {
    struct reading reading = {options, count, arguments, 1, 0};
    options->timeout_ms = DEFAULT_TIMEOUT_MS;
    options->fail_on = BP_ERROR;
    if (read_arguments(&reading, err) != 0) {
        return -1;
    }
    if (!was_given(&reading, "format") && bp_command_row(options->command)->formats) {
        options->format = usual_format(options->command);
    }
    if (options->help || options->version) {
        return 0;
    }
    if (check_options_fit(&reading, err) != 0 || check_arguments_fit(options, err) != 0 ||
        check_format_fits(options, err) != 0) {
        return -1;
    }
    switch (options->command) {
    case BP_COMMAND_RUN:
        return check_run(options, err) == 0 ? check_report(options, err) : -1;
    case BP_COMMAND_TRIAGE:
        return check_triage(options, err);
    case BP_COMMAND_COMPARE:
        return check_compare(options, err);
    default:
        return check_report(options, err);
    }
}

void bp_options_free(struct bp_options *options) {
    bp_strs_free(&options->arguments);
    bp_strs_free(&options->pythons);
    bp_strs_free(&options->patterns);
    bp_strs_free(&options->assumed);
    bp_strs_free(&options->required);
    free(options->summary);
    free(options->output);
    free(options->log);
    free(options->from);
    free(options->root);
    free(options->why);
    free(options->why_not);
    *options = (struct bp_options){0};
}

void bp_option_describe(const struct bp_option *option, enum bp_command command,
                        struct bp_str *text) {
    static const struct bp_text_style style = {.width = 80};
    struct bp_layout layout = {&style, text};
    struct bp_str says = BP_STR_EMPTY;
    char *form = option->letter ? bp_format("-%c, --%s", option->letter, option->name)
                                : bp_format("    --%s", option->name);
    char *whole = option->value ? bp_format("%s %s", form, option->value) : bp_strdup(form);
    char *start = bp_format("  %-24s ", whole);
    if (option->help) {
        bp_str_add(&says, option->help);
    } else {
        bp_formats_describe(bp_command_row(command)->formats, &says);
    }
    bp_layout_paragraph(&layout, start, 27, says.data, BP_PLAIN);
    bp_str_free(&says);
    free(start);
    free(whole);
    free(form);
}

void bp_options_describe(enum bp_command command, struct bp_str *text) {
    for (const struct bp_option *option = bp_option_table; option->name; option++) {
        if (option->commands & BP_FOR(command)) {
            bp_option_describe(option, command, text);
        }
    }
}
