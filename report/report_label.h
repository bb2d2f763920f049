/* Labels that tools which run a command on many machines put before its lines. */
#ifndef BP_REPORT_REPORT_LABEL_H
#define BP_REPORT_REPORT_LABEL_H

#include <stdbool.h>
#include <stddef.h>

struct bp_label {
    const char *name; /* in the line; NULL: the line has no label */
    size_t length;
    bool heading;     /* it stands for the lines that follow, too */
    const char *rest; /* of the line, behind the label */
};

/* Takes the label off a line that ends with a zero byte or a line end. */
struct bp_label bp_label_of(const char *line, size_t length);

#endif
