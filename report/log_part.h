/* The part of a long log that a reader needs: the end of it or, where noise follows, of the last
 * traceback or message of native code. */
#ifndef BP_REPORT_LOG_PART_H
#define BP_REPORT_LOG_PART_H

#include <stdbool.h>
#include <stddef.h>

struct bp_log_part {
    const char *start; /* a line's start, unless one line alone is too long */
    size_t length;
    bool before; /* something of the log was left out before it */
    bool after;  /* and after it */
};

/* At most `limit` bytes of `log`, which they point into. */
struct bp_log_part bp_log_part_of(const char *log, size_t limit);

#endif
