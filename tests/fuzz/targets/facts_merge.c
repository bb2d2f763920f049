/* Reads the lines that a collector's child sends. */
#include <stdlib.h>

#include "base/json.h"
#include "tests/fuzz/fuzz_facts.h"

void fuzz_one(const uint8_t *data, size_t size) {
    cJSON *snapshot = cJSON_CreateObject();
    struct bp_facts_report report;
    size_t used = bp_facts_merge(snapshot, (const char *)data, size, &report);
    if (used > size) {
        abort();
    }
    bp_facts_has_end((const char *)data, size);
    bp_facts_report_free(&report);
    free(bp_json_print(snapshot, false));
    cJSON_Delete(snapshot);
}
