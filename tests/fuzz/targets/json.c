/* Reads JSON, and what is printed of it again. */
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *data, size_t size) {
    struct bp_err err = {0};
    cJSON *document = bp_json_parse((const char *)data, size, &err);
    bp_err_clear(&err);
    if (!document) {
        return;
    }
    for (int indented = 0; indented < 2; indented++) {
        char *printed = bp_json_print(document, indented);
        char *clean = bp_utf8_clean(printed, strlen(printed));
        cJSON *again = bp_json_parse(clean, strlen(clean), NULL);
        if (!again) {
            abort(); /* what this program prints it has to be able to read */
        }
        cJSON_Delete(again);
        free(clean);
        free(printed);
    }
    bp_json_text_at(document, "/a/0/b~1c");
    cJSON_Delete(document);
}
