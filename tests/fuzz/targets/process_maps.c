/* Reads the memory map, words and children of a process. */
#include "probe/process.h"
#include "probe/session.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *data, size_t size) {
    fuzz_write("/proc/7/maps", data, size);
    fuzz_write("/proc/7/environ", data, size);
    fuzz_write("/proc/7/task/7/children", data, size);
    cJSON_Delete(bp_mapped_libraries(fuzz_root(), "7", NULL));
    struct bp_strs words = {0};
    struct bp_strs pids = {0};
    bp_process_words(fuzz_root(), "7", "environ", &words, NULL);
    bp_environment_value(&words, "VIRTUAL_ENV");
    bp_process_children(fuzz_root(), "7", &pids, NULL);
    bp_strs_free(&words);
    bp_strs_free(&pids);
}
