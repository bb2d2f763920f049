/* Reads an ELF file: headers, dynamic section, symbols, versions, notes, sections. */
#include "probe/binary/elf.h"

#include "probe/binary/binary.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *data, size_t size) {
    static const char *const symbols[] = {"cgemm_32bit_inference", "cquantize_blockwise", NULL};
    const struct bp_binary_wishes wishes = {.symbols = symbols, .version_definitions = true};
    cJSON *facts = cJSON_CreateObject();
    bp_elf_facts(bp_cursor_of(data, size), &wishes, facts);
    cJSON_Delete(facts);
}
