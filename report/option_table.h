/* Every option there is: one table for reading the command line and for its help. */
#ifndef BP_REPORT_OPTION_TABLE_H
#define BP_REPORT_OPTION_TABLE_H

#include <stddef.h>

#include "base/error.h"
#include "report/options.h"

/* What is done with an option's value. */
enum bp_option_kind {
    BP_OPTION_FLAG, /* none: a bool becomes true */
    BP_OPTION_TEXT, /* kept, in place of an earlier one */
    BP_OPTION_LIST, /* kept, behind earlier ones */
    BP_OPTION_READ, /* understood by `read` */
};

struct bp_option {
    const char *name; /* without the dashes; NULL ends the table */
    char letter;      /* its short form, or 0 */
    unsigned commands;
    const char *value; /* what its value is called, or NULL where it takes none */
    const char *help;  /* NULL: the formats that the command writes */
    enum bp_option_kind kind;
    size_t place; /* the member of struct bp_options: a bool, a char * or a struct bp_strs */
    int (*read)(struct bp_options *options, const char *value, struct bp_err *err);
};

/* `commands` is a set of these. */
#define BP_FOR(command) (1U << (command))

extern const struct bp_option bp_option_table[];

/* The option called `name`, without dashes; NULL where there is none. */
const struct bp_option *bp_option_find(const char *name);

/* Puts the value (NULL where it has none) into *options. */
int bp_option_take(const struct bp_option *option, struct bp_options *options, const char *value,
                   struct bp_err *err);

#endif
