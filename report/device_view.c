#include "report/device_view.h"

#include <stddef.h>

#include "base/json.h"
#include "base/str.h"

char *bp_device_line(const cJSON *device) {
    const char *name = bp_json_text(device, "name");
    const char *target = bp_json_text(device, "target");
    const char *code = bp_json_text(device, "code");
    const char *says = bp_json_text(device, "says");
    return bp_format("GPU %.0f (%s%s%s): %s", bp_json_number(device, "ordinal", 0),
                     name ? name : "", name ? ", " : "", target ? target : "unknown",
                     says   ? says
                     : code ? code
                            : "unknown");
}

char *bp_device_codes(const cJSON *file) {
    struct bp_str line = BP_STR_EMPTY;
    const cJSON *code;
    cJSON_ArrayForEach(code, bp_json_get(file, "gpu_code")) {
        const char *word = cJSON_GetStringValue(code);
        bp_str_addf(&line, "%s%s", line.length ? ", " : "",
                    bp_equal(word, "ptx") ? "PTX"
                    : word                ? word
                                          : "unknown");
    }
    return line.length ? bp_str_detach(&line) : NULL;
}
