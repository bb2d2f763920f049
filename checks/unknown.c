#include "checks/unknown.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

const char *bp_unknown_reason(const cJSON *snapshot, const char *pointer) {
    const char *reason = NULL;
    char *place = bp_strdup(pointer);
    while (!reason && *place == '/') {
        const cJSON *collector;
        cJSON_ArrayForEach(collector, bp_json_get(snapshot, "collectors")) {
            const char *found = bp_json_text(bp_json_get(collector, "unknown"), place);
            reason = found ? found : reason;
        }
        *strrchr(place, '/') = '\0';
    }
    free(place);
    return reason;
}
