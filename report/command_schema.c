#include <cjson/cJSON.h>
#include <stdlib.h>

#include "base/embedded.h"
#include "base/json.h"
#include "report/command.h"
#include "report/papers.h"

int bp_command_schema(const struct bp_options *options) {
    const struct bp_embedded_file *schema = &bp_embedded_schema[0];
    struct bp_str out = BP_STR_EMPTY;
    cJSON *document = cJSON_ParseWithLength(schema->data, schema->size);
    if (options->format == BP_FORMAT_JSON) {
        char *text = bp_json_print(document, true);
        bp_str_addf(&out, "%s\n", text);
        free(text);
    } else {
        bp_schema_markdown(document, &out);
    }
    int code = bp_command_deliver(options, out.data, out.length);
    cJSON_Delete(document);
    bp_str_free(&out);
    return code;
}
