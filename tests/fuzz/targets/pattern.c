/* Reads a pattern file, judges a text by it and runs its proof. */
#include <stdlib.h>

#include "base/json.h"
#include "checks/catalogue.h"
#include "checks/check.h"
#include "tests/fuzz/fuzz.h"

/* The file's name, which has to be the pattern's id. */
static char *name_of(const uint8_t *data, size_t size) {
    cJSON *document = bp_json_parse((const char *)data, size, NULL);
    const char *id = bp_json_text(document, "id");
    char *name = bp_format("%s.json", id ? id : "made");
    cJSON_Delete(document);
    return name;
}

static void judge(struct bp_catalogue *catalogue, size_t size) {
    static const char text[] = "RuntimeError: CUDA Setup failed despite GPU being available.\n";
    const struct bp_text log = {"-", text, sizeof text - 1};
    const char *id = bp_json_text(bp_catalogue_at(catalogue, 0), "id");
    cJSON *nothing = cJSON_CreateObject();
    bp_catalogue_validate(catalogue, id, NULL);
    bp_catalogue_prove(catalogue, id, NULL);
    /* Each reads the text anew, which costs the most: one of them an input. */
    cJSON_Delete(size % 2 ? bp_check(nothing, &log, catalogue)
                          : bp_check_conditions(nothing, &log, catalogue));
    cJSON_Delete(nothing);
}

void fuzz_one(const uint8_t *data, size_t size) {
    struct bp_catalogue *catalogue = bp_catalogue_empty();
    char *name = name_of(data, size);
    struct bp_err err = {0};
    if (bp_catalogue_add(catalogue, name, (const char *)data, size, &err) == 0) {
        judge(catalogue, size);
    }
    bp_err_clear(&err);
    free(name);
    bp_catalogue_free(catalogue);
}
