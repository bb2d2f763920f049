#include <string.h>

void *memmem(const void *text, size_t length, const void *word, size_t word_length) {
    const unsigned char *at = text;
    const unsigned char *first = word;
    if (word_length == 0) {
        return (void *)(uintptr_t)text;
    }
    for (size_t left = length; left >= word_length;) {
        const unsigned char *found = memchr(at, *first, left - word_length + 1);
        if (!found) {
            return NULL;
        }
        if (memcmp(found, word, word_length) == 0) {
            return (void *)(uintptr_t)found;
        }
        left -= (size_t)(found - at) + 1;
        at = found + 1;
    }
    return NULL;
}

char *strcasestr(const char *text, const char *word) {
    size_t length = strlen(word);
    for (; *text || !length; text++) {
        if (_strnicmp(text, word, length) == 0) {
            return (char *)(uintptr_t)text;
        }
    }
    return NULL;
}

struct tm *bp_gmtime_r(const time_t *moment, struct tm *parts) {
    return gmtime_s(parts, moment) == 0 ? parts : NULL;
}
