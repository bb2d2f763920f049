/*
 * What goes with the program and is made from its own tables: the manual page, the completions of
 * the shells, the schema for reading. Each function appends a whole file.
 */
#ifndef BP_REPORT_PAPERS_H
#define BP_REPORT_PAPERS_H

#include <cjson/cJSON.h>

#include "base/str.h"

/* bnb-probe(1), in the man macros of roff. */
void bp_man_page(struct bp_str *out);

/* bash 4 or newer; zsh's _arguments; fish 3. `patterns` are the ids of the known patterns. */
void bp_completion_bash(const struct bp_strs *patterns, struct bp_str *out);
void bp_completion_zsh(const struct bp_strs *patterns, struct bp_str *out);
void bp_completion_fish(const struct bp_strs *patterns, struct bp_str *out);

/* A JSON Schema as Markdown: each fact with its place, type and description. */
void bp_schema_markdown(const cJSON *schema, struct bp_str *out);

#endif
