/* What may stand where on the command line, for the completions of every shell. */
#ifndef BP_REPORT_COMPLETION_WORDS_H
#define BP_REPORT_COMPLETION_WORDS_H

#include "base/str.h"
#include "report/option_table.h"

enum bp_completion_kind {
    BP_COMPLETE_NOTHING, /* numbers, expressions: nothing can be offered */
    BP_COMPLETE_WORDS,   /* one of `words` */
    BP_COMPLETE_FILES,
    BP_COMPLETE_FOLDERS,
    BP_COMPLETE_PROGRAMS,
    BP_COMPLETE_COMMAND /* a whole command line of another program */
};

/* Free with bp_completion_free. */
struct bp_completion {
    enum bp_completion_kind kind;
    struct bp_strs words;
    bool unfinished; /* the words go on: KEY=, to which no blank is added */
};

/* What the value of an option may be with that command. The option takes one. */
struct bp_completion bp_completion_of_value(const struct bp_option *option, enum bp_command command,
                                            const struct bp_strs *patterns);

/* What may follow the command, beside options. */
struct bp_completion bp_completion_of_arguments(enum bp_command command,
                                                const struct bp_strs *patterns);

void bp_completion_free(struct bp_completion *completion);

/* The words with blanks between. The caller frees it. */
char *bp_completion_joined(const struct bp_completion *completion);

/* The text between single quotes, as every POSIX shell takes it. The caller frees it. */
char *bp_completion_quoted(const char *text);

/* What an option is for, in one line. The caller frees it. */
char *bp_completion_says(const struct bp_option *option, enum bp_command command);

#endif
