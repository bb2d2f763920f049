#include "checks/compare/shorten.h"

#include <ctype.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"

enum { NUMBER_LENGTH = 4 };

/* Whether a path starts after this byte, as in "A:/b", "=/b" and "file:///b". */
static bool starts_path(char before) {
    return !isalnum((unsigned char)before) && before != '.' && before != '-' && before != '_' &&
           before != '~' && before != '*';
}

static size_t part_length(const char *text) {
    return strcspn(text, "/\\:;, \t\"'");
}

/* The length of "/home/NAME" or another home folder that `text` starts with; 0: none. */
static size_t home_length(const char *text) {
    static const char *const folders[] = {"/home/", "/Users/"};
    static const char *const whole[] = {"/root", "$HOME", "~"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        size_t length = strlen(folders[i]);
        size_t name = bp_starts_with(text, folders[i]) ? part_length(text + length) : 0;
        if (name) {
            return length + name;
        }
    }
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        size_t length = strlen(whole[i]);
        if (bp_starts_with(text, whole[i]) && !part_length(text + length)) {
            return length;
        }
    }
    if (isalpha((unsigned char)text[0]) && bp_starts_with(text + 1, ":\\Users\\")) {
        size_t length = strlen("C:\\Users\\");
        size_t name = part_length(text + length);
        return name ? length + name : 0;
    }
    return 0;
}

/* The length of a folder of temporary folders, with its last slash; 0: none. */
static size_t temporary_length(const char *text) {
    static const char *const folders[] = {"/tmp/", "/var/tmp/", "/dev/shm/"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        if (bp_starts_with(text, folders[i])) {
            return strlen(folders[i]);
        }
    }
    return 0;
}

/* An environment's own folder, not "/usr" or "/", whose contents are the system's. */
static bool is_own(const char *prefix) {
    return prefix && strlen(prefix) > 1 && !bp_equal(prefix, "/usr") &&
           !bp_equal(prefix, "/usr/local");
}

static bool is_long_number(const char *part, size_t length) {
    return length >= NUMBER_LENGTH && strspn(part, "0123456789") == length;
}

/* Where a path starts: appends what stands for its start, and says how much that replaces. */
static size_t replace_start(struct bp_str *out, const char *text, const char *prefix) {
    size_t length = strlen(prefix);
    if (length && bp_starts_with(text, prefix) && !part_length(text + length)) {
        bp_str_add(out, "$PREFIX");
        return length;
    }
    length = home_length(text);
    if (length) {
        bp_str_add(out, "~");
        return length;
    }
    length = temporary_length(text);
    size_t name = length ? part_length(text + length) : 0;
    if (name) {
        bp_str_add_bytes(out, text, length);
        bp_str_add_char(out, '*');
        return length + name;
    }
    return 0;
}

char *bp_shorten(const char *text, const char *prefix) {
    struct bp_str out = BP_STR_EMPTY;
    const char *own = is_own(prefix) ? prefix : "";
    const char *at = text;
    while (*at) {
        char before = at == text ? ' ' : at[-1];
        size_t used = starts_path(before) && before != '/' ? replace_start(&out, at, own) : 0;
        if (!used) {
            bp_str_add_char(&out, *at);
            size_t part = *at == '/' ? part_length(at + 1) : 0;
            used = 1;
            if (is_long_number(at + 1, part)) {
                bp_str_add_char(&out, '*');
                used += part;
            }
        }
        at += used;
    }
    return bp_str_detach(&out);
}
