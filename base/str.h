/* A string that grows, and a list of strings. */
#ifndef BP_BASE_STR_H
#define BP_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"

/*
 * `data` always ends with a zero byte that `length` does not count; the bytes
 * before it may hold zeros. Start from BP_STR_EMPTY, end with bp_str_free.
 */
struct bp_str {
    char *data;
    size_t length;
    size_t capacity;
};

/* What an empty string points at; never written to. */
extern char bp_str_nothing[1];

#define BP_STR_EMPTY                                                                               \
    { .data = bp_str_nothing, .length = 0, .capacity = 0 }

void bp_str_add(struct bp_str *str, const char *text);
void bp_str_add_bytes(struct bp_str *str, const void *bytes, size_t length);
/* At most `room` of the bytes. Returns whether there were more than that. */
bool bp_str_add_within(struct bp_str *str, const void *bytes, size_t length, size_t room);
void bp_str_add_char(struct bp_str *str, char character);
void bp_str_add_hex(struct bp_str *str, unsigned char byte); /* two digits */
void bp_str_addf(struct bp_str *str, const char *format, ...) BP_PRINTF(2, 3);
void bp_str_addv(struct bp_str *str, const char *format, va_list arguments) BP_PRINTF(2, 0);

/* Appends a word that a POSIX shell reads as `text`: quoted where it has to be. */
void bp_str_add_shell_word(struct bp_str *str, const char *text);

/* Shortens to `length` bytes; longer than it is leaves it as it is. */
void bp_str_truncate(struct bp_str *str, size_t length);

/* Hands the bytes to the caller, who frees them; *str is empty again. Never NULL. */
char *bp_str_detach(struct bp_str *str);

/* Frees the bytes; *str is empty again and may be used further. */
void bp_str_free(struct bp_str *str);

/* A formatted string of its own. The caller frees it. */
char *bp_format(const char *format, ...) BP_PRINTF(1, 2);
char *bp_formatv(const char *format, va_list arguments) BP_PRINTF(1, 0);

/* A list of owned strings. Start from {0}, end with bp_strs_free. */
struct bp_strs {
    char **items;
    size_t count;
    size_t capacity;
};

/* Appends a copy of `text`. */
void bp_strs_add(struct bp_strs *list, const char *text);

/* Appends `text` itself, which the list then owns. */
void bp_strs_add_owned(struct bp_strs *list, char *text);

/* Whether `text` is in the list, letter for letter. */
bool bp_strs_has(const struct bp_strs *list, const char *text);

/* Appends a copy of `text` unless it is there; says whether it was appended. */
bool bp_strs_add_once(struct bp_strs *list, const char *text);

/* Sorts by byte value. */
void bp_strs_sort(struct bp_strs *list);

/*
 * Appends the parts of `text` between separator characters. Empty parts are kept
 * when `keep_empty` (they mean something in LD_LIBRARY_PATH), else dropped.
 */
void bp_strs_split(struct bp_strs *list, const char *text, char separator, bool keep_empty);

void bp_strs_free(struct bp_strs *list);

/* Questions about plain strings; NULL is never a match. */
bool bp_equal(const char *left, const char *right);
bool bp_starts_with(const char *text, const char *start);
bool bp_ends_with(const char *text, const char *end);

/* The part after the last '/', or all of it. Points into `path`. */
const char *bp_base_name(const char *path);

/* `path` without its last part: "/" for "/x", "C:/" for "C:/x", "." for "x". Caller frees. */
char *bp_dir_name(const char *path);

/* `folder` + "/" + `name`, without doubling the slash. The caller frees it. */
char *bp_join(const char *folder, const char *name);

/* Cuts white space (and control characters) off both ends, in place. Returns `text`'s new start. */
char *bp_trim(char *text);

#endif
