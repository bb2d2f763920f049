/* Reads a Windows library: headers, imports, delayed imports, exports. */
#include "probe/binary/pe.h"

#include "probe/binary/binary.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *data, size_t size) {
    static const char *const symbols[] = {"cgemm_32bit_inference", "cquantize_blockwise", NULL};
    const struct bp_binary_wishes wishes = {.symbols = symbols, .version_definitions = true};
    cJSON *facts = cJSON_CreateObject();
    bp_pe_facts(bp_cursor_of(data, size), &wishes, facts);
    cJSON_Delete(facts);
}
