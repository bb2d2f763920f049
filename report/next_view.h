/* What a person does next, for text and Markdown alike: whether a report is needed, and how. */
#ifndef BP_REPORT_NEXT_VIEW_H
#define BP_REPORT_NEXT_VIEW_H

#include <cjson/cJSON.h>

struct bp_next_view {
    const char *known; /* says that the matter is a known one; NULL where it is not */
    const char *title;
    cJSON *steps; /* {"says", "command"}; NULL where there is nothing to offer */
};

/* End with bp_next_view_free. */
struct bp_next_view bp_next_view_of(const cJSON *document);
void bp_next_view_free(struct bp_next_view *view);

#endif
