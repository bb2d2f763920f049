/* How the conditions of the patterns came out, for the one who asks why. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "report/text_parts.h"

/* Every way and every condition starts with its answer, so that the eye finds it in one column. */
static const char *answer_word(const cJSON *one) {
    const char *came_out = bp_json_text(one, "came_out");
    return bp_equal(came_out, "true") ? "yes" : bp_equal(came_out, "false") ? "no " : "?  ";
}

static void show_way(const struct bp_layout *layout, const cJSON *way) {
    const char *name = bp_json_text(way, "way");
    const char *status = bp_json_text(way, "status");
    const cJSON *one;
    char *line = bp_format("%s%s%s", name ? name : "", status ? ", " : "", status ? status : "");
    char *start = bp_format("      %s  ", answer_word(way));
    bp_layout_paragraph(layout, start, 11, line, BP_PLAIN);
    free(start);
    free(line);
    cJSON_ArrayForEach(one, bp_json_get(way, "conditions")) {
        const char *says = bp_json_text(one, "says");
        double depth = bp_json_number(one, "depth", 0);
        start =
            bp_format("         %*s%s  ", 2 * (int)(depth < 20 ? depth : 20), "", answer_word(one));
        bp_layout_paragraph(layout, start, strlen(start), says ? says : "", BP_QUIET);
        free(start);
    }
}

static void show_pattern(const struct bp_layout *layout, const cJSON *pattern) {
    const char *id = bp_json_text(pattern, "pattern");
    const char *status = bp_json_text(pattern, "status");
    double text_only = bp_json_number(pattern, "text_only", 0);
    const cJSON *way;
    char *title = bp_format("%s: %s", id ? id : "unnamed", status ? status : "not found");
    bp_layout_paragraph(layout, "   ", 6, title, status ? BP_STRONG : BP_PLAIN);
    free(title);
    cJSON_ArrayForEach(way, bp_json_get(pattern, "ways")) {
        show_way(layout, way);
    }
    if (text_only > 0) {
        char *line = bp_format("%.0f %s about a log, and none was given (--log)", text_only,
                               text_only > 1 ? "others are" : "other is");
        bp_layout_paragraph(layout, "      ?    ", 11, line, BP_QUIET);
        free(line);
    }
}

void bp_text_conditions(const struct bp_layout *layout, const cJSON *document) {
    const cJSON *conditions = bp_json_get(document, "conditions");
    const cJSON *pattern;
    if (conditions && conditions->child) {
        bp_text_heading(layout, "Conditions of the known problems");
    }
    cJSON_ArrayForEach(pattern, conditions) {
        show_pattern(layout, pattern);
    }
}
