/* For which GPU each native library holds code: libraries down, GPUs across. */
#include <stdlib.h>

#include "base/json.h"
#include "report/html_markup.h"
#include "report/html_parts.h"

/* What a cell says. The sign is for the eye that looks for a column's gap, the word says it. */
static const struct {
    const char *code;
    const char *class;
    const char *sign;
    const char *word;
} cells[] = {
    {"native", "good", "\xE2\x97\x8F", "native"}, /* a full, a half and an empty circle */
    {"ptx", "doubt", "\xE2\x97\x90", "PTX"},
    {"none", "bad", "\xE2\x97\x8B", "none"},
    {"unknown", "quiet", "?", "unknown"},
};
enum { CELL_COUNT = sizeof cells / sizeof *cells, UNKNOWN_CELL = CELL_COUNT - 1 };

static void add_cell(struct bp_str *out, const char *code) {
    size_t at = 0;
    while (at < UNKNOWN_CELL && !bp_equal(code, cells[at].code)) {
        at++;
    }
    bp_str_addf(out, "<td class=\"%s\"><span aria-hidden=\"true\">%s</span> %s</td>",
                cells[at].class, cells[at].sign, cells[at].word);
}

static void add_gpu(struct bp_str *out, const cJSON *device) {
    const char *name = bp_json_text(device, "name");
    const char *target = bp_json_text(device, "target");
    bp_str_addf(out, "<th scope=\"col\">GPU %.0f", bp_json_number(device, "ordinal", 0));
    if (name) {
        bp_str_add(out, "<br>");
        bp_html_words(out, name);
    }
    bp_str_add(out, "<br>");
    bp_html_words(out, target ? target : "unknown");
    bp_str_add(out, "</th>");
}

static bool has_codes(const cJSON *loader) {
    const cJSON *file;
    cJSON_ArrayForEach(file, bp_json_get(loader, "files")) {
        if (cJSON_IsArray(bp_json_get(file, "gpu_code"))) {
            return true;
        }
    }
    return false;
}

/* A row has as many cells as there are GPUs, whatever the document holds. */
static void add_library(struct bp_str *out, const cJSON *loader, const cJSON *file) {
    const char *name = bp_json_text(file, "name");
    const cJSON *code = bp_json_get(file, "gpu_code");
    bool chosen = name && bp_equal(name, bp_json_text(loader, "chosen"));
    bp_str_addf(out, "<tr%s><th scope=\"row\" class=\"code\">", chosen ? " class=\"chosen\"" : "");
    bp_html_words(out, name ? name : "unnamed");
    bp_str_add(out, chosen ? " <strong>(chosen)</strong></th>" : "</th>");
    code = cJSON_IsArray(code) ? code->child : NULL;
    const cJSON *device;
    cJSON_ArrayForEach(device, bp_json_get(loader, "devices")) {
        add_cell(out, cJSON_GetStringValue(code));
        code = code ? code->next : NULL;
    }
    bp_str_add(out, "</tr>\n");
}

void bp_html_gpu_matrix(struct bp_str *out, const cJSON *document) {
    const cJSON *loader = bp_json_get(document, "loader");
    const cJSON *devices = bp_json_get(loader, "devices");
    const cJSON *item;
    if (!cJSON_IsArray(devices) || !devices->child || !has_codes(loader)) {
        return;
    }
    bp_str_add(out, "<h3>GPU code in each library</h3>\n"
                    "<p>Native code runs as it is; PTX is compiled by the driver at the first "
                    "use; with neither, the library cannot use that GPU.</p>\n");
    bp_html_scroll(out, "GPU code in each library");
    bp_str_add(out, "<table class=\"matrix\">\n<thead><tr><th scope=\"col\">Library</th>");
    cJSON_ArrayForEach(item, devices) {
        add_gpu(out, item);
    }
    bp_str_add(out, "</tr></thead>\n<tbody>\n");
    cJSON_ArrayForEach(item, bp_json_get(loader, "files")) {
        if (cJSON_IsArray(bp_json_get(item, "gpu_code"))) {
            add_library(out, loader, item);
        }
    }
    bp_str_add(out, "</tbody>\n</table>\n</div>\n");
}
