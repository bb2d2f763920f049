/* Every command and every format there is, and which command writes which format. */
#ifndef BP_REPORT_COMMAND_TABLE_H
#define BP_REPORT_COMMAND_TABLE_H

#include <stddef.h>

#include "base/str.h"
#include "report/options.h"

struct bp_command_row {
    const char *name;
    const char *usage; /* what follows "bnb-probe " */
    const char *summary;
    size_t arguments; /* how many may follow its options; SIZE_MAX: any number */
    unsigned formats; /* a set of BP_WRITES(format); 0 where --format does not belong to it */
};

/* `formats` is a set of these. */
#define BP_WRITES(format) (1U << (format))

const struct bp_command_row *bp_command_row(enum bp_command command);

/* Puts the command called `name` into *command; -1 where there is none. */
int bp_command_find(const char *name, enum bp_command *command);

/* The name of a format as --format takes it. */
const char *bp_format_name(enum bp_format format);

/* Puts the format called `name` into *format; -1 where there is none. */
int bp_format_find(const char *name, enum bp_format *format);

/* Appends the names of a set of formats: "text, json or markdown". */
void bp_formats_describe(unsigned set, struct bp_str *text);

#endif
