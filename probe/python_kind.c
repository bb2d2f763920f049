/* What kind of interpreter it is, and which application brings it along. */
#include "probe/python.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/macos/macos.h"
#include "probe/windows/pythons.h"

/*
 * Files that show, in the folder that an application's environment stands in, which one
 * it is. The first row whose two markers are there decides, so forks with a marker of
 * their own stand before what they forked.
 */
struct application {
    const char *name;
    const char *marker;
    const char *second_marker; /* or NULL */
};

static const struct application applications[] = {
    {"forge", "modules_forge", "webui.py"},
    {"forge", "webui/modules_forge", "webui/webui.py"},
    {"sdnext", "installer.py", "modules/sd_models.py"},
    {"fooocus", "fooocus_version.py", NULL},
    {"fooocus", "Fooocus/fooocus_version.py", NULL},
    {"stable-diffusion-webui", "webui.py", "modules/shared.py"},
    {"stable-diffusion-webui", "webui/webui.py", "webui/modules/shared.py"},
    {"text-generation-webui", "server.py", "modules/text_generation.py"},
    {"text-generation-webui", "one_click.py", NULL},
    {"kohya_ss", "kohya_gui.py", NULL},
    {"kohya_ss", "kohya_gui", NULL},
    {"kohya_ss", "library/train_util.py", "train_network.py"},
    {"comfyui", "comfy", "execution.py"},
    {"comfyui", "ComfyUI/comfy", NULL},
    {"invokeai", "invokeai.yaml", NULL},
    {"ai-toolkit", "toolkit", "extensions_built_in"},
    {"onetrainer", "modules/trainer", "scripts/train_ui.py"},
};

/* How far above the environment an application's own folder may be. */
static const int levels_above = 2;

static bool has(const struct bp_root *root, const char *folder, const char *name) {
    struct bp_file_status status;
    char *path = bp_join(folder, name);
    bool there = bp_root_status(root, path, &status, NULL) == 0;
    free(path);
    return there;
}

static const char *application_in(const struct bp_root *root, const char *folder) {
    for (size_t i = 0; i < sizeof applications / sizeof *applications; i++) {
        const struct application *row = &applications[i];
        if (has(root, folder, row->marker) &&
            (!row->second_marker || has(root, folder, row->second_marker))) {
            return row->name;
        }
    }
    return NULL;
}

static const char *find_application(const struct bp_root *root, const char *prefix) {
    char *folder = bp_dir_name(prefix);
    const char *found = NULL;
    for (int level = 0; level < levels_above && !found && strlen(bp_base_name(folder)) > 0;
         level++) {
        found = application_in(root, folder);
        char *parent = bp_dir_name(folder);
        free(folder);
        folder = parent;
    }
    free(folder);
    if (!found && bp_equal(bp_base_name(prefix), "python_embeded")) {
        found = "comfyui"; /* the portable edition's own spelling */
    }
    return found;
}

/* Folders of the interpreters that pyenv, asdf, mise and uv install. */
static bool is_standalone(const char *prefix) {
    static const char *const folders[] = {"/.pyenv/versions/", "/pyenv/versions/",
                                          "/installs/python/", "/uv/python/",
                                          "/.rye/py/",         "/.hatch/pythons/"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        if (strstr(prefix, folders[i])) {
            return true;
        }
    }
    return false;
}

static bool is_below_home(const struct bp_probe *probe, const char *prefix) {
    const char *home = bp_probe_env(probe, "HOME");
    return (home && home[0] == '/' && !bp_equal(home, "/") && bp_path_inside(prefix, home)) ||
           bp_path_inside(prefix, "/home") ||
           (bp_path_inside(prefix, "/Users") && bp_macos_is(probe->root)) ||
           bp_path_inside(prefix, "/root");
}

const char *bp_python_kind(const struct bp_probe *probe, const struct bp_interpreter *interpreter,
                           const char **application) {
    const char *prefix = interpreter->prefix;
    bool system = bp_equal(prefix, "/usr") || bp_equal(prefix, "/usr/local") ||
                  bp_equal(prefix, "/") ||
                  strstr(prefix, "/Python3.framework/Versions/") != NULL; /* Apple's own */
    *application = system ? NULL : find_application(probe->root, prefix);
    if (*application) {
        return "app-embedded";
    }
    if (interpreter->virtual_env) {
        return "venv";
    }
    if (has(probe->root, prefix, "conda-meta")) {
        return "conda";
    }
    if (system) {
        return "system";
    }
    if (probe->root->drive) {
        return interpreter->path_file ? "app-embedded" : bp_windows_python_kind(interpreter);
    }
    return is_standalone(prefix)          ? "standalone"
           : is_below_home(probe, prefix) ? "user"
                                          : "standalone";
}
