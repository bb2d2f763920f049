#include "probe/binary/ld_conf.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "probe/glob.h"

struct conf_reader {
    const struct bp_root *root;
    struct bp_strs files; /* read or being read */
    struct bp_strs *folders;
};

static int read_file(struct conf_reader *reader, const char *path, int depth, struct bp_err *err);

/* Follows one pattern of an "include" line; a relative one counts from the file's folder. */
static void include(struct conf_reader *reader, const char *from, const char *pattern, int depth) {
    char *folder = bp_dir_name(from);
    struct bp_strs paths = {0};
    bp_root_glob(reader->root, *pattern == '/' ? "/" : folder, pattern, &paths);
    for (size_t i = 0; i < paths.count; i++) {
        read_file(reader, paths.items[i], depth + 1, NULL);
    }
    bp_strs_free(&paths);
    free(folder);
}

/* The part of `line` after the word "include", or NULL where it does not begin with it. */
static char *include_patterns(char *line) {
    static const char word[] = "include";
    size_t length = sizeof word - 1;
    if (strncmp(line, word, length) != 0 || !isspace((unsigned char)line[length])) {
        return NULL;
    }
    return bp_trim(line + length);
}

static void take_folder(struct conf_reader *reader, char *line) {
    /* "FOLDER=TYPE" is an old way to say which libc the folder is for. */
    char *type = strchr(line, '=');
    if (type) {
        *type = '\0';
    }
    char *folder = bp_trim(line);
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/') {
        folder[--length] = '\0';
    }
    if (*folder == '/' && reader->folders->count < BP_LD_CONF_FOLDER_LIMIT) {
        bp_strs_add_once(reader->folders, folder);
    }
}

static void take_line(struct conf_reader *reader, const char *path, char *line, int depth) {
    char *comment = strchr(line, '#');
    if (comment) {
        *comment = '\0';
    }
    line = bp_trim(line);
    char *patterns = include_patterns(line);
    if (!patterns) {
        take_folder(reader, line); /* "hwcap ..." lines are no folders either */
        return;
    }
    struct bp_strs words = {0};
    for (char *at = patterns; *at; at++) {
        *at = isspace((unsigned char)*at) ? ' ' : *at;
    }
    bp_strs_split(&words, patterns, ' ', false);
    for (size_t i = 0; i < words.count; i++) {
        include(reader, path, words.items[i], depth);
    }
    bp_strs_free(&words);
}

static int read_file(struct conf_reader *reader, const char *path, int depth, struct bp_err *err) {
    if (depth > BP_LD_CONF_DEPTH_LIMIT || reader->files.count == BP_LD_CONF_FILE_LIMIT) {
        return bp_fail(err, BP_E_LIMIT, "too many files included from %s", path);
    }
    if (!bp_strs_add_once(&reader->files, path)) {
        return 0;
    }
    struct bp_str text = BP_STR_EMPTY;
    int result = bp_root_read(reader->root, path, 0, &text, err);
    if (result == 0) {
        struct bp_strs lines = {0};
        bp_strs_split(&lines, text.data, '\n', false);
        for (size_t i = 0; i < lines.count; i++) {
            take_line(reader, path, lines.items[i], depth);
        }
        bp_strs_free(&lines);
    }
    bp_str_free(&text);
    return result;
}

int bp_ld_conf_read(const struct bp_root *root, const char *path, struct bp_strs *folders,
                    struct bp_err *err) {
    struct conf_reader reader = {.root = root, .folders = folders};
    int result = read_file(&reader, path, 0, err);
    bp_strs_free(&reader.files);
    return result;
}
