/* Lists the entries of CUDA fat binaries. */
#include "probe/binary/fatbin.h"

#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *data, size_t size) {
    struct bp_gpu_code code = {0};
    bp_fatbin_section(bp_cursor_of(data, size), &code);
    bp_gpu_code_free(&code);
}
