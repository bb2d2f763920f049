#include "probe/os/windows/command_line.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/os/windows/wide.h"

#include <windows.h>

/* Backslashes stand for themselves unless a quotation mark follows: then each counts half. */
void bp_command_line_add(struct bp_str *line, const char *argument) {
    size_t backslashes = 0;
    bp_str_add(line, line->length ? " " : "");
    if (*argument && !strpbrk(argument, " \t\n\v\"")) {
        bp_str_add(line, argument);
        return;
    }
    bp_str_add_char(line, '"');
    for (const char *at = argument;; at++) {
        if (*at == '\\') {
            backslashes++;
            continue;
        }
        size_t wanted = *at == '"' ? 2 * backslashes + 1 : *at ? backslashes : 2 * backslashes;
        for (size_t i = 0; i < wanted; i++) {
            bp_str_add_char(line, '\\');
        }
        backslashes = 0;
        if (!*at) {
            break;
        }
        bp_str_add_char(line, *at);
    }
    bp_str_add_char(line, '"');
}

wchar_t *bp_command_line(const char *const arguments[]) {
    struct bp_str line = BP_STR_EMPTY;
    for (size_t i = 0; arguments[i]; i++) {
        bp_command_line_add(&line, arguments[i]);
    }
    wchar_t *wide = bp_wide(line.data);
    bp_str_free(&line);
    return wide;
}

static int compare_words(const void *left, const void *right) {
    wchar_t *const *one = left;
    wchar_t *const *other = right;
    size_t length = wcscspn(*one + (**one == L'='), L"=") + (**one == L'=');
    size_t other_length = wcscspn(*other + (**other == L'='), L"=") + (**other == L'=');
    return CompareStringOrdinal(*one, (int)length, *other, (int)other_length, TRUE) - CSTR_EQUAL;
}

wchar_t *bp_environment_block(char *const environment[]) {
    size_t count = 0;
    size_t units = 1;
    while (environment[count]) {
        count++;
    }
    wchar_t **words = bp_alloc_array(count + 1, sizeof *words);
    for (size_t i = 0; i < count; i++) {
        words[i] = bp_wide(environment[i]);
        units += wcslen(words[i]) + 1;
    }
    qsort(words, count, sizeof *words, compare_words);
    wchar_t *block = bp_alloc_array(units + 1, sizeof *block);
    wchar_t *at = block;
    for (size_t i = 0; i < count; i++) {
        size_t length = wcslen(words[i]) + 1;
        memcpy(at, words[i], length * sizeof *at);
        at += length;
        free(words[i]);
    }
    free(words);
    return block;
}

wchar_t *bp_wide_native_path(const char *path) {
    wchar_t *wide = bp_wide(path);
    for (wchar_t *at = wide; *at; at++) {
        *at = *at == L'/' ? L'\\' : *at;
    }
    if (wcslen(wide) < MAX_PATH) {
        return wide;
    }
    wchar_t *whole = bp_wide_path(path); /* of any length */
    if (whole) {
        free(wide);
        return whole;
    }
    return wide;
}
