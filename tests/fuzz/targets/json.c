/* Reads JSON, and what is printed of it again. */
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "tests/fuzz/fuzz.h"

/* Puts a value where the document itself says, as the lines of a collector do. */
static void put(cJSON *document) {
    const char *said = bp_json_text(document, "at");
    const cJSON *value = bp_json_get(document, "value");
    if (!said || !value) {
        return;
    }
    char *pointer = bp_strdup(said);
    struct bp_str again = BP_STR_EMPTY;
    for (const char *at = pointer; *at == '/';) {
        char *part = bp_pointer_next(&at);
        bp_pointer_add(&again, part);
        free(part);
    }
    if (bp_json_put(document, pointer, cJSON_Duplicate(value, true)) == 0 &&
        !bp_ends_with(pointer, "/-") && !bp_json_at(document, again.data)) {
        abort(); /* what was put somewhere is there */
    }
    bp_str_free(&again);
    free(pointer);
}

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
    put(document);
    cJSON_Delete(document);
}
