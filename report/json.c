#include <stdlib.h>

#include "base/json.h"
#include "report/render.h"

void bp_render_json(const cJSON *document, struct bp_str *out) {
    char *text = bp_json_print(document, true);
    bp_str_add(out, text);
    bp_str_add_char(out, '\n');
    free(text);
}
