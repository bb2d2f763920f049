/* https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion.html */
#include <stdlib.h>

#include "base/memory.h"
#include "report/command_table.h"
#include "report/completion_words.h"
#include "report/papers.h"

/* "--output | -o", a pattern of case. */
static void add_names(struct bp_str *out, const struct bp_option *option) {
    bp_str_addf(out, "--%s", option->name);
    if (option->letter) {
        bp_str_addf(out, " | -%c", option->letter);
    }
}

/* The lines that offer it, and end. */
static void add_offer(struct bp_str *out, const struct bp_completion *completion,
                      const char *indent) {
    char *words = bp_completion_joined(completion);
    char *quoted = bp_completion_quoted(words);
    switch (completion->kind) {
    case BP_COMPLETE_WORDS:
        bp_str_addf(out, "%s%s %s\n", indent,
                    completion->unfinished ? "_bnb_probe_starts" : "_bnb_probe_words", quoted);
        break;
    case BP_COMPLETE_FILES:
        bp_str_addf(out, "%s_bnb_probe_files -f\n", indent);
        break;
    case BP_COMPLETE_FOLDERS:
        bp_str_addf(out, "%s_bnb_probe_files -d\n", indent);
        break;
    case BP_COMPLETE_PROGRAMS:
    case BP_COMPLETE_COMMAND:
        bp_str_addf(out, "%s_bnb_probe_files -f -c\n", indent);
        break;
    case BP_COMPLETE_NOTHING:
        break;
    }
    free(quoted);
    free(words);
}

/* What --format may be depends on the command. */
static void add_values_by_command(struct bp_str *out, const struct bp_option *option,
                                  const struct bp_strs *patterns) {
    bp_str_add(out, "        case $command in\n");
    for (int i = 0; i < BP_COMMAND_COUNT; i++) {
        if (option->commands & BP_FOR(i)) {
            struct bp_completion completion =
                bp_completion_of_value(option, (enum bp_command)i, patterns);
            bp_str_addf(out, "        %s)\n", bp_command_row((enum bp_command)i)->name);
            add_offer(out, &completion, "            ");
            bp_str_add(out, "            ;;\n");
            bp_completion_free(&completion);
        }
    }
    bp_str_add(out, "        esac\n");
}

static void add_values(struct bp_str *out, const struct bp_strs *patterns) {
    bp_str_add(out, "    case $option in\n");
    for (const struct bp_option *option = bp_option_table; option->name; option++) {
        if (!option->value) {
            continue;
        }
        bp_str_add(out, "    ");
        add_names(out, option);
        bp_str_add(out, ")\n");
        if (option->help) {
            struct bp_completion completion =
                bp_completion_of_value(option, BP_COMMAND_REPORT, patterns);
            add_offer(out, &completion, "        ");
            bp_completion_free(&completion);
        } else {
            add_values_by_command(out, option, patterns);
        }
        bp_str_add(out, "        return\n        ;;\n");
    }
    bp_str_add(out, "    esac\n");
}

static void add_options_of(struct bp_str *out, enum bp_command command) {
    bp_str_addf(out, "        %s)\n            _bnb_probe_words '", bp_command_row(command)->name);
    const char *before = "";
    for (const struct bp_option *option = bp_option_table; option->name; option++) {
        if (option->commands & BP_FOR(command)) {
            bp_str_addf(out, "%s--%s", before, option->name);
            before = " ";
        }
    }
    bp_str_add(out, "'\n            ;;\n");
}

static void add_arguments_of(struct bp_str *out, enum bp_command command,
                             const struct bp_strs *patterns) {
    struct bp_completion completion = bp_completion_of_arguments(command, patterns);
    if (completion.kind != BP_COMPLETE_NOTHING) {
        bp_str_addf(out, "    %s)\n", bp_command_row(command)->name);
        add_offer(out, &completion, "        ");
        bp_str_add(out, "        ;;\n");
    }
    bp_completion_free(&completion);
}

static void add_command_names(struct bp_str *out, const char *between) {
    for (int i = 0; i < BP_COMMAND_COUNT; i++) {
        bp_str_addf(out, "%s%s", i ? between : "", bp_command_row((enum bp_command)i)->name);
    }
}

static const char head[] =
    "# bash completion for bnb-probe, made by: bnb-probe completion bash\n"
    "\n"
    "_bnb_probe_words() {\n"
    "    mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$lead$word\")\n"
    "    COMPREPLY=(\"${COMPREPLY[@]#\"$lead\"}\")\n"
    "}\n"
    "\n"
    "# Words that go on.\n"
    "_bnb_probe_starts() {\n"
    "    _bnb_probe_words \"$1\"\n"
    "    compopt -o nospace 2>/dev/null\n"
    "}\n"
    "\n"
    "_bnb_probe_files() {\n"
    "    mapfile -t COMPREPLY < <(compgen \"$@\" -- \"$word\")\n"
    "    compopt -o filenames 2>/dev/null\n"
    "}\n"
    "\n"
    "_bnb_probe() {\n"
    "    local word=${COMP_WORDS[COMP_CWORD]} command= option= lead= at=$((COMP_CWORD - 1))\n"
    "    COMPREPLY=()\n"
    "    # Bash takes \"env:NAME\" and \"--option=value\" apart.\n"
    "    if [[ $word == : ]]; then\n"
    "        word=\n"
    "        lead=${COMP_WORDS[at]}:\n"
    "        at=$((at - 1))\n"
    "    elif [[ ${COMP_WORDS[at]} == : ]]; then\n"
    "        lead=${COMP_WORDS[at - 1]}:\n"
    "        at=$((at - 2))\n"
    "    elif [[ $word == = ]]; then\n"
    "        word=\n"
    "        at=$((at + 1))\n"
    "    fi\n"
    "    if [[ ${COMP_WORDS[at]} == = ]]; then\n"
    "        at=$((at - 1))\n"
    "    fi\n"
    "    option=${COMP_WORDS[at]}\n";

void bp_completion_bash(const struct bp_strs *patterns, struct bp_str *out) {
    bp_str_add(out, head);
    bp_str_add(out, "    local first\n"
                    "    for ((first = 1; first < COMP_CWORD; first++)); do\n"
                    "        case ${COMP_WORDS[first]} in\n        ");
    const char *before = "";
    for (const struct bp_option *option = bp_option_table; option->name; option++) {
        if (option->value) {
            bp_str_add(out, before);
            add_names(out, option);
            before = " | ";
        }
    }
    bp_str_add(out, ")\n"
                    "            [[ ${COMP_WORDS[first + 1]} == = ]] && first=$((first + 1))\n"
                    "            first=$((first + 1))\n"
                    "            ;;\n        ");
    add_command_names(out, " | ");
    bp_str_add(out, ")\n"
                    "            command=${COMP_WORDS[first]}\n"
                    "            break\n"
                    "            ;;\n"
                    "        esac\n"
                    "    done\n"
                    "    if [[ $command == run ]]; then\n"
                    "        for ((at = first + 1; at < COMP_CWORD; at++)); do\n"
                    "            if [[ ${COMP_WORDS[at]} == -- ]]; then\n"
                    "                _bnb_probe_files -f -c\n"
                    "                return\n"
                    "            fi\n"
                    "        done\n"
                    "    fi\n"
                    "    local named=$command\n"
                    "    command=${command:-report}\n");
    add_values(out, patterns);
    bp_str_add(out, "    if [[ $word == -* ]]; then\n        case $command in\n");
    for (int i = 0; i < BP_COMMAND_COUNT; i++) {
        add_options_of(out, (enum bp_command)i);
    }
    bp_str_add(out, "        esac\n        return\n    fi\n    case $named in\n    '')\n"
                    "        _bnb_probe_words '");
    add_command_names(out, " ");
    bp_str_add(out, "'\n        ;;\n");
    for (int i = 0; i < BP_COMMAND_COUNT; i++) {
        add_arguments_of(out, (enum bp_command)i, patterns);
    }
    bp_str_add(out, "    esac\n}\n\ncomplete -F _bnb_probe bnb-probe\n");
}
