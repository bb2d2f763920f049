/* Reads reports of many machines as tools print them, and compares them. */
#include "report/reports.h"

#include <stdlib.h>

#include "checks/compare.h"
#include "tests/fuzz/fuzz.h"

static void take(void *context, const char *name, const cJSON *document) {
    bp_fleet_add(context, name, document);
}

void fuzz_one(const uint8_t *data, size_t size) {
    struct bp_fleet *fleet = bp_fleet_new();
    struct bp_strs problems = {0};
    fuzz_write("/reports", data, size);
    char *path = fuzz_path("reports");
    bp_reports_read(path, take, fleet, &problems);
    cJSON_Delete(bp_fleet_compare(fleet));
    free(path);
    bp_strs_free(&problems);
    bp_fleet_free(fleet);
}
