/* Where the Pythons of a Mac stand, and what is in them. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/binary/binary.h"
#include "probe/macos/macos.h"

/* Appends BASE/NAME/rest for each name in a folder that begins with `start`. */
static void add_each(const struct bp_root *root, const char *base, const char *start,
                     const char *rest, struct bp_strs *folders) {
    struct bp_strs names = {0};
    bp_root_list(root, base, 0, &names, NULL);
    for (size_t i = names.count; i > 0; i--) { /* newest first, as far as names sort so */
        if (bp_starts_with(names.items[i - 1], start)) {
            bp_strs_add_owned(folders, bp_format("%s/%s/%s", base, names.items[i - 1], rest));
        }
    }
    bp_strs_free(&names);
}

/*
 * Homebrew's folders are /opt/homebrew on Apple silicon and /usr/local on Intel; a python@3.x
 * that is not the newest is linked into no common folder.
 */
void bp_macos_python_folders(const struct bp_root *root, struct bp_strs *folders) {
    bp_strs_add(folders, "/opt/homebrew/bin");
    bp_strs_add(folders, "/usr/local/bin");
    add_each(root, "/opt/homebrew/opt", "python@3", "bin", folders);
    add_each(root, "/usr/local/opt", "python@3", "bin", folders);
    add_each(root, "/Library/Frameworks/Python.framework/Versions", "3.", "bin", folders);
    bp_strs_add(folders, "/Library/Developer/CommandLineTools/usr/bin");
    bp_strs_add(folders, "/Applications/Xcode.app/Contents/Developer/usr/bin");
    bp_strs_add(folders, "/opt/local/bin"); /* MacPorts */
    add_each(root, "/opt/homebrew/Caskroom", "mini", "base/bin", folders);
    add_each(root, "/usr/local/Caskroom", "mini", "base/bin", folders);
}

char *bp_macos_only_home(const struct bp_root *root) {
    struct bp_strs names = {0};
    char *home = NULL;
    size_t homes = 0;
    bp_root_list(root, "/Users", 0, &names, NULL);
    for (size_t i = 0; i < names.count; i++) {
        const char *name = names.items[i];
        if (name[0] != '.' && strcmp(name, "Shared") != 0 && strcmp(name, "Guest") != 0) {
            free(home);
            home = bp_join("/Users", name);
            homes++;
        }
    }
    bp_strs_free(&names);
    if (homes != 1) {
        free(home);
        home = NULL;
    }
    return home;
}

cJSON *bp_macos_torch_mps(const struct bp_root *root, const char *version_file) {
    static const char metal[] = "/System/Library/Frameworks/Metal.framework/";
    char *package = bp_dir_name(version_file);
    char *path = bp_join(package, "lib/libtorch_cpu.dylib");
    cJSON *facts = bp_binary_facts(root, path, &(struct bp_binary_wishes){0}, NULL);
    const cJSON *needed = bp_json_get(facts, "needed");
    cJSON *answer = cJSON_IsArray(needed) ? cJSON_CreateFalse() : cJSON_CreateNull();
    const cJSON *library;
    cJSON_ArrayForEach(library, needed) {
        if (cJSON_IsString(library) && bp_starts_with(library->valuestring, metal)) {
            cJSON_Delete(answer);
            answer = cJSON_CreateTrue();
            break;
        }
    }
    cJSON_Delete(facts);
    free(path);
    free(package);
    return answer;
}
