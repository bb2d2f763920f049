/* Lists the targets of HIP bundles, plain and compressed. */
#include "probe/binary/hip_bundle.h"

#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *data, size_t size) {
    struct bp_gpu_code code = {0};
    bp_hip_bundle_section(bp_cursor_of(data, size), &code);
    bp_gpu_code_free(&code);
}
