#include "probe/windows/programs.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/version.h"
#include "probe/python.h"
#include "probe/windows/dll_folders.h"
#include "probe/windows/drive.h"

/* The installer's record of one installation; real ones have some hundred kilobytes. */
static const size_t record_limit = (size_t)16 << 20;

static void usual_folders(const struct bp_probe *probe, struct bp_strs *folders) {
    struct bp_strs found_from = {0};
    struct bp_strs parents = {0};
    bp_strs_add_owned(folders, bp_drive_in_programs(probe, "CMake/bin"));
    bp_windows_toolkits(probe, &parents, &found_from);
    bp_windows_hip_sdks(probe, &parents);
    for (size_t i = parents.count; i > 0; i--) { /* the newest first */
        bp_strs_add_owned(folders, bp_join(parents.items[i - 1], "bin"));
    }
    bp_strs_add(folders, "C:/ProgramData/chocolatey/bin");
    bp_strs_free(&parents);
    bp_strs_free(&found_from);
}

char *bp_windows_find_program(const struct bp_probe *probe, const char *name) {
    struct bp_strs folders = {0};
    char *found = NULL;
    if (probe->root->live) {
        bp_drive_list(bp_probe_env(probe, "PATH"), &folders);
    } else {
        usual_folders(probe, &folders);
    }
    for (size_t i = 0; i < folders.count && !found; i++) {
        char *path = bp_format("%s/%s.exe", folders.items[i], name);
        if (bp_root_is_file(probe->root, path)) {
            found = path;
        } else {
            free(path);
        }
    }
    bp_strs_free(&folders);
    return found;
}

/* --- Visual C++ --- */

/* The newest of the folders that have a version for their name, or NULL. */
static const char *newest(const struct bp_strs *folders) {
    const char *best = NULL;
    for (size_t i = 0; i < folders->count; i++) {
        int order = 0;
        bool newer = !best || (bp_version_compare(bp_base_name(folders->items[i]),
                                                  bp_base_name(best), &order) &&
                               order > 0);
        best = newer ? folders->items[i] : best;
    }
    return best;
}

/* cl.exe of an installation, whichever machine it runs on and compiles for, and its version. */
static char *compiler_in(const struct bp_root *root, const char *installation, char **version) {
    static const char *const places[] = {"bin/Hostx64/x64/cl.exe", "bin/Hostarm64/arm64/cl.exe",
                                         "bin/Hostx86/x64/cl.exe", "bin/Hostx86/x86/cl.exe"};
    struct bp_strs tools = {0};
    char *parent = bp_join(installation, "VC/Tools/MSVC");
    char *found = NULL;
    bp_drive_match(root, parent, "*", false, &tools);
    const char *folder = newest(&tools);
    for (size_t i = 0; folder && i < sizeof places / sizeof *places && !found; i++) {
        char *path = bp_join(folder, places[i]);
        if (bp_root_is_file(root, path)) {
            found = path;
        } else {
            free(path);
        }
    }
    *version = found ? bp_strdup(bp_base_name(folder)) : NULL;
    free(parent);
    bp_strs_free(&tools);
    return found;
}

/* The installation that a record of the installer is about, or NULL. The caller frees it. */
static char *installation_of(const struct bp_root *root, const char *record) {
    struct bp_str text = BP_STR_EMPTY;
    char *path = bp_join(record, "state.json");
    char *installation = NULL;
    if (bp_root_read(root, path, record_limit, &text, NULL) == 0) {
        cJSON *document = bp_json_parse(text.data, text.length, NULL);
        const char *said = bp_json_text(document, "installationPath");
        installation = said ? bp_path_normal("C:/", said) : NULL;
        cJSON_Delete(document);
    }
    free(path);
    bp_str_free(&text);
    return installation;
}

static bool is_newer(const char *version, const char *than) {
    int order = 0;
    return !than || (bp_version_compare(version, than, &order) && order > 0);
}

cJSON *bp_windows_visual_c(const struct bp_probe *probe) {
    static const char records[] = "C:/ProgramData/Microsoft/VisualStudio/Packages/_Instances";
    struct bp_strs instances = {0};
    char *best = NULL;
    char *best_version = NULL;
    bp_drive_match(probe->root, records, "*", false, &instances);
    for (size_t i = 0; i < instances.count; i++) {
        char *version = NULL;
        char *installation = installation_of(probe->root, instances.items[i]);
        char *compiler = installation ? compiler_in(probe->root, installation, &version) : NULL;
        if (compiler && is_newer(version, best_version)) {
            free(best);
            free(best_version);
            best = compiler;
            best_version = version;
        } else {
            free(compiler);
            free(version);
        }
        free(installation);
    }
    cJSON *entry = cJSON_CreateObject();
    bp_json_set_text(entry, "path", best);
    bp_json_set_text(entry, "version", best_version);
    if (best) {
        bp_json_set_text(entry, "from", "its folder's name");
    }
    free(best_version);
    free(best);
    bp_strs_free(&instances);
    return entry;
}
