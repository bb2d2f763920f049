/* Source trees of bitsandbytes, and entry points that extend an installed one. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/bitsandbytes.h"
#include "probe/packages.h"
#include "probe/python.h"
#include "probe/python_source.h"

static const size_t project_file_limit = (size_t)256 << 10;
static const char group_header[] = "[bitsandbytes.backends]";

/* CMakeLists.txt came with 0.43.0; csrc was there before. */
static bool has_native_sources(const struct bp_root *root, const char *folder) {
    return bp_root_holds(root, folder, "CMakeLists.txt") || bp_root_holds(root, folder, "csrc");
}

char *bp_bitsandbytes_checkout(const struct bp_root *root, const char *path) {
    char *folder = bp_dir_name(path);
    const char *name = bp_base_name(folder);
    bool installed = bp_equal(name, "site-packages") || bp_equal(name, "dist-packages");
    if (!installed && has_native_sources(root, folder)) {
        return folder;
    }
    free(folder);
    return NULL;
}

static char *project_version(const struct bp_root *root, const char *tree) {
    char *package = bp_join(tree, "bitsandbytes");
    char *version = bp_package_source_version(root, package, NULL);
    free(package);
    if (!version) {
        struct bp_str text = BP_STR_EMPTY;
        char *path = bp_join(tree, "pyproject.toml");
        if (bp_root_read(root, path, project_file_limit, &text, NULL) == 0) {
            version = bp_python_assignment(text.data, "version").text;
        }
        free(path);
        bp_str_free(&text);
    }
    return version;
}

static void add_tree(const struct bp_root *root, const char *tree, cJSON *sources) {
    if (!bp_root_holds(root, tree, "bitsandbytes/__init__.py") || !has_native_sources(root, tree)) {
        return;
    }
    char *version = project_version(root, tree);
    cJSON *source = cJSON_CreateObject();
    bp_json_set_text(source, "path", tree);
    bp_json_set_text(source, "version", version);
    cJSON_AddItemToArray(sources, source);
    free(version);
}

/* In the tree itself, in a folder such as its build, or beside it. */
cJSON *bp_bitsandbytes_sources(const struct bp_probe *probe) {
    cJSON *sources = cJSON_CreateArray();
    char *folder = bp_working_folder(probe);
    if (folder) {
        char *parent = bp_dir_name(folder);
        char *clone = bp_join(folder, "bitsandbytes");
        add_tree(probe->root, folder, sources);
        if (!bp_equal(parent, folder)) {
            add_tree(probe->root, parent, sources);
        }
        add_tree(probe->root, clone, sources);
        free(clone);
        free(parent);
    }
    free(folder);
    return sources;
}

/* The entries of the group in one entry_points.txt. */
static void read_entry_points(char *text, cJSON *backends) {
    struct bp_strs lines = {0};
    bool in_group = false;
    bp_strs_split(&lines, text, '\n', false);
    for (size_t i = 0; i < lines.count; i++) {
        const char *line = bp_trim(lines.items[i]);
        if (line[0] == '[') {
            in_group = bp_equal(line, group_header);
        } else if (in_group && strchr(line, '=') && line[0] != '#' && line[0] != ';') {
            cJSON_AddItemToArray(backends, cJSON_CreateString(line));
        }
    }
    bp_strs_free(&lines);
}

cJSON *bp_bitsandbytes_backends(const struct bp_root *root, const struct bp_strs *site_folders) {
    cJSON *backends = cJSON_CreateArray();
    for (size_t i = 0; i < site_folders->count; i++) {
        struct bp_strs names = {0};
        bp_root_list(root, site_folders->items[i], 0, &names, NULL);
        for (size_t n = 0; n < names.count; n++) {
            if (!bp_ends_with(names.items[n], "-info")) {
                continue;
            }
            struct bp_str text = BP_STR_EMPTY;
            char *path =
                bp_format("%s/%s/entry_points.txt", site_folders->items[i], names.items[n]);
            if (bp_root_read(root, path, project_file_limit, &text, NULL) == 0 &&
                strstr(text.data, group_header)) {
                read_entry_points(text.data, backends);
            }
            free(path);
            bp_str_free(&text);
        }
        bp_strs_free(&names);
    }
    return backends;
}
