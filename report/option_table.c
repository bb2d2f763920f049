#include "report/option_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "report/command_table.h"

/* Puts the index of `value` in `words` (NULL-ended) into *index. */
static int choose(const char *option, const char *value, const char *const words[], int *index,
                  struct bp_err *err) {
    struct bp_str all = BP_STR_EMPTY;
    for (int i = 0; words[i]; i++) {
        if (bp_equal(value, words[i])) {
            *index = i;
            bp_str_free(&all);
            return 0;
        }
        bp_str_addf(&all, "%s%s", i == 0 ? "" : ", ", words[i]);
    }
    const char *nearest = bp_nearest(value, words);
    bp_fail(err, BP_E_FORMAT, "--%s is one of %s, not '%s'%s%s%s", option, all.data, value,
            nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
    bp_str_free(&all);
    return -1;
}

/* Which of them the command writes is looked at when all of the line was read. */
static int read_format(struct bp_options *options, const char *value, struct bp_err *err) {
    if (bp_format_find(value, &options->format) == 0) {
        return 0;
    }
    struct bp_str all = BP_STR_EMPTY;
    const char *names[BP_FORMAT_COUNT + 1] = {NULL};
    for (int i = 0; i < BP_FORMAT_COUNT; i++) {
        names[i] = bp_format_name((enum bp_format)i);
    }
    const char *nearest = bp_nearest(value, names);
    bp_formats_describe(~0U >> (32 - BP_FORMAT_COUNT), &all);
    bp_fail(err, BP_E_FORMAT, "--format is %s, not '%s'%s%s%s", all.data, value,
            nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
    bp_str_free(&all);
    return -1;
}

static int read_color(struct bp_options *options, const char *value, struct bp_err *err) {
    static const char *const words[] = {"auto", "always", "never", NULL};
    int index = 0;
    int result = choose("color", value, words, &index, err);
    options->color = (enum bp_color)index;
    return result;
}

/* Digits with at most one point, whatever the locale says about numbers. */
static bool read_seconds(const char *value, double *seconds) {
    size_t whole = strspn(value, "0123456789");
    size_t point = value[whole] == '.';
    size_t fraction = strspn(value + whole + point, "0123456789");
    if (whole + fraction == 0 || whole > 9 || value[whole + point + fraction]) {
        return false;
    }
    *seconds = 0;
    for (size_t i = 0; i < whole; i++) {
        *seconds = *seconds * 10 + (value[i] - '0');
    }
    double scale = 0.1;
    for (size_t i = 0; i < fraction; i++) {
        *seconds += scale * (value[whole + point + i] - '0');
        scale /= 10;
    }
    return true;
}

static int read_timeout(struct bp_options *options, const char *value, struct bp_err *err) {
    double seconds;
    /* A hair below 0.1 is still what "0.1" means. */
    if (!read_seconds(value, &seconds) || seconds < 0.0999999 || seconds > 3600) {
        return bp_fail(err, BP_E_FORMAT,
                       "--timeout is a number of seconds from 0.1 to 3600, not '%s'", value);
    }
    options->timeout_ms = seconds * 1000;
    return 0;
}

static int read_fail_on(struct bp_options *options, const char *value, struct bp_err *err) {
    static const char *const words[] = {"error", "warning", NULL};
    int index = 0;
    int result = choose("fail-on", value, words, &index, err);
    options->fail_on = index == 0 ? BP_ERROR : BP_WARNING;
    return result;
}

#define REPORT BP_FOR(BP_COMMAND_REPORT)
#define CHECK BP_FOR(BP_COMMAND_CHECK)
#define RUN BP_FOR(BP_COMMAND_RUN)
#define TRIAGE BP_FOR(BP_COMMAND_TRIAGE)
#define COMPARE BP_FOR(BP_COMMAND_COMPARE)
#define PATTERNS BP_FOR(BP_COMMAND_PATTERNS)
#define SCHEMA BP_FOR(BP_COMMAND_SCHEMA)
#define COMPLETION BP_FOR(BP_COMMAND_COMPLETION)
#define HELP BP_FOR(BP_COMMAND_HELP)
#define ANY (REPORT | RUN | CHECK | TRIAGE | COMPARE | PATTERNS | SCHEMA | COMPLETION | HELP)

const struct bp_option bp_option_table[] = {
    {"format", 0, REPORT | RUN | CHECK | TRIAGE | COMPARE | SCHEMA | HELP, "FORMAT", NULL,
     BP_OPTION_READ, 0, read_format},
    {"output", 'o', REPORT | RUN | CHECK | TRIAGE | COMPARE | PATTERNS | SCHEMA | COMPLETION | HELP,
     "FILE", "write to FILE, replaced whole or not at all", BP_OPTION_TEXT,
     offsetof(struct bp_options, output), NULL},
    {"log", 0, REPORT | CHECK, "FILE", "judge this log or traceback as well; - is stdin",
     BP_OPTION_TEXT, offsetof(struct bp_options, log), NULL},
    {"from", 0, REPORT | CHECK, "SNAPSHOT", "judge a report made earlier (JSON) and probe nothing",
     BP_OPTION_TEXT, offsetof(struct bp_options, from), NULL},
    {"root", 0, REPORT | CHECK, "DIR", "look at another root file system, running nothing in it",
     BP_OPTION_TEXT, offsetof(struct bp_options, root), NULL},
    {"python", 0, REPORT | RUN | CHECK, "EXE", "ask this interpreter; may be given more than once",
     BP_OPTION_LIST, offsetof(struct bp_options, pythons), NULL},
    {"assume", 0, REPORT | CHECK, "KEY=VALUE",
     "put this in place of what is found; see 'help assume'", BP_OPTION_LIST,
     offsetof(struct bp_options, assumed), NULL},
    {"patterns", 0, REPORT | RUN | CHECK | TRIAGE | PATTERNS, "DIR",
     "read more known patterns from DIR/*.json", BP_OPTION_LIST,
     offsetof(struct bp_options, patterns), NULL},
    {"timeout", 0, REPORT | RUN | CHECK, "SECONDS",
     "end all probing within this time (10; 0.1 to 3600)", BP_OPTION_READ, 0, read_timeout},
    {"with-ghosts", 0, REPORT | RUN, NULL,
     "keep the libraries' headers in the JSON, to be read again with --from", BP_OPTION_FLAG,
     offsetof(struct bp_options, with_ghosts), NULL},
    {"no-redact", 0, REPORT | RUN | CHECK | TRIAGE | COMPARE, NULL,
     "leave names, addresses and secrets as they are", BP_OPTION_FLAG,
     offsetof(struct bp_options, no_redact), NULL},
    {"show-withheld", 0, REPORT | CHECK, NULL,
     "show on this terminal alone what the report leaves out", BP_OPTION_FLAG,
     offsetof(struct bp_options, show_withheld), NULL},
    {"color", 0, REPORT | RUN | CHECK | TRIAGE | COMPARE, "WHEN",
     "auto (the default), always or never", BP_OPTION_READ, 0, read_color},
    {"verbose", 0, REPORT | RUN | COMPARE, NULL, "show every condition, library, step and machine",
     BP_OPTION_FLAG, offsetof(struct bp_options, verbose), NULL},
    {"open", 0, REPORT | RUN, NULL, "show the url, or the html page of -o, in the browser",
     BP_OPTION_FLAG, offsetof(struct bp_options, open), NULL},
    {"quiet", 0, REPORT | RUN | CHECK, NULL, "print only the line with the verdict", BP_OPTION_FLAG,
     offsetof(struct bp_options, quiet), NULL},
    {"timing", 0, REPORT, NULL, "say on standard error what took how long", BP_OPTION_FLAG,
     offsetof(struct bp_options, timing), NULL},
    {"require", 0, CHECK, "WHAT",
     "require this as well; may be given more than once; see 'help check'", BP_OPTION_LIST,
     offsetof(struct bp_options, required), NULL},
    {"fail-on", 0, CHECK, "SEVERITY", "of known problems: error (the default) or warning",
     BP_OPTION_READ, 0, read_fail_on},
    {"summary", 0, CHECK, "FILE", "append the result to FILE as Markdown as well", BP_OPTION_TEXT,
     offsetof(struct bp_options, summary), NULL},
    {"lint", 0, PATTERNS, NULL,
     "check the built-in patterns, and those in DIR, and run their proof", BP_OPTION_FLAG,
     offsetof(struct bp_options, lint), NULL},
    {"why", 0, TRIAGE, "PATTERN", "show how each condition of a pattern came out", BP_OPTION_TEXT,
     offsetof(struct bp_options, why), NULL},
    {"why-not", 0, TRIAGE, "PATTERN", "the same, for one that was not found", BP_OPTION_TEXT,
     offsetof(struct bp_options, why_not), NULL},
    {"help", 'h', ANY, NULL, "say how it is used", BP_OPTION_FLAG,
     offsetof(struct bp_options, help), NULL},
    {"version", 0, ANY, NULL, "say which version this is", BP_OPTION_FLAG,
     offsetof(struct bp_options, version), NULL},
    {NULL, 0, 0, NULL, NULL, BP_OPTION_FLAG, 0, NULL},
};

int bp_option_take(const struct bp_option *option, struct bp_options *options, const char *value,
                   struct bp_err *err) {
    void *place = (char *)options + option->place;
    switch (option->kind) {
    case BP_OPTION_FLAG:
        *(bool *)place = true;
        return 0;
    case BP_OPTION_TEXT:
        free(*(char **)place);
        *(char **)place = bp_strdup(value);
        return 0;
    case BP_OPTION_LIST:
        bp_strs_add(place, value);
        return 0;
    case BP_OPTION_READ:
        break;
    }
    return option->read(options, value, err);
}
