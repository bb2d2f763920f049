/* Finding the copies of each package of interest along the search path. */
#include "probe/packages.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

/* Projects that always have an entry, an empty one where they are not installed. */
static const char *const always[] = {"bitsandbytes",  "torch",
                                     "transformers",  "accelerate",
                                     "peft",          "triton",
                                     "diffusers",     "numpy",
                                     "scipy",         "safetensors",
                                     "deepspeed",     "tensorflow",
                                     "jax",           "jaxlib",
                                     "flash-attn",    "xformers",
                                     "trl",           "optimum",
                                     "sentencepiece", "pip",
                                     "setuptools",    "intel-extension-for-pytorch"};

/* Import packages that are told of even where a bare folder without metadata holds them. */
static const char *const imported[] = {"bitsandbytes", "torch", "transformers",
                                       "accelerate",   "peft",  "triton"};

struct search {
    const struct bp_root *root;
    struct bp_facts *facts;
    const char *pointer;
    cJSON *packages;
    struct bp_strs linked; /* project folders that egg-links or direct_url.json name */
};

static cJSON *copies_of(cJSON *packages, const char *key) {
    cJSON *copies = cJSON_GetObjectItemCaseSensitive(packages, key);
    return copies ? copies : cJSON_AddArrayToObject(packages, key);
}

/* An egg-link's first line is the project's folder. */
static void read_egg_link(struct search *search, const char *path) {
    char *line = bp_root_read_line(search->root, path, NULL);
    if (line) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] == '/') {
            bp_strs_add_once(&search->linked, line);
        }
        free(line);
    }
}

static bool wants_requires(const char *key) {
    return bp_equal(key, "bitsandbytes") || bp_equal(key, "torch") || bp_equal(key, "transformers");
}

/* The copy among `copies` whose direct_url.json names the folder `place`, or NULL. */
static const cJSON *editable_from(const cJSON *copies, const char *place) {
    const cJSON *copy = NULL;
    cJSON_ArrayForEach(copy, copies) {
        char *source = bp_file_url_path(bp_json_text(copy, "source"));
        bool same = source && bp_equal(source, place);
        free(source);
        if (same && bp_json_is_true(copy, "editable")) {
            return copy;
        }
    }
    return NULL;
}

static void add_copy(struct search *search, const char *place, const char *path,
                     const struct bp_metadata_name *name, const char *key) {
    cJSON *copies = copies_of(search->packages, key);
    if (editable_from(copies, place)) {
        return; /* what building the editable install left in the project's own folder */
    }
    struct bp_str pointer = BP_STR_EMPTY;
    bp_str_add(&pointer, search->pointer);
    bp_pointer_add(&pointer, key);
    bp_str_addf(&pointer, "/%d", cJSON_GetArraySize(copies));
    cJSON *copy = bp_package_copy(search->root, place, path, name, wants_requires(key),
                                  search->facts, pointer.data);
    if (bp_strs_has(&search->linked, place)) {
        bp_json_set_bool(copy, "editable", true);
        bp_json_set_text(copy, "source", place);
    }
    cJSON_AddItemToArray(copies, copy);
    bp_str_free(&pointer);
}

static void take_entry(struct search *search, const char *place, const char *file_name) {
    struct bp_metadata_name name;
    if (!bp_metadata_name_read(file_name, &name)) {
        return;
    }
    char *key = bp_package_normal_name(name.name);
    char *path = bp_join(place, file_name);
    if (bp_package_of_interest(key)) {
        if (name.kind == BP_METADATA_EGG_LINK) {
            read_egg_link(search, path);
        } else if (name.kind == BP_METADATA_DIST_INFO || name.kind == BP_METADATA_EGG_INFO) {
            add_copy(search, place, path, &name, key);
        }
    }
    free(path);
    free(key);
    bp_metadata_name_free(&name);
}

/* Whether some copy found in `place` may have brought the import package `name` there. */
static bool is_explained(const struct search *search, const char *place, const char *name) {
    const cJSON *copies = NULL;
    cJSON_ArrayForEach(copies, search->packages) {
        if (!bp_starts_with(copies->string, name) &&
            !(bp_equal(name, "triton") && bp_starts_with(copies->string, "pytorch-triton"))) {
            continue;
        }
        const cJSON *copy = NULL;
        cJSON_ArrayForEach(copy, copies) {
            if (bp_equal(bp_json_text(copy, "place"), place)) {
                return true;
            }
        }
        if (editable_from(copies, place)) {
            return true;
        }
    }
    return false;
}

static void take_bare_folders(struct search *search, const char *place,
                              const struct bp_strs *names) {
    for (size_t i = 0; i < sizeof imported / sizeof *imported; i++) {
        if (!bp_strs_has(names, imported[i]) || is_explained(search, place, imported[i])) {
            continue;
        }
        char *module = bp_format("%s/%s/__init__.py", place, imported[i]);
        if (bp_root_is_file(search->root, module)) {
            cJSON_AddItemToArray(copies_of(search->packages, imported[i]),
                                 bp_package_bare_copy(search->root, place, imported[i]));
        }
        free(module);
    }
}

/* An egg that is itself on the search path keeps its metadata inside. */
static void take_egg(struct search *search, const char *place) {
    struct bp_metadata_name name;
    if (!bp_metadata_name_read(bp_base_name(place), &name)) {
        return;
    }
    char *key = bp_package_normal_name(name.name);
    if (name.kind == BP_METADATA_EGG && bp_package_of_interest(key)) {
        char *metadata = bp_join(place, "EGG-INFO");
        bool is_folder = bp_root_is_folder(search->root, metadata);
        add_copy(search, place, is_folder ? metadata : place, &name, key);
        free(metadata);
    }
    free(key);
    bp_metadata_name_free(&name);
}

static void take_folder(struct search *search, const char *place) {
    struct bp_strs names = {0};
    if (bp_ends_with(place, ".egg")) {
        take_egg(search, place);
    }
    bp_root_list(search->root, place, 0, &names, NULL);
    for (size_t i = 0; i < names.count; i++) {
        take_entry(search, place, names.items[i]);
    }
    take_bare_folders(search, place, &names);
    bp_strs_free(&names);
}

/* conda's name of a package that PyPI names otherwise. The caller frees it. */
static char *key_of_conda_name(const char *name) {
    return bp_equal(name, "pytorch") ? bp_strdup("torch") : bp_package_normal_name(name);
}

/* Marks the copy that conda's record tells of; where there is none, the record is one. */
static void take_conda_record(struct search *search, const char *prefix, const char *file_name) {
    struct bp_metadata_name name;
    if (!bp_metadata_name_read(file_name, &name)) {
        return;
    }
    char *key = key_of_conda_name(name.name);
    char *path = bp_format("%s/conda-meta/%s", prefix, file_name);
    bool told = name.kind != BP_METADATA_CONDA || !bp_package_of_interest(key);
    cJSON *copy = NULL;
    cJSON_ArrayForEach(copy, cJSON_GetObjectItemCaseSensitive(search->packages, key)) {
        const char *place = bp_json_text(copy, "place");
        bool ours = place && bp_starts_with(place, prefix) &&
                    bp_equal(bp_json_text(copy, "version"), name.version);
        if (ours && !told && !bp_json_text(copy, "installer")) {
            bp_json_set_text(copy, "installer", "conda");
        }
        told |= ours;
    }
    if (!told) {
        add_copy(search, prefix, path, &name, key);
    }
    free(path);
    free(key);
    bp_metadata_name_free(&name);
}

static void take_conda_records(struct search *search, const char *prefix) {
    struct bp_strs names = {0};
    char *folder = bp_join(prefix, "conda-meta");
    bp_root_list(search->root, folder, 0, &names, NULL);
    for (size_t i = 0; i < names.count; i++) {
        take_conda_record(search, prefix, names.items[i]);
    }
    free(folder);
    bp_strs_free(&names);
}

/* Whether this folder was not listed under another name before (lib64 -> lib). */
static bool is_new(struct bp_strs *seen, const struct bp_file_status *status) {
    char *identity = bp_format("%llu:%llu", (unsigned long long)status->device,
                               (unsigned long long)status->inode);
    bool added = bp_strs_add_once(seen, identity);
    free(identity);
    return added;
}

cJSON *bp_packages_find(const struct bp_root *root, const struct bp_strs *search_path,
                        const char *prefix, struct bp_facts *facts, const char *pointer) {
    struct search search = {
        .root = root, .facts = facts, .pointer = pointer, .packages = cJSON_CreateObject()};
    struct bp_strs seen = {0};
    for (size_t i = 0; i < sizeof always / sizeof *always; i++) {
        cJSON_AddArrayToObject(search.packages, always[i]);
    }
    for (size_t i = 0; i < search_path->count; i++) {
        struct bp_file_status status;
        const char *place = search_path->items[i];
        if (bp_root_status(root, place, &status, NULL) != 0) {
            continue;
        }
        if (status.kind == BP_FILE_FOLDER && is_new(&seen, &status)) {
            take_folder(&search, place);
        } else if (status.kind == BP_FILE_REGULAR && bp_ends_with(place, ".egg")) {
            take_egg(&search, place);
        }
    }
    if (prefix) {
        take_conda_records(&search, prefix);
    }
    bp_strs_free(&seen);
    bp_strs_free(&search.linked);
    return search.packages;
}
