/* What the loader of bitsandbytes would do, as a person reads it. */
#include <stdlib.h>

#include "base/json.h"
#include "base/str.h"
#include "report/device_view.h"
#include "report/text_parts.h"

enum { INDENT = 3 };

static void show_chain(const struct bp_layout *layout, const cJSON *loader, size_t labels) {
    const char *label = "Because";
    const cJSON *reason;
    cJSON_ArrayForEach(reason, bp_json_get(loader, "because")) {
        if (cJSON_IsString(reason)) {
            bp_layout_fact(layout, INDENT, labels, label, reason->valuestring, BP_PLAIN);
            label = "";
        }
    }
}

static void show_files(const struct bp_layout *layout, const cJSON *loader, size_t labels) {
    const cJSON *file;
    cJSON_ArrayForEach(file, bp_json_get(loader, "files")) {
        const char *name = bp_json_text(file, "name");
        const char *outcome = bp_json_text(file, "outcome");
        const char *says = bp_json_text(file, "says");
        char *codes = bp_device_codes(file);
        char *line =
            bp_format("%s: %s%s%s%s", name ? name : "unnamed",
                      says      ? says
                      : outcome ? outcome
                                : "unknown",
                      codes ? " (code for each GPU: " : "", codes ? codes : "", codes ? ")" : "");
        bp_layout_fact(layout, INDENT, labels,
                       file == file->prev || file->prev->next == NULL ? "Files" : "", line,
                       BP_PLAIN);
        free(line);
        free(codes);
    }
}

static void show_devices(const struct bp_layout *layout, const cJSON *loader, size_t labels) {
    const char *label = "GPU code";
    const cJSON *device;
    cJSON_ArrayForEach(device, bp_json_get(loader, "devices")) {
        char *line = bp_device_line(device);
        bp_layout_fact(layout, INDENT, labels, label, line, BP_PLAIN);
        label = "";
        free(line);
    }
}

/* Of the lines, those that the verdict has not said; the heading only over something. */
static bool show_outcome(const struct bp_layout *layout, const cJSON *loader, const char *verdict,
                         size_t labels) {
    static const struct {
        const char *label;
        const char *member;
        bool always;
    } lines[] = {
        {"Outcome", "outcome_says", true}, {"A user sees", "user_sees", true},
        {"Looks for", "asks_for", true},   {"Loads", "chosen", true},
        {"Loader of", "era", false},
    };
    bool any = false;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const char *value = bp_json_text(loader, lines[i].member);
        bool wanted = lines[i].always || layout->style->verbose;
        if (value && wanted && !bp_equal(value, verdict)) {
            if (!any) {
                bp_text_heading(layout, "Loading bitsandbytes");
            }
            any = true;
            bp_layout_fact(layout, INDENT, labels, lines[i].label, value, BP_PLAIN);
        }
    }
    return any;
}

void bp_text_loader(const struct bp_layout *layout, const cJSON *document, size_t labels) {
    const cJSON *loader = bp_json_get(document, "loader");
    if (!show_outcome(layout, loader, bp_json_text(document, "verdict_says"), labels)) {
        return;
    }
    show_devices(layout, loader, labels);
    if (layout->style->verbose) {
        show_chain(layout, loader, labels);
        show_files(layout, loader, labels);
    }
}
