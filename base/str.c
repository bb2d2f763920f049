#include "base/str.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

char bp_str_nothing[1] = "";

static void reserve(struct bp_str *str, size_t more) {
    size_t needed = str->length + more + 1;
    if (needed <= str->capacity) {
        return;
    }
    size_t capacity = str->capacity ? str->capacity : 32;
    while (capacity < needed) {
        capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
    }
    char *old = str->capacity ? str->data : NULL;
    str->data = bp_realloc_array(old, capacity, 1);
    str->data[str->length] = '\0';
    str->capacity = capacity;
}

void bp_str_add_bytes(struct bp_str *str, const void *bytes, size_t length) {
    if (!length) {
        return;
    }
    reserve(str, length);
    memcpy(str->data + str->length, bytes, length);
    str->length += length;
    str->data[str->length] = '\0';
}

void bp_str_add(struct bp_str *str, const char *text) {
    bp_str_add_bytes(str, text, strlen(text));
}

bool bp_str_add_within(struct bp_str *str, const void *bytes, size_t length, size_t room) {
    bp_str_add_bytes(str, bytes, length < room ? length : room);
    return length > room;
}

void bp_str_add_char(struct bp_str *str, char character) {
    bp_str_add_bytes(str, &character, 1);
}

void bp_str_add_hex(struct bp_str *str, unsigned char byte) {
    static const char digits[] = "0123456789abcdef";
    bp_str_add_char(str, digits[byte >> 4]);
    bp_str_add_char(str, digits[byte & 15]);
}

void bp_str_addv(struct bp_str *str, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length > 0) {
        reserve(str, (size_t)length);
        vsnprintf(str->data + str->length, (size_t)length + 1, format, again);
        str->length += (size_t)length;
    }
    va_end(again);
}

void bp_str_addf(struct bp_str *str, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    bp_str_addv(str, format, arguments);
    va_end(arguments);
}

void bp_str_add_shell_word(struct bp_str *str, const char *text) {
    static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                               "_-./:=@%+,";
    if (*text && !text[strspn(text, safe)]) {
        bp_str_add(str, text);
        return;
    }
    bp_str_add_char(str, '\'');
    for (; *text; text++) {
        if (*text == '\'') {
            bp_str_add(str, "'\\''");
        } else {
            bp_str_add_char(str, *text);
        }
    }
    bp_str_add_char(str, '\'');
}

void bp_str_truncate(struct bp_str *str, size_t length) {
    if (length < str->length) {
        str->length = length;
        str->data[length] = '\0';
    }
}

char *bp_str_detach(struct bp_str *str) {
    char *data = str->capacity ? str->data : bp_strdup("");
    *str = (struct bp_str)BP_STR_EMPTY;
    return data;
}

void bp_str_free(struct bp_str *str) {
    if (str->capacity) {
        free(str->data);
    }
    *str = (struct bp_str)BP_STR_EMPTY;
}

char *bp_formatv(const char *format, va_list arguments) {
    struct bp_str str = BP_STR_EMPTY;
    bp_str_addv(&str, format, arguments);
    return bp_str_detach(&str);
}

char *bp_format(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = bp_formatv(format, arguments);
    va_end(arguments);
    return text;
}

void bp_strs_add_owned(struct bp_strs *list, char *text) {
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 8;
        list->items = bp_realloc_array(list->items, list->capacity, sizeof *list->items);
    }
    list->items[list->count++] = text;
}

void bp_strs_add(struct bp_strs *list, const char *text) {
    bp_strs_add_owned(list, bp_strdup(text));
}

bool bp_strs_has(const struct bp_strs *list, const char *text) {
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i], text) == 0) {
            return true;
        }
    }
    return false;
}

bool bp_strs_add_once(struct bp_strs *list, const char *text) {
    if (bp_strs_has(list, text)) {
        return false;
    }
    bp_strs_add(list, text);
    return true;
}

static int compare_items(const void *left, const void *right) {
    return strcmp(*(char *const *)left, *(char *const *)right);
}

void bp_strs_sort(struct bp_strs *list) {
    if (list->count) {
        qsort(list->items, list->count, sizeof *list->items, compare_items);
    }
}

void bp_strs_split(struct bp_strs *list, const char *text, char separator, bool keep_empty) {
    for (const char *start = text;;) {
        const char *end = strchr(start, separator);
        size_t length = end ? (size_t)(end - start) : strlen(start);
        if (length || keep_empty) {
            bp_strs_add_owned(list, bp_strndup(start, length));
        }
        if (!end) {
            return;
        }
        start = end + 1;
    }
}

void bp_strs_free(struct bp_strs *list) {
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i]);
    }
    free(list->items);
    *list = (struct bp_strs){0};
}

bool bp_equal(const char *left, const char *right) {
    return left && right && strcmp(left, right) == 0;
}

bool bp_starts_with(const char *text, const char *start) {
    if (!text || !start) {
        return false;
    }
    while (*start && *text == *start) {
        text++;
        start++;
    }
    return !*start;
}

bool bp_ends_with(const char *text, const char *end) {
    if (!text || !end) {
        return false;
    }
    size_t length = strlen(text);
    size_t end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

const char *bp_base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

char *bp_dir_name(const char *path) {
    const char *slash = strrchr(path, '/');
    if (!slash) {
        return bp_strdup(".");
    }
    bool is_top = slash == path || (slash == path + 2 && path[1] == ':'); /* "/x", "C:/x" */
    return bp_strndup(path, (size_t)(slash - path) + is_top);
}

char *bp_join(const char *folder, const char *name) {
    return bp_format(bp_ends_with(folder, "/") ? "%s%s" : "%s/%s", folder, name);
}

char *bp_trim(char *text) {
    while (*text && (unsigned char)*text <= ' ') {
        text++;
    }
    size_t length = strlen(text);
    while (length && (unsigned char)text[length - 1] <= ' ') {
        text[--length] = '\0';
    }
    return text;
}
