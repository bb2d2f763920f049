#include "checks/loader/windows_torch.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/loader/windows_paths.h"
#include "checks/loader/windows_resolve.h"
#include "checks/loader/windows_search.h"

/*
 * Whether a DLL is one that torch's wheels, the Visual C++ runtime or the CUDA toolkit bring. Of
 * others it is not known here whether this Windows has them: the facts may not hold all of it.
 */
static bool is_brought_along(const char *name) {
    static const char *const starts[] = {
        "vcruntime140", "msvcp140", "vcomp140", "libomp140", "libiomp5", "c10",   "torch",
        "fbgemm",       "asmjit",   "cudart64", "cublas",    "cudnn",    "cufft", "cusolver",
        "cusparse64",   "curand64", "nvrtc",    "nvJitLink", "mkl_",     "uv."};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        if (bp_windows_starts_with(name, starts[i])) {
            return true;
        }
    }
    return false;
}

/* The second try goes through PATH as well. Where that is not known, it may be there. */
static bool may_be_on_path(const struct bp_machine *machine, const char *name) {
    if (!cJSON_IsArray(bp_json_get(machine->search, "path_folders"))) {
        return false;
    }
    const cJSON *candidate;
    cJSON_ArrayForEach(candidate, bp_dll_candidates(machine, name)) {
        const cJSON *folder;
        cJSON_ArrayForEach(folder, bp_json_get(machine->search, "path_folders")) {
            if (bp_windows_lies_in(bp_json_text(candidate, "path"), cJSON_GetStringValue(folder))) {
                return true;
            }
        }
    }
    return false;
}

/* The DLL for lack of which this one of torch's cannot be opened, or NULL. Caller frees. */
static char *lacking(const struct bp_machine *machine, const cJSON *opened) {
    static const struct bp_torch nothing_loaded = {.installed = BP_NO, .build_known = BP_YES};
    const cJSON *entry;
    cJSON_ArrayForEach(entry, bp_json_get(opened, "needed")) {
        const char *library = cJSON_GetStringValue(entry);
        if (!library) {
            continue;
        }
        struct bp_need need = bp_windows_resolve(machine, &nothing_loaded, opened, library);
        const char *lacks = need.lacks ? need.lacks : library;
        bool fails = (need.outcome == BP_NEED_NOT_FOUND || need.outcome == BP_NEED_UNUSABLE) &&
                     is_brought_along(lacks) && !may_be_on_path(machine, lacks);
        char *name = fails ? bp_strdup(lacks) : NULL;
        bp_need_free(&need);
        if (name) {
            return name;
        }
    }
    return NULL;
}

/* Of the torch that is judged: one that is assumed has no files. */
static bool is_of_torch(const struct bp_machine *machine, const cJSON *opened) {
    char *package = bp_windows_folder(bp_json_text_at(machine->interpreter, "/torch/path"));
    char *lib = package ? bp_format("%s\\lib", package) : NULL;
    bool is = bp_equal(bp_json_text(opened, "role"), "torch-library") &&
              bp_windows_lies_in(bp_json_text(opened, "path"), lib);
    free(lib);
    free(package);
    return is;
}

char *bp_windows_torch_error(const struct bp_machine *machine, const struct bp_torch *torch,
                             char **lacks) {
    *lacks = NULL;
    if (torch->installed != BP_YES) {
        return NULL;
    }
    const cJSON *opened;
    cJSON_ArrayForEach(opened, bp_json_at(machine->snapshot, "/libraries/opened")) {
        *lacks = is_of_torch(machine, opened) ? lacking(machine, opened) : NULL;
        if (*lacks) {
            return bp_format("[WinError 126] The specified module could not be found. Error "
                             "loading \"%s\" or one of its dependencies.",
                             bp_json_text(opened, "path"));
        }
    }
    return NULL;
}
