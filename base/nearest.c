#include "base/nearest.h"

#include <stddef.h>
#include <string.h>

#include "base/str.h"

/* The longest word that is compared. */
enum { WORD_LIMIT = 32 };

/*
 * Slips of the finger between two words: letters added, left out, replaced or swapped
 * with a neighbour (Damerau-Levenshtein distance of adjacent letters).
 */
static size_t slips_between(const char *left, const char *right) {
    size_t rows[3][WORD_LIMIT + 1];
    size_t left_length = strlen(left);
    size_t right_length = strlen(right);
    if (left_length > WORD_LIMIT || right_length > WORD_LIMIT) {
        return WORD_LIMIT;
    }
    for (size_t j = 0; j <= right_length; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= left_length; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3];
        const size_t *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= right_length; j++) {
            size_t best = above[j - 1] + (left[i - 1] != right[j - 1]);
            best = above[j] + 1 < best ? above[j] + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] &&
                two_above[j - 2] + 1 < best) {
                best = two_above[j - 2] + 1;
            }
            row[j] = best;
        }
    }
    return rows[left_length % 3][right_length];
}

const char *bp_nearest(const char *word, const char *const names[]) {
    const char *nearest = NULL;
    size_t fewest = strlen(word) / 3 + 2;
    for (size_t i = 0; names[i]; i++) {
        size_t slips = slips_between(word, names[i]);
        if (strlen(word) >= 3 && bp_starts_with(names[i], word)) {
            slips = 1;
        }
        if (slips < fewest && slips < strlen(names[i])) {
            fewest = slips;
            nearest = names[i];
        }
    }
    return nearest;
}
