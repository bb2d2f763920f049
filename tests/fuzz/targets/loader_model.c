/* Asks the loader model about a snapshot, whatever its facts are. */
#include "checks/loader/loader.h"

#include "base/json.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *data, size_t size) {
    cJSON *snapshot = bp_json_parse((const char *)data, size, NULL);
    cJSON_Delete(snapshot ? bp_loader_judge(snapshot) : NULL);
    cJSON_Delete(snapshot);
}
