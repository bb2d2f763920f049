/* Where a JSON document ends, without reading what is in it: RFC 8259's brackets and strings. */
#ifndef BP_REPORT_JSON_NESTING_H
#define BP_REPORT_JSON_NESTING_H

#include <stdbool.h>
#include <stddef.h>

/* How far into a document a scan has come. Starts from {0}. */
struct bp_nesting {
    size_t depth; /* objects and arrays that are open */
    bool in_string;
    bool escaped; /* the next byte of the string is what it is */
};

/*
 * Goes on at text[*at], which moves behind what was scanned. True where the outermost object or
 * array was closed; false at `length`.
 */
bool bp_nesting_scan(struct bp_nesting *nesting, const char *text, size_t length, size_t *at);

#endif
