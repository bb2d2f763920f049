/* Steps, and what would work, as a person reads it. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "report/advice_view.h"
#include "report/text_parts.h"

static void show_command(const struct bp_layout *layout, const char *command) {
    if (command) {
        bp_str_add(layout->out, "         ");
        bp_layout_words(layout, BP_TYPE, command);
        bp_str_add_char(layout->out, '\n');
    }
}

static void show_step(const struct bp_layout *layout, const cJSON *step, int number) {
    const char *says = bp_json_text(step, "says");
    const char *command = bp_json_text(step, "command");
    char *start = bp_format("   %d. ", number);
    bp_layout_paragraph(layout, start, strlen(start), says ? says : "", BP_PLAIN);
    show_command(layout, command);
    free(start);
}

int bp_text_steps(const struct bp_layout *layout, const cJSON *steps, int number) {
    const cJSON *step;
    cJSON_ArrayForEach(step, steps) {
        show_step(layout, step, number++);
    }
    return number;
}

void bp_text_remedy(const struct bp_layout *layout, const cJSON *steps) {
    if (steps && steps->child) {
        bp_text_subheading(layout, "What to do");
        bp_text_steps(layout, steps, 1);
    }
}

void bp_text_advice(const struct bp_layout *layout, const cJSON *document) {
    struct bp_advice_view view = bp_advice_view_of(document);
    if (view.empty) {
        return;
    }
    bp_text_heading(layout, view.title);
    bp_text_steps(layout, view.steps, 1);
    for (size_t i = 0; i < view.lines.count; i++) {
        bp_layout_paragraph(layout, "   ", 3, view.lines.items[i], BP_PLAIN);
        show_command(layout, i == 0 ? view.command : NULL);
    }
    bp_advice_view_free(&view);
}
