/* Finds the sections with code for GPUs in a file of any format. */
#include "probe/binary/gpu_code.h"

#include "probe/binary/binary.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *data, size_t size) {
    const struct bp_binary_wishes wishes = {.gpu_code = true};
    cJSON_Delete(bp_binary_facts_of(bp_cursor_of(data, size), &wishes));
}
