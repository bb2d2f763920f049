/* Documents put together from lines, which those of several machines may share. */
#ifndef BP_REPORT_REPORT_LINES_H
#define BP_REPORT_REPORT_LINES_H

#include <stddef.h>

#include "base/str.h"
#include "checks/compare/intern.h"
#include "report/json_nesting.h"

/* One document on its way in, and how far into it the lines have come. */
struct bp_assembly {
    struct bp_str text;
    struct bp_nesting nesting; /* depth 0: between documents */
    size_t line;               /* that it starts on, from 1 */
    bool flat; /* its lines have no indents, so none of them shows where another starts */
};

/*
 * A document that is complete, or one that was cut off by another or by the end. `label` is
 * NULL where its lines had none. All lasts until it returns.
 */
typedef void bp_document_taker(void *context, const char *label, const struct bp_assembly *document,
                               bool complete);

/* Start from {.take = , .context = }, end with bp_lines_end. */
struct bp_lines {
    bp_document_taker *take;
    void *context;
    struct bp_interned labels; /* "" for lines without one; by the same number: */
    struct bp_assembly *assemblies;
    size_t capacity;
    char *heading; /* what lines without a label belong to, or NULL */
    size_t line;
};

void bp_lines_add(struct bp_lines *lines, const char *line, size_t length);

/* Says what is still open and frees everything. */
void bp_lines_end(struct bp_lines *lines);

#endif
