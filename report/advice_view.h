/* The loader's advice in words, for text and Markdown alike. */
#ifndef BP_REPORT_ADVICE_VIEW_H
#define BP_REPORT_ADVICE_VIEW_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/str.h"

struct bp_advice_view {
    bool empty; /* nothing to say; nothing to free */
    const char *title;
    const cJSON *steps;   /* {"says", "command"}; NULL: none, or said already */
    struct bp_strs lines; /* sentences about releases, and where nothing helps */
    const char *command;  /* to the first of the lines: installs that release; NULL: none */
};

/* Points into the document; end with bp_advice_view_free. */
struct bp_advice_view bp_advice_view_of(const cJSON *document);
void bp_advice_view_free(struct bp_advice_view *view);

#endif
