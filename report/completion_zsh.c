/* https://zsh.sourceforge.io/Doc/Release/Completion-System.html, _arguments and _describe */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/command_table.h"
#include "report/completion_words.h"
#include "report/papers.h"

/* Appends text with what _arguments and _describe take for their own after a backslash. */
static void add_escaped(struct bp_str *out, const char *text) {
    for (const char *at = text; *at; at++) {
        if (strchr("[]:\\", *at)) {
            bp_str_add_char(out, '\\');
        }
        bp_str_add_char(out, *at);
    }
}

/* ":FILE:_files", what follows the option's explanation. */
static void add_action(struct bp_str *out, const char *what,
                       const struct bp_completion *completion) {
    char *words = bp_completion_joined(completion);
    bp_str_add_char(out, ':');
    add_escaped(out, what);
    bp_str_add_char(out, ':');
    switch (completion->kind) {
    case BP_COMPLETE_WORDS:
        if (completion->unfinished) {
            bp_str_add(out, "{compadd -S \"\" -- ");
            add_escaped(out, words);
            bp_str_add_char(out, '}');
        } else {
            bp_str_addf(out, "(%s)", words);
        }
        break;
    case BP_COMPLETE_FILES:
        bp_str_add(out, "_files");
        break;
    case BP_COMPLETE_FOLDERS:
        bp_str_add(out, "_files -/");
        break;
    case BP_COMPLETE_COMMAND:
    case BP_COMPLETE_PROGRAMS:
        bp_str_add(out, "_command_names -e");
        break;
    case BP_COMPLETE_NOTHING:
        bp_str_add_char(out, ' ');
        break;
    }
    free(words);
}

/* One specification. */
static void add_spec(struct bp_str *out, const char *spec) {
    char *quoted = bp_completion_quoted(spec);
    bp_str_addf(out, " \\\n            %s", quoted);
    free(quoted);
}

/* An option with a letter is two specifications. */
static void add_option_form(struct bp_str *out, const struct bp_option *option,
                            enum bp_command command, bool letter, const struct bp_strs *patterns) {
    struct bp_str spec = BP_STR_EMPTY;
    char *says = bp_completion_says(option, command);
    if (letter) {
        bp_str_addf(&spec, "*-%c%s[", option->letter, option->value ? "+" : "");
    } else {
        bp_str_addf(&spec, "*--%s%s[", option->name, option->value ? "=" : "");
    }
    add_escaped(&spec, says);
    bp_str_add_char(&spec, ']');
    if (option->value) {
        struct bp_completion completion = bp_completion_of_value(option, command, patterns);
        add_action(&spec, option->value, &completion);
        bp_completion_free(&completion);
    }
    add_spec(out, spec.data);
    free(says);
    bp_str_free(&spec);
}

static void add_arguments_of(struct bp_str *out, enum bp_command command,
                             const struct bp_strs *patterns) {
    struct bp_completion completion = bp_completion_of_arguments(command, patterns);
    if (completion.kind == BP_COMPLETE_COMMAND) {
        /* Its words are completed as if they stood alone, and no option of ours among them. */
        add_spec(out, "(-)2:command: _command_names -e");
        add_spec(out, "*::arguments: _normal");
    } else if (completion.kind != BP_COMPLETE_NOTHING) {
        struct bp_str spec = BP_STR_EMPTY;
        bp_str_add_char(&spec, '*');
        add_action(&spec, "argument", &completion);
        add_spec(out, spec.data);
        bp_str_free(&spec);
    }
    bp_completion_free(&completion);
}

static void add_command(struct bp_str *out, enum bp_command command,
                        const struct bp_strs *patterns) {
    bp_str_addf(out,
                "    %s)\n        _arguments -s -S : \\\n"
                "            '1:command:_bnb_probe_commands'",
                bp_command_row(command)->name);
    for (const struct bp_option *option = bp_option_table; option->name; option++) {
        if (option->commands & BP_FOR(command)) {
            add_option_form(out, option, command, false, patterns);
            if (option->letter) {
                add_option_form(out, option, command, true, patterns);
            }
        }
    }
    add_arguments_of(out, command, patterns);
    bp_str_add(out, "\n        ;;\n");
}

void bp_completion_zsh(const struct bp_strs *patterns, struct bp_str *out) {
    bp_str_add(out, "#compdef bnb-probe\n"
                    "# zsh completion for bnb-probe, made by: bnb-probe completion zsh\n\n"
                    "_bnb_probe_commands() {\n    local -a commands\n    commands=(\n");
    for (int i = 0; i < BP_COMMAND_COUNT; i++) {
        const struct bp_command_row *row = bp_command_row((enum bp_command)i);
        struct bp_str entry = BP_STR_EMPTY;
        bp_str_addf(&entry, "%s:", row->name);
        add_escaped(&entry, row->summary);
        char *quoted = bp_completion_quoted(entry.data);
        bp_str_addf(out, "        %s\n", quoted);
        free(quoted);
        bp_str_free(&entry);
    }
    bp_str_add(out, "    )\n    _describe command commands\n}\n\n"
                    "_bnb-probe() {\n    local command=report at\n"
                    "    for ((at = 2; at < CURRENT; at++)); do\n"
                    "        case $words[at] in\n        ");
    for (int i = 0; i < BP_COMMAND_COUNT; i++) {
        bp_str_addf(out, "%s%s", i ? " | " : "", bp_command_row((enum bp_command)i)->name);
    }
    bp_str_add(out, ")\n            command=$words[at]\n            break\n            ;;\n"
                    "        esac\n    done\n    case $command in\n");
    for (int i = 0; i < BP_COMMAND_COUNT; i++) {
        add_command(out, (enum bp_command)i, patterns);
    }
    bp_str_add(out, "    esac\n}\n\n"
                    "# Found on fpath it is the function itself; sourced it only announces it.\n"
                    "if [[ $funcstack[1] == _bnb-probe ]]; then\n    _bnb-probe \"$@\"\nelse\n"
                    "    compdef _bnb-probe bnb-probe\nfi\n");
}
