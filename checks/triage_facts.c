#include "checks/triage_facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "base/version.h"

#define PYTHON "/python/interpreters/0"

static const struct {
    const char *key;
    const char *pointer;
} keys[] = {
    {"bnb_version", "/bitsandbytes/version"},
    {"torch_version", PYTHON "/torch/version"},
    {"cuda_version", "/text/cuda_version"},
    {"torch_cuda", PYTHON "/torch/cuda"},
    {"python_version", PYTHON "/version"},
    {"transformers_version", PYTHON "/packages/transformers/0/version"},
    {"accelerate_version", PYTHON "/packages/accelerate/0/version"},
    {"peft_version", PYTHON "/packages/peft/0/version"},
    {"os", "/host/os"},
    {"distribution", "/host/distribution/id"},
    {"distribution_version", "/host/distribution/version"},
    {"glibc", "/host/libc/version"},
    {"architecture", "/host/machine"},
    {"gpu", "/cuda/driver/devices/0/name"},
    {"compute_capability", "/cuda/driver/devices/0/compute_capability"},
    {"driver_version", "/cuda/kernel_module/version"},
    {"missing_library", "/text/missing_library"},
    {"application", PYTHON "/application"},
    {"notebook", "/session/notebook"},
    {"error", "/text/error/type"},
    {"error_in", "/text/error/package"},
};

static void move_copy(cJSON *facts, const char *key, const cJSON *text_facts, const char *from) {
    const cJSON *value = bp_json_get(text_facts, from);
    if (value) {
        cJSON_AddItemToObject(facts, key, cJSON_Duplicate(value, true));
    }
}

cJSON *bp_triage_facts(const cJSON *text_facts) {
    cJSON *facts = cJSON_CreateObject();
    const cJSON *snapshot = bp_json_get(text_facts, "snapshot");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        bool about = bp_starts_with(keys[i].pointer, "/text/");
        const char *value = about ? bp_json_text_at(text_facts, keys[i].pointer)
                                  : bp_json_text_at(snapshot, keys[i].pointer);
        if (value) {
            bp_json_set_text(facts, keys[i].key, value);
        }
    }
    if (!bp_json_get(facts, "cuda_version")) {
        const char *built = bp_json_text(facts, "torch_cuda");
        if (built) {
            bp_json_set_text(facts, "cuda_version", built);
        }
    }
    move_copy(facts, "snapshot", text_facts, "snapshot");
    move_copy(facts, "text", text_facts, "text");
    move_copy(facts, "lines", text_facts, "learned");
    move_copy(facts, "disagreements", text_facts, "disagreements");
    return facts;
}

/* "3.10" in a text does not contradict "3.10.12", nor "2.1.0" a build's "2.1.0+cu118". */
static bool agree(const char *said, const char *found) {
    int order;
    size_t length = strlen(said);
    if (bp_equal(said, found)) {
        return true;
    }
    if (bp_version_compare(said, found, &order) && order == 0) {
        return true;
    }
    return strncmp(said, found, length) == 0 && strchr(".+ ", found[length]);
}

void bp_triage_merge(cJSON *text_facts, cJSON *snapshot) {
    const cJSON *fact;
    cJSON *differ = NULL;
    cJSON_ArrayForEach(fact, bp_json_get(text_facts, "learned")) {
        const char *pointer = bp_json_text(fact, "pointer");
        const char *said = bp_json_text(fact, "value");
        if (bp_starts_with(pointer, "/text/")) {
            continue;
        }
        const cJSON *found = bp_json_at(snapshot, pointer);
        if (!found || cJSON_IsNull(found)) {
            bp_json_put(snapshot, pointer, cJSON_CreateString(said));
        } else if (cJSON_IsString(found) && !agree(said, found->valuestring)) {
            cJSON *both = cJSON_CreateObject();
            bp_json_set_text(both, "pointer", pointer);
            bp_json_set_text(both, "text", said);
            bp_json_set_text(both, "attached", found->valuestring);
            differ = differ ? differ : cJSON_AddArrayToObject(text_facts, "disagreements");
            cJSON_AddItemToArray(differ, both);
        }
    }
}
