/* What kind of text it is: its title, its length, whether it asks, whether it shows code. */
#ifndef BP_CHECKS_TEXT_SECTIONS_H
#define BP_CHECKS_TEXT_SECTIONS_H

#include <cjson/cJSON.h>

#include "checks/text/facts.h"

/*
 * Adds to `about`: title, characters and lines of the opening post, prose (characters of
 * what is neither code nor output), has_code, asks_question (the title or the prose does)
 * and sections, the names of the issue form's headings that have something under them.
 */
void bp_sections_read(const struct bp_issue *issue, cJSON *about);

#endif
