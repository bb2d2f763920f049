#include "probe/cgroup_place.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/lines.h"

void bp_cgroup_place_free(struct bp_cgroup_place *place) {
    free(place->path);
    free(place->mount);
    free(place->folder);
    *place = (struct bp_cgroup_place){0};
}

static bool has_part(const char *list, char separator, const char *part) {
    struct bp_strs parts = {0};
    bp_strs_split(&parts, list, separator, false);
    bool has = bp_strs_has(&parts, part);
    bp_strs_free(&parts);
    return has;
}

/* One line of /proc/PID/cgroup: "hierarchy:controller,controller:path"; version 2 is "0::path". */
static bool take_group(char *line, const char *controller, struct bp_cgroup_place *place) {
    char *controllers = strchr(line, ':');
    char *path = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!path) {
        return false;
    }
    *controllers++ = '\0';
    *path++ = '\0';
    bool second = bp_equal(line, "0") && *controllers == '\0';
    bool first = has_part(controllers, ',', controller);
    if (!first && (!second || place->version == 1)) {
        return false;
    }
    free(place->path);
    place->version = first ? 1 : 2;
    place->path = bp_strdup(path);
    return first;
}

static void find_group(const struct bp_root *root, const char *controller,
                       struct bp_cgroup_place *place) {
    struct bp_str text = BP_STR_EMPTY;
    struct bp_strs lines = {0};
    bp_root_read(root, "/proc/self/cgroup", 0, &text, NULL);
    bp_strs_split(&lines, text.data, '\n', false);
    for (size_t i = 0; i < lines.count; i++) {
        if (take_group(lines.items[i], controller, place)) {
            break;
        }
    }
    bp_strs_free(&lines);
    bp_str_free(&text);
}

/* White space in a mount's folder is written as \040 and the like (proc(5)). */
static char *unescape(const char *text) {
    struct bp_str plain = BP_STR_EMPTY;
    for (; *text; text++) {
        if (*text == '\\' && strspn(text + 1, "01234567") >= 3) {
            char digits[4] = {text[1], text[2], text[3], '\0'};
            bp_str_add_char(&plain, (char)strtol(digits, NULL, 8));
            text += 3;
        } else {
            bp_str_add_char(&plain, *text);
        }
    }
    return bp_str_detach(&plain);
}

/* A mount of a control group hierarchy. Points into the line's words. */
struct mount {
    const char *top; /* the group that the mount shows as its top */
    const char *folder;
    const char *type;
    const char *options;
};

/* /proc/self/mountinfo: "id parent dev top folder options optional... - type source options". */
static bool parse_mountinfo(const struct bp_strs *words, struct mount *mount) {
    for (size_t i = 6; i + 3 < words->count; i++) {
        if (bp_equal(words->items[i], "-")) {
            *mount = (struct mount){words->items[3], words->items[4], words->items[i + 1],
                                    words->items[i + 3]};
            return true;
        }
    }
    return false;
}

/* /proc/self/mounts: "source folder type options ...", which does not tell the top. */
static bool parse_mounts(const struct bp_strs *words, struct mount *mount) {
    if (words->count < 4) {
        return false;
    }
    *mount = (struct mount){"/", words->items[1], words->items[2], words->items[3]};
    return true;
}

static bool is_wanted(const struct mount *mount, int version, const char *controller) {
    return version == 2
               ? bp_equal(mount->type, "cgroup2")
               : bp_equal(mount->type, "cgroup") && has_part(mount->options, ',', controller);
}

/*
 * The group's folder. In a container whose mount shows only its own part, the group's path
 * begins with the mount's top; a path outside of it (a process moved in from elsewhere,
 * "/..") leaves the mount's own folder, whose limits hold for all that is in it.
 */
static char *folder_of(const struct mount *mount, const char *path) {
    char *folder = unescape(mount->folder);
    char *top = unescape(mount->top);
    size_t length = bp_equal(top, "/") ? 0 : strlen(top);
    const char *rest = path;
    if (bp_starts_with(path, top) && (path[length] == '/' || path[length] == '\0')) {
        rest = path + length;
    } else {
        rest = "";
    }
    if (strstr(rest, "/..")) {
        rest = "";
    }
    char *whole = bp_equal(rest, "") || bp_equal(rest, "/") ? bp_strdup(folder)
                                                            : bp_format("%s%s", folder, rest);
    free(top);
    free(folder);
    return whole;
}

static void find_mount(const struct bp_root *root, const char *controller,
                       struct bp_cgroup_place *place) {
    struct bp_str text = BP_STR_EMPTY;
    bool full = bp_root_read(root, "/proc/self/mountinfo", 0, &text, NULL) == 0;
    if (!full) {
        bp_root_read(root, "/proc/mounts", 0, &text, NULL);
    }
    struct bp_lines lines = bp_lines_of(&text);
    while (!place->mount && bp_lines_next(&lines)) {
        if (!memmem(lines.line, lines.length, "cgroup", 6)) {
            continue;
        }
        struct bp_strs words = {0};
        struct mount mount;
        char *line = bp_strndup(lines.line, lines.length);
        bp_strs_split(&words, line, ' ', false);
        if ((full ? parse_mountinfo(&words, &mount) : parse_mounts(&words, &mount)) &&
            is_wanted(&mount, place->version, controller)) {
            place->mount = unescape(mount.folder);
            place->folder = folder_of(&mount, place->path);
        }
        bp_strs_free(&words);
        free(line);
    }
    bp_str_free(&text);
}

struct bp_cgroup_place bp_cgroup_place_find(const struct bp_root *root, const char *controller) {
    struct bp_cgroup_place place = {0};
    find_group(root, controller, &place);
    if (place.path) {
        find_mount(root, controller, &place);
    }
    return place;
}
