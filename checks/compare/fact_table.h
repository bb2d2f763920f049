/* Which facts of a report are compared: what can make bitsandbytes behave in another way. */
#ifndef BP_CHECKS_COMPARE_FACT_TABLE_H
#define BP_CHECKS_COMPARE_FACT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

/* What a difference would explain, or be explained by. */
enum bp_compare_group {
    BP_COMPARE_OUTCOME,
    BP_COMPARE_GPU,
    BP_COMPARE_TORCH,
    BP_COMPARE_BITSANDBYTES,
    BP_COMPARE_PYTHON,
    BP_COMPARE_HOST,
    BP_COMPARE_ENVIRONMENT,
    BP_COMPARE_TOOLS,
    BP_COMPARE_COLLECTORS
};
#define BP_COMPARE_GROUPS 9

/* Which part of a fact counts, the rest being noise. */
enum bp_compare_kind {
    BP_COMPARE_RESULT, /* a text as it is: what the other facts may explain */
    BP_COMPARE_PLAIN,  /* a text, a number or a truth value as it is */
    BP_COMPARE_PATH,   /* a text with paths: whose home and which temporary folder is noise */
    BP_COMPARE_INSIDE, /* the same, as seen from the prefix of Python */
    BP_COMPARE_FILE,   /* a path: its last part */
    BP_COMPARE_SIZE,   /* bytes: rounded, as like machines differ a little */
    BP_COMPARE_SET,    /* a list of texts: their order is noise */
    BP_COMPARE_ROWS,   /* a list of objects: some members of each, their order is noise */
    BP_COMPARE_COPIES, /* the same, of which one alone is nothing of note */
    /* These make several facts, each with a name of its own, out of one place. */
    BP_COMPARE_PACKAGES,  /* per package its copies, the one in use first */
    BP_COMPARE_VARIABLES, /* per variable; of the lists of devices how many, not which */
    BP_COMPARE_VERSIONS,  /* per member its version */
    BP_COMPARE_FAMILIES,  /* per family of CUDA libraries the versions, in search order */
    BP_COMPARE_NEEDED,    /* per library that the one which is opened needs where it is found */
    BP_COMPARE_BUILD,     /* of the native library that is opened, which build it is */
    BP_COMPARE_TROUBLE    /* per collector how it failed */
};

struct bp_compared {
    enum bp_compare_group group;
    enum bp_compare_kind kind;
    const char *pointer; /* in the report; "@" is the interpreter in use */
    const char *members; /* of rows: which count, with blanks between; "?" before one: only rows
                            where it is there; "!" before one: only rows where it is false */
    const char *says;    /* what it is called */
};

/*
 * Whether having no value is another value. It is not for what is asked of the library that is
 * opened: where another one is opened, that is the difference.
 */
bool bp_compare_none_counts(enum bp_compare_kind kind);

extern const struct bp_compared bp_compare_table[];
#define BP_COMPARE_ROW_MOST 96
size_t bp_compare_table_size(void);

/* "gpu", as documents name the group; "GPU and driver", as people do. */
const char *bp_compare_group_id(enum bp_compare_group group);
const char *bp_compare_group_title(enum bp_compare_group group);

#endif
