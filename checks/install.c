#include "checks/install.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

/* Environments made by uv hold no pip. */
static bool has_no_pip(const cJSON *interpreter) {
    const cJSON *copies = bp_json_at(interpreter, "/packages/pip");
    return cJSON_IsArray(copies) && !copies->child;
}

struct bp_shell bp_shell_of(const cJSON *interpreter, const char *os) {
    struct bp_shell shell = {.powershell = bp_equal(os, "windows"),
                             .python = bp_json_text(interpreter, "executable")};
    shell.managed = !shell.powershell && bp_json_is_true(interpreter, "externally_managed") &&
                    bp_equal(bp_json_text(interpreter, "kind"), "system");
    shell.uv = shell.python && !shell.managed && has_no_pip(interpreter);
    return shell;
}

/* PowerShell takes everything between single quotes as it is; a quote is written twice. */
static void add_powershell_word(struct bp_str *command, const char *word) {
    bp_str_add_char(command, '\'');
    for (const char *at = word; *at; at++) {
        if (*at == '\'') {
            bp_str_add_char(command, '\'');
        }
        bp_str_add_char(command, *at);
    }
    bp_str_add_char(command, '\'');
}

static bool is_plain(const char *word) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-.:\\/+=";
    return *word && strspn(word, plain) == strlen(word);
}

void bp_shell_add_word(const struct bp_shell *shell, struct bp_str *command, const char *word) {
    if (!shell->powershell) {
        bp_str_add_shell_word(command, word);
    } else if (is_plain(word)) {
        bp_str_add(command, word);
    } else {
        add_powershell_word(command, word);
    }
}

/* What a distribution's own Python allows: a new environment, or a plain word that one insists. */
static char *managed_pip(const struct bp_shell *shell, const char *words) {
    struct bp_str command = BP_STR_EMPTY;
    bp_shell_add_word(shell, &command, shell->python ? shell->python : "python3");
    bp_str_addf(&command,
                bp_starts_with(words, "install ")
                    ? " -m venv bnb-env && bnb-env/bin/python -m pip %s"
                    : " -m pip %s --break-system-packages",
                words);
    return bp_str_detach(&command);
}

char *bp_shell_pip(const struct bp_shell *shell, const char *words) {
    struct bp_str command = BP_STR_EMPTY;
    const char *python = shell->python ? shell->python : "python";
    if (shell->managed) {
        return managed_pip(shell, words);
    }
    if (shell->uv) {
        size_t verb = strcspn(words, " ");
        bp_str_addf(&command, "uv pip %.*s --python ", (int)verb, words);
        bp_shell_add_word(shell, &command, python);
        /* uv asks nothing before it removes a package. */
        const char *rest = words + verb;
        bp_str_add(&command, bp_starts_with(rest, " -y ") ? rest + 3 : rest);
        return bp_str_detach(&command);
    }
    bp_shell_add_word(shell, &command, python);
    bp_str_addf(&command, " -m pip %s", words);
    char *whole = bp_shell_command(shell, command.data);
    bp_str_free(&command);
    return whole;
}

char *bp_shell_command(const struct bp_shell *shell, const char *command) {
    static const char unset[] = "unset ";
    static const char both[] = " && ";
    struct bp_str out = BP_STR_EMPTY;
    if (!shell->powershell) {
        return bp_strdup(command);
    }
    if (bp_starts_with(command, unset)) {
        return bp_shell_unset(shell, command + strlen(unset));
    }
    if (*command == '\'') { /* else it would be a text that PowerShell prints */
        bp_str_add(&out, "& ");
    }
    for (const char *next; (next = strstr(command, both)) != NULL; command = next + strlen(both)) {
        bp_str_add_bytes(&out, command, (size_t)(next - command));
        bp_str_add(&out, "; ");
    }
    bp_str_add(&out, command);
    return bp_str_detach(&out);
}

char *bp_shell_unset(const struct bp_shell *shell, const char *name) {
    return bp_format(shell->powershell ? "Remove-Item Env:%s" : "unset %s", name);
}

char *bp_shell_set(const struct bp_shell *shell, const char *name, const char *value) {
    struct bp_str command = BP_STR_EMPTY;
    bp_str_addf(&command, shell->powershell ? "$env:%s = " : "export %s=", name);
    if (shell->powershell) {
        add_powershell_word(&command, value);
    } else {
        bp_str_add_shell_word(&command, value);
    }
    return bp_str_detach(&command);
}

char *bp_shell_join(const struct bp_shell *shell, const char *first, const char *second) {
    if (!first || !second) {
        return bp_strdup(first ? first : second);
    }
    return bp_format("%s%s%s", first, shell->powershell ? "; " : " && ", second);
}
