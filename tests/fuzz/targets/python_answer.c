/* Reads what an interpreter printed about itself. */
#include <stdlib.h>

#include "base/error.h"
#include "probe/python.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *data, size_t size) {
    char *text = fuzz_text(data, size);
    struct bp_interpreters list = {0};
    struct bp_err err = {0};
    bp_python_read_answer(text, bp_interpreters_add(&list), &err);
    bp_err_clear(&err);
    bp_interpreters_free(&list);
    free(text);
}
