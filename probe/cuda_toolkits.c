/* CUDA toolkits in the usual places. Nothing is run: the version stands in the toolkit's files. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/collector.h"
#include "probe/lines.h"
#include "probe/windows/dll_folders.h"
#include "probe/windows/drive.h"

/* cuda.h is a megabyte; its version stands near the top. */
#define HEADER_LIMIT ((size_t)64 << 10)

struct search {
    const struct bp_root *root;
    struct bp_strs seen; /* real folders that are listed */
    cJSON *toolkits;
};

static char *read_in(const struct bp_root *root, const char *folder, const char *name,
                     size_t limit) {
    struct bp_str text = BP_STR_EMPTY;
    char *path = bp_join(folder, name);
    bp_root_read(root, path, limit, &text, NULL); /* a longer file: its start will do */
    free(path);
    return bp_str_detach(&text);
}

/* version.json since CUDA 11.1: {"cuda": {"name": "CUDA SDK", "version": "12.4.0"}, ...}. */
static char *version_of_json(const char *text) {
    cJSON *document = bp_json_parse(text, strlen(text), NULL);
    char *version = bp_strdup(bp_json_text_at(document, "/cuda/version"));
    cJSON_Delete(document);
    return version;
}

/* version.txt before: "CUDA Version 10.2.89". */
static char *version_of_text(const char *text) {
    return bp_starts_with(text, "CUDA Version") ? bp_text_version(text) : NULL;
}

/* "#define CUDA_VERSION 12040" is 12.4. */
static char *version_of_header(const char *text) {
    static const char label[] = "#define CUDA_VERSION ";
    const char *at = strstr(text, label);
    long number = at ? strtol(at + sizeof label - 1, NULL, 10) : 0;
    return number >= 1000 ? bp_format("%ld.%ld", number / 1000, number % 1000 / 10) : NULL;
}

struct source {
    const char *name;
    size_t limit;
    char *(*version)(const char *text);
};

/* The better a source, the earlier; the header tells no third part. */
static const struct source sources[] = {
    {"version.json", 0, version_of_json},
    {"version.txt", 0, version_of_text},
    {"include/cuda.h", HEADER_LIMIT, version_of_header},
    {"targets/x86_64-linux/include/cuda.h", HEADER_LIMIT, version_of_header},
    {"targets/sbsa-linux/include/cuda.h", HEADER_LIMIT, version_of_header},
    {"targets/aarch64-linux/include/cuda.h", HEADER_LIMIT, version_of_header},
};

static char *version_of(const struct bp_root *root, const char *folder, const char **from) {
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        char *text = read_in(root, folder, sources[i].name, sources[i].limit);
        char *version = *text ? sources[i].version(text) : NULL;
        free(text);
        if (version) {
            *from = sources[i].name;
            return version;
        }
    }
    return NULL;
}

static bool holds(const struct bp_root *root, const char *folder, const char *name) {
    char *path = bp_join(folder, name);
    bool is_there = bp_root_is_file(root, path);
    free(path);
    return is_there;
}

/* Lists `folder` if it is a toolkit that is not listed yet. */
static void consider(struct search *search, const char *folder, const char *found_from) {
    char *real = folder && *folder ? bp_root_resolve(search->root, folder, NULL) : NULL;
    if (!real || bp_strs_has(&search->seen, real) || !bp_root_is_folder(search->root, real)) {
        free(real);
        return;
    }
    const char *from = NULL;
    char *version = version_of(search->root, real, &from);
    const char *program = search->root->drive ? "bin/nvcc.exe" : "bin/nvcc";
    bool compiler = holds(search->root, real, program);
    if (version || compiler) {
        char *nvcc = compiler ? bp_join(real, program) : NULL;
        cJSON *toolkit = cJSON_CreateObject();
        bp_json_set_text(toolkit, "path", real);
        bp_json_set_text(toolkit, "version", version);
        bp_json_set_text(toolkit, "from", from);
        bp_json_set_text(toolkit, "nvcc", nvcc);
        bp_json_set_text(toolkit, "found_from", found_from);
        cJSON_AddItemToArray(search->toolkits, toolkit);
        bp_strs_add(&search->seen, real);
        free(nvcc);
    }
    free(version);
    free(real);
}

static void consider_variable(struct search *search, const struct bp_probe *probe,
                              const char *name) {
    consider(search, bp_probe_env(probe, name), name);
}

/*
 * The nvcc that a wrapper script starts: the first absolute path in it that ends in
 * "/nvcc". NULL where `path` is no script or names none.
 */
static char *wrapped_compiler(const struct bp_root *root, const char *path) {
    static const size_t longest_script = 4096;
    struct bp_str text = BP_STR_EMPTY;
    char *found = NULL;
    bp_root_read(root, path, longest_script, &text, NULL);
    const char *at = bp_starts_with(text.data, "#!") ? text.data : "";
    while (!found && (at = strchr(at, '/'))) {
        size_t length = strcspn(at, " \t\n\"'");
        char *word = bp_strndup(at, length);
        if (bp_ends_with(word, "/nvcc")) {
            found = word;
        } else {
            free(word);
        }
        at += length;
    }
    bp_str_free(&text);
    return found;
}

/* The toolkit around the nvcc that PATH leads to: the folder above its real bin folder. */
static void consider_compiler(struct search *search, const struct bp_probe *probe) {
    char *nvcc = bp_probe_find_program(probe, "nvcc");
    char *wrapped = nvcc ? wrapped_compiler(search->root, nvcc) : NULL;
    char *real = nvcc ? bp_root_resolve(search->root, wrapped ? wrapped : nvcc, NULL) : NULL;
    char *bin = real ? bp_dir_name(real) : NULL;
    char *folder = bin ? bp_dir_name(bin) : NULL;
    consider(search, folder, "PATH");
    free(folder);
    free(bin);
    free(real);
    free(wrapped);
    free(nvcc);
}

/* Folders of `parent` whose name begins with `start`. */
static void consider_all(struct search *search, const char *parent, const char *start) {
    struct bp_strs names = {0};
    char *found_from = bp_join(parent, start);
    bp_root_list(search->root, parent, 0, &names, NULL);
    for (size_t i = 0; i < names.count; i++) {
        if (bp_starts_with(names.items[i], start)) {
            char *folder = bp_join(parent, names.items[i]);
            consider(search, folder, found_from);
            free(folder);
        }
    }
    free(found_from);
    bp_strs_free(&names);
}

/* The installer's places, PATH's compiler, and conda's, which has a folder of its own for it. */
static void consider_windows(struct search *search, const struct bp_probe *probe) {
    struct bp_strs folders = {0};
    struct bp_strs found_from = {0};
    bp_windows_toolkits(probe, &folders, &found_from);
    for (size_t i = 0; i < folders.count; i++) {
        consider(search, folders.items[i], found_from.items[i]);
    }
    consider_compiler(search, probe);
    char *conda = bp_drive_variable(probe, "CONDA_PREFIX");
    char *library = conda ? bp_join(conda, "Library") : NULL;
    consider(search, library, "CONDA_PREFIX");
    free(library);
    free(conda);
    bp_strs_free(&found_from);
    bp_strs_free(&folders);
}

static void consider_posix(struct search *search, const struct bp_probe *probe) {
    consider_variable(search, probe, "CUDA_HOME");
    consider_variable(search, probe, "CUDA_PATH");
    consider_compiler(search, probe);
    consider_all(search, "/usr/local", "cuda");
    consider_all(search, "/opt", "cuda");
    consider(search, "/usr/lib/cuda", "/usr/lib/cuda");
    consider(search, "/usr/lib/nvidia-cuda-toolkit", "/usr/lib/nvidia-cuda-toolkit");
    consider_variable(search, probe, "CONDA_PREFIX");
}

void bp_collect_cuda_toolkits(const struct bp_probe *probe, struct bp_facts *facts) {
    struct search search = {.root = probe->root, .toolkits = cJSON_CreateArray()};
    (probe->root->drive ? consider_windows : consider_posix)(&search, probe);
    if (cJSON_GetArraySize(search.toolkits) == 0) {
        bp_facts_status(facts, BP_STATUS_ABSENT, "no CUDA toolkit in the usual places");
    }
    bp_facts_put(facts, "/cuda/toolkits", search.toolkits);
    bp_strs_free(&search.seen);
}
