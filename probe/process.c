#include "probe/process.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/lines.h"

/* Bytes: the longest memory map, command line and environment that are read. */
#define MAPS_LIMIT ((size_t)16 << 20)

static const char deleted_mark[] = " (deleted)";

/* Whether the mark was there, which is cut off. */
static bool cut_deleted(char *path) {
    if (!bp_ends_with(path, deleted_mark)) {
        return false;
    }
    path[strlen(path) - strlen(deleted_mark)] = '\0';
    return true;
}

char *bp_process_executable(const struct bp_root *root, const char *pid, struct bp_err *err) {
    char *path = bp_format("/proc/%s/exe", pid);
    char *target = bp_root_link(root, path, err);
    if (target) {
        cut_deleted(target);
    }
    free(path);
    return target;
}

bool bp_process_name_is_python(const char *name) {
    return bp_starts_with(name, "python") || bp_starts_with(name, "pypy") ||
           bp_starts_with(name, "ipython") || bp_starts_with(name, "jupyter");
}

int bp_process_words(const struct bp_root *root, const char *pid, const char *file,
                     struct bp_strs *words, struct bp_err *err) {
    struct bp_str text = BP_STR_EMPTY;
    char *path = bp_format("/proc/%s/%s", pid, file);
    int result = bp_root_read(root, path, 0, &text, err);
    for (size_t at = 0; result == 0 && at < text.length;) {
        size_t length = strnlen(text.data + at, text.length - at);
        bp_strs_add_owned(words, bp_strndup(text.data + at, length));
        at += length + 1;
    }
    free(path);
    bp_str_free(&text);
    return result;
}

const char *bp_environment_value(const struct bp_strs *environment, const char *name) {
    size_t length = strlen(name);
    for (size_t i = 0; i < environment->count; i++) {
        if (strncmp(environment->items[i], name, length) == 0 &&
            environment->items[i][length] == '=') {
            return environment->items[i] + length + 1;
        }
    }
    return NULL;
}

/* A child belongs to the thread that started it. */
int bp_process_children(const struct bp_root *root, const char *pid, struct bp_strs *pids,
                        struct bp_err *err) {
    struct bp_strs threads = {0};
    char *folder = bp_format("/proc/%s/task", pid);
    int result = bp_root_list_unsorted(root, folder, 0, &threads, err);
    for (size_t i = 0; result == 0 && i < threads.count; i++) {
        char *path = bp_format("%s/%s/children", folder, threads.items[i]);
        struct bp_str text = BP_STR_EMPTY;
        struct bp_err inner = {0};
        if (bp_root_read(root, path, 0, &text, &inner) == 0) {
            bp_strs_split(pids, text.data, ' ', false);
        } else if (i == 0) {
            result = bp_fail(err, inner.code, "%s", bp_err_text(&inner));
        }
        bp_err_clear(&inner);
        bp_str_free(&text);
        free(path);
    }
    free(folder);
    bp_strs_free(&threads);
    return result;
}

/* As Linux puts it into st_dev for programs of today (makedev(3)). */
static uint64_t device_number(unsigned major_number, unsigned minor_number) {
    uint64_t major = major_number;
    uint64_t minor = minor_number;
    return (major & 0xfffff000) << 32 | (major & 0xfff) << 8 | (minor & 0xffffff00) << 12 |
           (minor & 0xff);
}

/* One line: "start-end flags offset major:minor inode   path". */
static bool parse(const char *line, struct bp_mapped_file *file, char **path) {
    unsigned major_number;
    unsigned minor_number;
    int path_at = 0;
    if (sscanf(line, "%*s %*s %*s %x:%x %" SCNu64 " %n", &major_number, &minor_number, &file->inode,
               &path_at) != 3 ||
        line[path_at] != '/') {
        return false;
    }
    file->device = device_number(major_number, minor_number);
    *path = bp_strdup(line + path_at);
    file->deleted = cut_deleted(*path);
    file->path = *path;
    return true;
}

static void take_line(const struct bp_lines *lines, bool (*wanted)(const char *, size_t),
                      void (*each)(void *, const struct bp_mapped_file *), void *context) {
    size_t name_at = lines->length;
    while (name_at > 0 && lines->line[name_at - 1] != '/') {
        name_at--;
    }
    if (name_at == 0 || !wanted(lines->line + name_at, lines->length - name_at)) {
        return;
    }
    struct bp_mapped_file file;
    char *path = NULL;
    char *line = bp_strndup(lines->line, lines->length);
    if (parse(line, &file, &path)) {
        each(context, &file);
    }
    free(path);
    free(line);
}

int bp_process_mapped(const struct bp_root *root, const char *pid,
                      bool (*wanted)(const char *name, size_t length),
                      void (*each)(void *context, const struct bp_mapped_file *file), void *context,
                      struct bp_err *err) {
    struct bp_str text = BP_STR_EMPTY;
    char *path = bp_format("/proc/%s/maps", pid);
    int result = bp_root_read(root, path, MAPS_LIMIT, &text, err);
    if (result == 0 && text.length == 0) {
        result = bp_fail(err, BP_E_ABSENT, "process %s has ended", pid);
    }
    struct bp_lines lines = bp_lines_of(&text);
    while (result == 0 && bp_lines_next(&lines)) {
        take_line(&lines, wanted, each, context);
    }
    free(path);
    bp_str_free(&text);
    return result;
}
