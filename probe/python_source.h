/*
 * Reading plain assignments from a Python file without running it. Understood are lines
 * at the left margin of the form NAME = LITERAL or NAME: ANNOTATION = LITERAL, where the
 * literal is a string, None, True or False. Anything else is "not known".
 */
#ifndef BP_PROBE_PYTHON_SOURCE_H
#define BP_PROBE_PYTHON_SOURCE_H

#include <stdbool.h>

enum bp_literal_kind {
    BP_LITERAL_MISSING, /* the name is not assigned */
    BP_LITERAL_OTHER,   /* it is assigned something that is not understood */
    BP_LITERAL_NONE,
    BP_LITERAL_BOOL,
    BP_LITERAL_TEXT,
};

struct bp_literal {
    enum bp_literal_kind kind;
    bool truth; /* BP_LITERAL_BOOL */
    char *text; /* BP_LITERAL_TEXT; owned */
};

/* The last assignment to `name` in `source`. The caller frees `text`. */
struct bp_literal bp_python_assignment(const char *source, const char *name);

/*
 * The value of key `key` in a dictionary of plain strings ('key': 'value') anywhere in
 * `source`, or NULL. The caller frees it.
 */
char *bp_python_entry(const char *source, const char *key);

#endif
