/* Reads a regular expression of a pattern: line one is the expression, the rest the text. */
#include "checks/regex.h"

#include <stdlib.h>
#include <string.h>

#include "checks/text/required.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *data, size_t size) {
    char *text = fuzz_text(data, size);
    char *end = strchr(text, '\n');
    if (end) {
        *end = '\0';
    }
    if (bp_regex_check(text, NULL) == 0) {
        struct bp_strs words = bp_required_words(text);
        struct bp_regexes *regexes = bp_regexes_new();
        const char *subject = end ? end + 1 : "";
        struct bp_span where;
        enum bp_truth found = bp_regex_find(regexes, text, subject, strlen(subject), false, &where);
        bool has = !words.count;
        for (size_t i = 0; i < words.count && !has; i++) {
            has = strcasestr(subject, words.items[i]) != NULL;
        }
        if (found == BP_TRUE && !has) {
            abort(); /* a text would be passed over in which the expression is found */
        }
        bp_regexes_free(regexes);
        bp_strs_free(&words);
    }
    free(text);
}
