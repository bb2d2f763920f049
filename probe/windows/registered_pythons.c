#include "probe/windows/registered_pythons.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/version.h"
#include "probe/os/registry.h"
#include "probe/python.h"
#include "probe/windows/drive.h"

static const size_t settings_limit = 65536;

static void add(struct bp_registered_pythons *list, enum bp_registry registry, const char *key,
                const char *company, const char *tag) {
    char *place = bp_format("%s\\%s\\%s\\InstallPath", key, company, tag);
    char *executable = bp_registry_text(registry, place, "ExecutablePath");
    char *folder = executable ? NULL : bp_registry_text(registry, place, NULL);
    if (!executable && folder) {
        executable = bp_join(folder, "python.exe");
    }
    if (executable && bp_drive_is_absolute(executable)) {
        list->items = bp_realloc_array(list->items, list->count + 1, sizeof *list->items);
        list->items[list->count++] = (struct bp_registered_python){
            bp_strdup(company), bp_strdup(tag), bp_path_normal("C:/", executable)};
    }
    free(folder);
    free(executable);
    free(place);
}

static void read_key(struct bp_registered_pythons *list, enum bp_registry registry,
                     const char *key) {
    struct bp_strs companies = {0};
    bp_registry_keys(registry, key, &companies);
    for (size_t i = 0; i < companies.count; i++) {
        struct bp_strs tags = {0};
        char *company = bp_format("%s\\%s", key, companies.items[i]);
        bool launcher = strcasecmp(companies.items[i], "PyLauncher") == 0; /* kept for itself */
        if (!launcher) {
            bp_registry_keys(registry, company, &tags);
        }
        for (size_t t = 0; t < tags.count; t++) {
            add(list, registry, key, companies.items[i], tags.items[t]);
        }
        free(company);
        bp_strs_free(&tags);
    }
    bp_strs_free(&companies);
}

void bp_registered_pythons_read(struct bp_registered_pythons *list) {
    *list = (struct bp_registered_pythons){0};
    read_key(list, BP_REGISTRY_USER, "Software\\Python");
    read_key(list, BP_REGISTRY_MACHINE, "Software\\Python");
    read_key(list, BP_REGISTRY_MACHINE, "Software\\WOW6432Node\\Python");
}

void bp_registered_pythons_free(struct bp_registered_pythons *list) {
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].company);
        free(list->items[i].tag);
        free(list->items[i].executable);
    }
    free(list->items);
    *list = (struct bp_registered_pythons){0};
}

/* "python" of [defaults] in a py.ini, or NULL. The caller frees it. */
static char *setting_in(const struct bp_root *root, const char *folder) {
    struct bp_str text = BP_STR_EMPTY;
    struct bp_strs lines = {0};
    char *path = bp_join(folder, "py.ini");
    char *setting = NULL;
    bool in_defaults = false;
    bp_root_read(root, path, settings_limit, &text, NULL);
    bp_strs_split(&lines, text.data, '\n', false);
    for (size_t i = 0; i < lines.count && !setting; i++) {
        char *line = bp_trim(lines.items[i]);
        char *equals = strchr(line, '=');
        if (line[0] == '[') {
            in_defaults = strcasecmp(line, "[defaults]") == 0;
        } else if (in_defaults && equals && line[0] != ';') {
            *equals = '\0';
            setting =
                strcasecmp(bp_trim(line), "python") == 0 ? bp_strdup(bp_trim(equals + 1)) : NULL;
        }
    }
    free(path);
    bp_strs_free(&lines);
    bp_str_free(&text);
    return setting;
}

/* What was asked of the launcher, "3", "3.11" or "3.11-32", and by what; NULL: nothing. */
static char *launcher_setting(const struct bp_probe *probe, const char **by) {
    const char *variable = bp_probe_env(probe, "PY_PYTHON");
    static const char *const folders[] = {"LOCALAPPDATA", "WINDIR"};
    if (variable && *variable) {
        *by = "PY_PYTHON";
        return bp_strdup(variable);
    }
    char *setting = NULL;
    for (size_t i = 0; i < sizeof folders / sizeof *folders && !setting; i++) {
        char *folder = bp_drive_variable(probe, folders[i]);
        setting = folder ? setting_in(probe->root, folder) : NULL;
        free(folder);
    }
    *by = "py.ini";
    return setting;
}

/* "3" allows each 3.x, "3.11" that alone and its 32-bit build. */
static bool allows(const char *setting, const char *tag) {
    size_t length = strlen(setting);
    return strncasecmp(tag, setting, length) == 0 &&
           (!tag[length] || tag[length] == '-' || (tag[length] == '.' && !strchr(setting, '.')));
}

static bool is_newer(const struct bp_registered_python *left,
                     const struct bp_registered_python *right) {
    int order = 0;
    char *first = bp_strndup(left->tag, strspn(left->tag, "0123456789."));
    char *second = bp_strndup(right->tag, strspn(right->tag, "0123456789."));
    bool newer = bp_version_compare(first, second, &order) && order > 0;
    free(second);
    free(first);
    return newer;
}

const struct bp_registered_python *
bp_registered_pythons_default(const struct bp_registered_pythons *list,
                              const struct bp_probe *probe, char **because) {
    const char *by = NULL;
    char *setting = launcher_setting(probe, &by);
    const struct bp_registered_python *best = NULL;
    for (size_t i = 0; i < list->count; i++) {
        const struct bp_registered_python *item = &list->items[i];
        /* Without a company the launcher looks at PythonCore alone. */
        if (strcasecmp(item->company, "PythonCore") == 0 &&
            (!setting || allows(setting, item->tag)) && (!best || is_newer(item, best))) {
            best = item;
        }
    }
    *because = !best     ? NULL
               : setting ? bp_format("the py launcher's choice by %s", by)
                         : bp_strdup("the py launcher's choice: the newest that is registered");
    free(setting);
    return best;
}
