/* Commands for a person to type, for the interpreter and the shell that they have. */
#ifndef BP_CHECKS_INSTALL_H
#define BP_CHECKS_INSTALL_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/str.h"

/* How a pattern's command says that it is pip's, for the interpreter in use. */
#define BP_PIP_START "{pip} "

struct bp_shell {
    bool powershell;    /* on Windows; a POSIX shell elsewhere */
    bool uv;            /* the environment holds no pip: uv made it */
    bool managed;       /* the distribution's own: pip refuses to change it (PEP 668) */
    const char *python; /* the interpreter's path; NULL: whichever `python` is */
};

/* For an interpreter of the snapshot (may be NULL) on an operating system (may be NULL). */
struct bp_shell bp_shell_of(const cJSON *interpreter, const char *os);

/*
 * `pip WORDS` for that interpreter; where its distribution keeps pip out, an environment is
 * made to install into. WORDS (such as "install --upgrade bitsandbytes") hold
 * nothing that a shell takes apart. The caller frees it.
 */
char *bp_shell_pip(const struct bp_shell *shell, const char *words);

/*
 * A command that was written for a POSIX shell, in the words of the shell that the person has:
 * `unset NAME` and ` && ` are put in PowerShell's, and a program whose path is quoted is called.
 * The caller frees it.
 */
char *bp_shell_command(const struct bp_shell *shell, const char *command);

/* Appends a word, in quotes where the shell would take it apart. */
void bp_shell_add_word(const struct bp_shell *shell, struct bp_str *command, const char *word);

/* That a variable is no longer set, or is set to `value`. The caller frees it. */
char *bp_shell_unset(const struct bp_shell *shell, const char *name);
char *bp_shell_set(const struct bp_shell *shell, const char *name, const char *value);

/* One command line that runs `second` where `first` did not fail. NULL for either is none. */
char *bp_shell_join(const struct bp_shell *shell, const char *first, const char *second);

#endif
