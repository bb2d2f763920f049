#include "report/completion_words.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "checks/assume.h"
#include "checks/gate.h"
#include "report/command_table.h"

static void add_formats(struct bp_completion *completion, enum bp_command command) {
    unsigned formats = bp_command_row(command)->formats;
    completion->kind = BP_COMPLETE_WORDS;
    for (int i = 0; i < BP_FORMAT_COUNT; i++) {
        if (formats & BP_WRITES(i)) {
            bp_strs_add(&completion->words, bp_format_name((enum bp_format)i));
        }
    }
}

static void add_assumptions(struct bp_completion *completion) {
    const char *name;
    const char *says;
    completion->kind = BP_COMPLETE_WORDS;
    completion->unfinished = true;
    for (size_t i = 0; (name = bp_assume_key(i, &says)) != NULL; i++) {
        if (!bp_starts_with(name, "env:")) {
            bp_strs_add_owned(&completion->words, bp_format("%s=", name));
        }
    }
    for (const char *const *variable = bp_assume_variable_names(); *variable; variable++) {
        bp_strs_add_owned(&completion->words, bp_format("env:%s=", *variable));
    }
}

/* The names alone: what follows them is for the person to say. */
static void add_requirements(struct bp_completion *completion) {
    const char *name;
    const char *says;
    completion->kind = BP_COMPLETE_WORDS;
    completion->unfinished = true;
    for (size_t i = 0; (name = bp_gate_name(i, &says)) != NULL; i++) {
        if (!strchr(name, ' ')) {
            bp_strs_add(&completion->words, name);
        }
    }
}

static void add_all(struct bp_completion *completion, const struct bp_strs *words) {
    completion->kind = BP_COMPLETE_WORDS;
    for (size_t i = 0; i < words->count; i++) {
        bp_strs_add(&completion->words, words->items[i]);
    }
}

static void add_commands(struct bp_completion *completion) {
    completion->kind = BP_COMPLETE_WORDS;
    for (int i = 0; i < BP_COMMAND_COUNT; i++) {
        bp_strs_add(&completion->words, bp_command_row((enum bp_command)i)->name);
    }
}

/* By what the table calls the value, so that an option says what it takes in one place. */
struct bp_completion bp_completion_of_value(const struct bp_option *option, enum bp_command command,
                                            const struct bp_strs *patterns) {
    static const struct {
        const char *value;
        enum bp_completion_kind kind;
    } kinds[] = {
        {"FILE", BP_COMPLETE_FILES},
        {"SNAPSHOT", BP_COMPLETE_FILES},
        {"DIR", BP_COMPLETE_FOLDERS},
        {"EXE", BP_COMPLETE_PROGRAMS},
    };
    struct bp_completion completion = {0};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (bp_equal(option->value, kinds[i].value)) {
            completion.kind = kinds[i].kind;
        }
    }
    if (bp_equal(option->value, "FORMAT")) {
        add_formats(&completion, command);
    } else if (bp_equal(option->value, "KEY=VALUE")) {
        add_assumptions(&completion);
    } else if (bp_equal(option->value, "WHAT")) {
        add_requirements(&completion);
    } else if (bp_equal(option->value, "PATTERN")) {
        add_all(&completion, patterns);
    } else if (bp_equal(option->value, "WHEN")) {
        completion.kind = BP_COMPLETE_WORDS;
        bp_strs_split(&completion.words, "auto,always,never", ',', false);
    } else if (bp_equal(option->value, "SEVERITY")) {
        completion.kind = BP_COMPLETE_WORDS;
        bp_strs_split(&completion.words, "error,warning", ',', false);
    }
    return completion;
}

struct bp_completion bp_completion_of_arguments(enum bp_command command,
                                                const struct bp_strs *patterns) {
    struct bp_completion completion = {0};
    switch (command) {
    case BP_COMMAND_RUN:
        completion.kind = BP_COMPLETE_COMMAND;
        break;
    case BP_COMMAND_TRIAGE:
    case BP_COMMAND_COMPARE:
        completion.kind = BP_COMPLETE_FILES;
        break;
    case BP_COMMAND_PATTERNS:
        add_all(&completion, patterns);
        break;
    case BP_COMMAND_COMPLETION:
        completion.kind = BP_COMPLETE_WORDS;
        bp_strs_split(&completion.words, "bash,zsh,fish", ',', false);
        break;
    case BP_COMMAND_HELP:
        add_commands(&completion);
        bp_strs_add(&completion.words, "assume");
        break;
    default: /* options alone */
        break;
    }
    return completion;
}

void bp_completion_free(struct bp_completion *completion) {
    bp_strs_free(&completion->words);
}

char *bp_completion_joined(const struct bp_completion *completion) {
    struct bp_str joined = BP_STR_EMPTY;
    for (size_t i = 0; i < completion->words.count; i++) {
        bp_str_addf(&joined, "%s%s", i ? " " : "", completion->words.items[i]);
    }
    return bp_str_detach(&joined);
}

char *bp_completion_quoted(const char *text) {
    struct bp_str quoted = BP_STR_EMPTY;
    bp_str_add_char(&quoted, '\'');
    for (const char *at = text; *at; at++) {
        if (*at == '\'') {
            bp_str_add(&quoted, "'\\''");
        } else {
            bp_str_add_char(&quoted, *at);
        }
    }
    bp_str_add_char(&quoted, '\'');
    return bp_str_detach(&quoted);
}

char *bp_completion_says(const struct bp_option *option, enum bp_command command) {
    if (option->help) {
        return bp_strdup(option->help);
    }
    struct bp_str says = BP_STR_EMPTY;
    bp_formats_describe(bp_command_row(command)->formats, &says);
    return bp_str_detach(&says);
}
