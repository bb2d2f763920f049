/* Shows a report, whatever its facts are, in every format. */
#include "base/json.h"
#include "report/render.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *data, size_t size) {
    cJSON *document = bp_json_parse((const char *)data, size, NULL);
    if (!document) {
        return;
    }
    struct bp_str out = BP_STR_EMPTY;
    const struct bp_text_style style = {
        .color = size % 2, .ascii = size % 3 == 0, .verbose = true, .width = 40 + size % 80};
    bp_render_text(document, &style, &out);
    bp_render_verdict(document, &style, &out);
    bp_render_markdown(document, "a log", true, &out);
    bp_render_html(document, "a log", true, &out);
    bp_render_url(document, "a log", &out);
    bp_str_free(&out);
    cJSON_Delete(document);
}
