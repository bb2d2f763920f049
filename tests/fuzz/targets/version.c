/* Reads versions and specifiers: line one is a version, line two another, line three a specifier.
 */
#include "base/version.h"

#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

static void expect(bool holds) {
    if (!holds) {
        abort();
    }
}

static void compare(const char *left, const char *right) {
    int order = 0;
    int back = 0;
    bool known = bp_version_compare(left, right, &order);
    expect(known == (bp_version_valid(left) && bp_version_valid(right)));
    expect(bp_version_compare(right, left, &back) == known);
    expect((order > 0) == (back < 0) && (order < 0) == (back > 0));
    int same = 1;
    expect(!bp_version_compare(left, left, &same) || same == 0);
}

void fuzz_one(const uint8_t *data, size_t size) {
    char *text = fuzz_text(data, size);
    const char *lines[3] = {text, "", ""};
    for (size_t i = 1; i < 3; i++) {
        char *end = strchr(lines[i - 1], '\n');
        if (!end) {
            break;
        }
        *end = '\0';
        lines[i] = end + 1;
    }
    compare(lines[0], lines[1]);
    bool met = false;
    bool known = bp_version_meets(lines[0], lines[2], &met);
    expect(!known || bp_specifier_valid(lines[2]));
    free(text);
}
