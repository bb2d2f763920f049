/* Reads the first line of a script, which names its interpreter. */
#include <stdlib.h>

#include "probe/command_python.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *data, size_t size) {
    fuzz_write("/usr/bin/tool", data, size);
    free(bp_python_of_word(fuzz_root(), "tool", "/usr/bin:/bin"));
}
