/* A wheel of NVIDIA's with one library. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/assume/parts.h"

/* The folder of the nvidia-* wheel that holds a library, and the wheel's name. */
static const struct {
    const char *stem; /* of the soname, with ".so." */
    const char *folder;
    const char *wheel;
} wheels[] = {
    {"libcudart.so.", "cuda_runtime", "nvidia-cuda-runtime"},
    {"libcublas.so.", "cublas", "nvidia-cublas"},
    {"libcublasLt.so.", "cublas", "nvidia-cublas"},
    {"libcusparse.so.", "cusparse", "nvidia-cusparse"},
    {"libcurand.so.", "curand", "nvidia-curand"},
    {"libnvJitLink.so.", "nvjitlink", "nvidia-nvjitlink"},
};

bool bp_wheel_of_library(const char *soname, struct bp_wheel *wheel) {
    for (size_t i = 0; i < sizeof wheels / sizeof *wheels; i++) {
        if (!bp_starts_with(soname, wheels[i].stem)) {
            continue;
        }
        const char *digits = soname + strlen(wheels[i].stem);
        int major = (int)strtol(digits, NULL, 10);
        /* Since CUDA 13 the wheels share one folder, and their names say no version. */
        if (major >= 13) {
            wheel->name = bp_strdup(wheels[i].wheel);
            wheel->folder = bp_format("nvidia/cu%d/lib", major);
        } else if (major == 11 || major == 12) {
            wheel->name = bp_format("%s-cu%d", wheels[i].wheel, major);
            wheel->folder = bp_format("nvidia/%s/lib", wheels[i].folder);
        } else {
            return false;
        }
        return true;
    }
    return false;
}

void bp_wheel_free(struct bp_wheel *wheel) {
    free(wheel->name);
    free(wheel->folder);
    *wheel = (struct bp_wheel){0};
}

char *bp_wheel_site(const cJSON *interpreter) {
    const char *place = bp_json_text_at(interpreter, "/packages/torch/0/place");
    if (!place) {
        place = cJSON_GetStringValue(bp_json_at(interpreter, "/site_folders/0"));
    }
    return bp_strdup(place);
}

void bp_assume_libraries(struct bp_assuming *assuming) {
    const struct bp_strs *libraries = &assuming->assumed->libraries;
    for (size_t i = 0; i < libraries->count; i++) {
        const char *soname = libraries->items[i];
        struct bp_wheel wheel;
        cJSON *candidate = bp_assuming_wheel_library(assuming, soname, "wheel");
        char *site = bp_wheel_site(assuming->interpreter);
        if (site && bp_wheel_of_library(soname, &wheel)) {
            char *folder = bp_join(site, wheel.folder);
            char *path = bp_join(folder, soname);
            bp_json_set_text(candidate, "path", path);
            free(path);
            free(folder);
            bp_wheel_free(&wheel);
        }
        bp_assuming_add_candidate(bp_assuming_candidates(assuming), soname, candidate);
        free(site);
    }
}
