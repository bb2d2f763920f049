/* https://fishshell.com/docs/current/cmds/complete.html */
#include <stdlib.h>

#include "base/memory.h"
#include "report/command_table.h"
#include "report/completion_words.h"
#include "report/papers.h"

/* Between single quotes fish knows \\ and \'. */
static void add_quoted(struct bp_str *out, const char *text) {
    bp_str_add_char(out, '\'');
    for (const char *at = text; *at; at++) {
        if (*at == '\'' || *at == '\\') {
            bp_str_add_char(out, '\\');
        }
        bp_str_add_char(out, *at);
    }
    bp_str_add_char(out, '\'');
}

/* -x: nothing but what is offered, and a value is needed; -r -F: any file. */
static void add_offer(struct bp_str *out, const struct bp_completion *completion) {
    char *words = bp_completion_joined(completion);
    switch (completion->kind) {
    case BP_COMPLETE_WORDS:
        bp_str_add(out, " -x -a ");
        add_quoted(out, words);
        break;
    case BP_COMPLETE_FILES:
        bp_str_add(out, " -r -F");
        break;
    case BP_COMPLETE_FOLDERS:
        bp_str_add(out, " -x -a '(__fish_complete_directories)'");
        break;
    case BP_COMPLETE_PROGRAMS:
        bp_str_add(out, " -r -F -a '(__fish_complete_command)'");
        break;
    case BP_COMPLETE_COMMAND:
        bp_str_add(out, " -x -a '(__fish_complete_subcommand --fcs-skip=2)'");
        break;
    case BP_COMPLETE_NOTHING:
        bp_str_add(out, " -x");
        break;
    }
    free(words);
}

/* report is meant where no other command stands on the line. */
static char *condition_of(enum bp_command command) {
    struct bp_str condition = BP_STR_EMPTY;
    if (command != BP_COMMAND_REPORT) {
        return bp_format("__fish_seen_subcommand_from %s", bp_command_row(command)->name);
    }
    bp_str_add(&condition, "not __fish_seen_subcommand_from");
    for (int i = 0; i < BP_COMMAND_COUNT; i++) {
        if (i != BP_COMMAND_REPORT) {
            bp_str_addf(&condition, " %s", bp_command_row((enum bp_command)i)->name);
        }
    }
    return bp_str_detach(&condition);
}

static void add_option(struct bp_str *out, const struct bp_option *option, enum bp_command command,
                       const char *condition, const struct bp_strs *patterns) {
    char *says = bp_completion_says(option, command);
    bp_str_addf(out, "complete -c bnb-probe -n '%s' -l %s", condition, option->name);
    if (option->letter) {
        bp_str_addf(out, " -s %c", option->letter);
    }
    if (option->value) {
        struct bp_completion completion = bp_completion_of_value(option, command, patterns);
        add_offer(out, &completion);
        bp_completion_free(&completion);
    }
    bp_str_add(out, " -d ");
    add_quoted(out, says);
    bp_str_add_char(out, '\n');
    free(says);
}

static void add_command(struct bp_str *out, enum bp_command command,
                        const struct bp_strs *patterns) {
    const struct bp_command_row *row = bp_command_row(command);
    char *condition = condition_of(command);
    bp_str_addf(out, "\ncomplete -c bnb-probe -n __fish_use_subcommand -a %s -d ", row->name);
    add_quoted(out, row->summary);
    bp_str_add_char(out, '\n');
    for (const struct bp_option *option = bp_option_table; option->name; option++) {
        if (option->commands & BP_FOR(command)) {
            add_option(out, option, command, condition, patterns);
        }
    }
    struct bp_completion completion = bp_completion_of_arguments(command, patterns);
    if (completion.kind != BP_COMPLETE_NOTHING) {
        bp_str_addf(out, "complete -c bnb-probe -n '%s'", condition);
        add_offer(out, &completion);
        bp_str_add_char(out, '\n');
    }
    bp_completion_free(&completion);
    free(condition);
}

void bp_completion_fish(const struct bp_strs *patterns, struct bp_str *out) {
    bp_str_add(out, "# fish completion for bnb-probe, made by: bnb-probe completion fish\n\n"
                    "complete -c bnb-probe -f\n");
    for (int i = 0; i < BP_COMMAND_COUNT; i++) {
        add_command(out, (enum bp_command)i, patterns);
    }
}
