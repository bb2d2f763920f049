/* Reads what is asked on the command line: assumptions and requirements, one a line. */
#include <stdlib.h>

#include "base/json.h"
#include "checks/assume.h"
#include "checks/gate.h"
#include "checks/loader/loader.h"
#include "checks/releases.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *data, size_t size) {
    static struct bp_releases *releases;
    if (!releases) {
        releases = bp_releases_builtin();
    }
    char *text = fuzz_text(data, size);
    struct bp_strs lines = {0};
    bp_strs_split(&lines, text, '\n', false);
    bp_gate_understands(&lines, NULL);
    if (bp_assume_check(&lines, releases, NULL) == 0) {
        cJSON *snapshot = cJSON_CreateObject();
        if (bp_assume(snapshot, &lines, releases, NULL) == 0) {
            cJSON_Delete(bp_loader_judge(snapshot));
        }
        cJSON_Delete(snapshot);
    }
    bp_strs_free(&lines);
    free(text);
}
