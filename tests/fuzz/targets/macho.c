/* Reads a macOS library, universal or not: load commands, exports. */
#include "probe/binary/macho.h"

#include "probe/binary/binary.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *data, size_t size) {
    static const char *const symbols[] = {"cgemm_32bit_inference", "cquantize_blockwise", NULL};
    static const char *const machines[] = {NULL, "arm64", "x86_64", "arm64e"};
    const struct bp_binary_wishes wishes = {
        .symbols = symbols,
        .version_definitions = true,
        .machine = machines[size % 4],
    };
    cJSON *facts = cJSON_CreateObject();
    bp_macho_facts(bp_cursor_of(data, size), &wishes, facts);
    cJSON_Delete(facts);
}
