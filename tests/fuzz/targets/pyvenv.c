/* Reads pyvenv.cfg. */
#include "probe/python.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *data, size_t size) {
    struct bp_pyvenv config;
    fuzz_write("/venv/pyvenv.cfg", data, size);
    if (bp_pyvenv_read(fuzz_root(), "/venv/bin/python", &config)) {
        bp_pyvenv_free(&config);
    }
}
