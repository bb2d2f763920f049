/* Reads tracebacks, and what a text says of versions, systems and GPUs. */
#include "checks/text/traceback.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "checks/text/clean.h"
#include "checks/text/facts.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *data, size_t size) {
    static struct bp_fact_readers *readers;
    if (!readers) {
        readers = bp_fact_readers_new();
    }
    char *text = bp_utf8_clean((const char *)data, size);
    size_t length = bp_text_unwrap(text, strlen(text));
    cJSON *packages = cJSON_CreateArray();
    cJSON_Delete(bp_traceback_read(text, length, packages));
    cJSON_Delete(packages);
    struct bp_issue issue = bp_issue_of_text(text, length);
    cJSON_Delete(bp_text_facts_with(readers, &issue));
    free(text);
}
