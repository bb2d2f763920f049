#include "probe/windows/drive.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "probe/python.h"

/* More homes or installations than any machine has. */
static const size_t names_limit = 4096;

bool bp_drive_is_absolute(const char *path) {
    bool drive =
        isalpha((unsigned char)path[0]) && path[1] == ':' && (path[2] == '/' || path[2] == '\\');
    return drive || bp_starts_with(path, "\\\\") || bp_starts_with(path, "//");
}

bool bp_drive_same(const char *left, const char *right) {
    return left && right && strcasecmp(left, right) == 0;
}

char *bp_drive_variable(const struct bp_probe *probe, const char *name) {
    const char *value = bp_probe_env(probe, name);
    return value && bp_drive_is_absolute(value) ? bp_path_normal("C:/", value) : NULL;
}

/* `name` below the folder that a variable names, in another root below its usual place. */
static char *in_known_folder(const struct bp_probe *probe, const char *variable, const char *usual,
                             const char *name) {
    char *known = bp_drive_variable(probe, variable);
    const char *folder = known ? known : usual;
    char *path = *name ? bp_join(folder, name) : bp_strdup(folder);
    free(known);
    return path;
}

char *bp_drive_in_system(const struct bp_probe *probe, const char *name) {
    char *below = *name ? bp_join("System32", name) : bp_strdup("System32");
    char *path = in_known_folder(probe, "SystemRoot", "C:/Windows", below);
    free(below);
    return path;
}

char *bp_drive_in_programs(const struct bp_probe *probe, const char *name) {
    return in_known_folder(probe, "ProgramFiles", "C:/Program Files", name);
}

static bool has_folder(const struct bp_strs *folders, const char *folder) {
    for (size_t i = 0; i < folders->count; i++) {
        if (bp_drive_same(folders->items[i], folder)) {
            return true;
        }
    }
    return false;
}

void bp_drive_list(const char *list, struct bp_strs *folders) {
    struct bp_strs entries = {0};
    bp_strs_split(&entries, list ? list : "", ';', false);
    for (size_t i = 0; i < entries.count; i++) {
        char *entry = bp_trim(entries.items[i]);
        size_t length = strlen(entry);
        if (length > 1 && entry[0] == '"' && entry[length - 1] == '"') {
            entry[length - 1] = '\0';
            entry++;
        }
        /* A relative entry means another program in each folder. */
        char *folder = bp_drive_is_absolute(entry) ? bp_path_normal("C:/", entry) : NULL;
        if (folder && !has_folder(folders, folder)) {
            bp_strs_add(folders, folder);
        }
        free(folder);
    }
    bp_strs_free(&entries);
}

void bp_drive_homes(const struct bp_probe *probe, struct bp_strs *homes) {
    if (probe->root->live) {
        char *home = bp_drive_variable(probe, "USERPROFILE");
        if (home) {
            bp_strs_add_owned(homes, home);
        }
        return;
    }
    static const char *const nobody[] = {"All Users", "Default", "Default User", "Public",
                                         "desktop.ini"};
    struct bp_strs names = {0};
    bp_root_list(probe->root, "C:/Users", names_limit, &names, NULL);
    for (size_t i = 0; i < names.count; i++) {
        bool person = true;
        for (size_t n = 0; n < sizeof nobody / sizeof *nobody; n++) {
            person &= !bp_drive_same(names.items[i], nobody[n]);
        }
        if (person) {
            bp_strs_add_owned(homes, bp_join("C:/Users", names.items[i]));
        }
    }
    bp_strs_free(&names);
}

char *bp_drive_home_of(const char *path) {
    static const char users[] = "C:/Users/";
    size_t length = sizeof users - 1;
    if (strncasecmp(path, users, length) != 0 || !path[length]) {
        return NULL;
    }
    return bp_strndup(path, length + strcspn(path + length, "/"));
}

struct bp_pe_version bp_drive_file_version(const struct bp_root *root, const char *path) {
    struct bp_pe_version version = {0};
    struct bp_map map;
    struct bp_pe pe;
    if (bp_root_map(root, path, &map, NULL) != 0) {
        return version;
    }
    if (bp_pe_open(&pe, bp_cursor_of(map.data, map.size), NULL) == 0) {
        bp_pe_version_read(&pe, &version, NULL);
    }
    bp_pe_close(&pe);
    bp_map_close(&map);
    return version;
}

/* "*" stands for any letters; nothing else is special. */
static bool matches(const char *pattern, const char *name) {
    const char *star = NULL;
    const char *behind = NULL;
    while (*name) {
        if (*pattern == '*') {
            star = ++pattern;
            behind = name;
        } else if (tolower((unsigned char)*pattern) == tolower((unsigned char)*name)) {
            pattern++;
            name++;
        } else if (star) {
            pattern = star;
            name = ++behind;
        } else {
            return false;
        }
    }
    while (*pattern == '*') {
        pattern++;
    }
    return !*pattern;
}

void bp_drive_match(const struct bp_root *root, const char *parent, const char *pattern, bool files,
                    struct bp_strs *paths) {
    struct bp_strs names = {0};
    bp_root_list(root, parent, names_limit, &names, NULL);
    for (size_t i = 0; i < names.count; i++) {
        if (matches(pattern, names.items[i])) {
            char *path = bp_join(parent, names.items[i]);
            if (files || bp_root_is_folder(root, path)) {
                bp_strs_add(paths, path);
            }
            free(path);
        }
    }
    bp_strs_free(&names);
}
