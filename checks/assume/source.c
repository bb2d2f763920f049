/* A native library that is built on the machine itself. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/assume/parts.h"
#include "checks/loader/machine.h"

/* Whether the toolkit of a CUDA version compiles for a GPU. */
static bool can_compile(const char *cuda, const char *capability) {
    int toolkit = 0;
    int toolkit_minor = 0;
    int major = 0;
    int minor = 0;
    if (!bp_two_numbers(cuda, &toolkit, &toolkit_minor) ||
        !bp_two_numbers(capability, &major, &minor)) {
        return false;
    }
    int number = major * 10 + minor;
    bool blackwell = toolkit > 12 || (toolkit == 12 && toolkit_minor >= 8);
    return number >= (toolkit >= 13 ? 75 : 50) && number <= (blackwell ? 121 : 90);
}

static void add_code(cJSON *code, const char *kind, char *target) {
    cJSON *entry = cJSON_CreateObject();
    bp_json_set_text(entry, "kind", kind);
    bp_json_set_text(entry, "target", target);
    cJSON_AddItemToArray(code, entry);
    free(target);
}

/* Code for each GPU that is here, as far as there is a compiler for it. */
static cJSON *code_for(const struct bp_assuming *assuming, const char *cuda) {
    cJSON *code = cJSON_CreateArray();
    const cJSON *gpu;
    cJSON_ArrayForEach(
        gpu, bp_json_at(assuming->snapshot, cuda ? "/cuda/driver/devices" : "/rocm/gpus")) {
        const char *capability = bp_json_text(gpu, "compute_capability");
        const char *gfx = bp_json_text(gpu, "gfx");
        int major;
        int minor;
        if (!cuda && gfx) {
            add_code(code, "hip", bp_strdup(gfx));
        } else if (cuda && can_compile(cuda, capability) &&
                   bp_two_numbers(capability, &major, &minor)) {
            add_code(code, "cubin", bp_format("sm_%d%d", major, minor));
        }
    }
    return code;
}

static void add_needed(cJSON *needed, bool cuda, int major) {
    static const struct {
        bool cuda;
        int major;
        const char *sonames[3];
    } rows[] = {
        {true, 11, {"libcudart.so.11.0", "libcublas.so.11", "libcublasLt.so.11"}},
        {true, 12, {"libcudart.so.12", "libcublas.so.12", "libcublasLt.so.12"}},
        {true, 13, {"libcudart.so.13", "libcublas.so.13", "libcublasLt.so.13"}},
        {false, 6, {"libhipblas.so.2", "libhipblaslt.so.0", NULL}},
        {false, 7, {"libhipblas.so.3", "libhipblaslt.so.1", NULL}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t j = 0; rows[i].cuda == cuda && rows[i].major == major && j < 3; j++) {
            if (rows[i].sonames[j]) {
                cJSON_AddItemToArray(needed, cJSON_CreateString(rows[i].sonames[j]));
            }
        }
    }
}

/* A library that the build makes: named for the PyTorch here, needing the same CUDA or ROCm. */
cJSON *bp_assume_built_library(const struct bp_assuming *assuming, const char *folder) {
    const char *cuda = bp_json_text_at(assuming->interpreter, "/torch/cuda");
    const char *hip = bp_json_text_at(assuming->interpreter, "/torch/hip");
    const char *machine = bp_json_text(assuming->interpreter, "machine");
    int major;
    int minor;
    if (!bp_two_numbers(cuda ? cuda : hip, &major, &minor)) {
        return NULL;
    }
    char *name = bp_format("libbitsandbytes_%s%d%d.so", cuda ? "cuda" : "rocm", major, minor);
    char *path = folder ? bp_join(folder, name) : bp_strdup(name);
    cJSON *library = cJSON_CreateObject();
    cJSON *needed = cJSON_CreateArray();
    add_needed(needed, cuda != NULL, major);
    bp_json_set_text(library, "name", name);
    bp_json_set_text(library, "path", path);
    bp_json_set_text(library, "format", "elf");
    bp_json_set_number(library, "bits", 64);
    bp_json_set_text(library, "machine",
                     machine ? machine : bp_json_text_at(assuming->snapshot, "/host/machine"));
    cJSON_AddItemToObject(library, "needed", needed);
    cJSON_AddItemToObject(library, "version_needs", cJSON_CreateArray());
    cJSON_AddItemToObject(library, "gpu_code", code_for(assuming, cuda));
    free(path);
    free(name);
    return library;
}
