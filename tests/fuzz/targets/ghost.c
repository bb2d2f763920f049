/* Reads the ghost of a library out of a report, and the library's facts out of the ghost. */
#include "probe/binary/ghost.h"

#include "base/json.h"
#include "tests/fuzz/fuzz.h"

/* GPU code is looked for through all that a ghost stands for: in large ones seldom, for speed. */
static bool looks_for_gpu_code(const struct bp_ghost *ghost, size_t input_size) {
    static const uint64_t large = 1 << 20;
    return ghost->size < large || input_size % 16 == 0;
}

static void read_facts(struct bp_ghost *ghost, size_t input_size) {
    static const char *const symbols[] = {"cquantize_blockwise", NULL};
    const struct bp_binary_wishes wishes = {.symbols = symbols,
                                            .version_definitions = true,
                                            .gpu_code = looks_for_gpu_code(ghost, input_size)};
    cJSON *again = cJSON_CreateObject();
    cJSON_Delete(bp_ghost_facts(ghost, &wishes));
    bp_ghost_put(ghost, again);
    cJSON_Delete(again);
}

void fuzz_one(const uint8_t *data, size_t size) {
    cJSON *object = bp_json_parse((const char *)data, size, NULL);
    if (!object) {
        return;
    }
    struct bp_ghost ghost = {0};
    if (bp_ghost_read(&ghost, object, NULL) == 0) {
        read_facts(&ghost, size);
    }
    bp_ghost_free(&ghost);
    cJSON_Delete(object);
}
