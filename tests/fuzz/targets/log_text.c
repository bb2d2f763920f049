/* Makes the bytes of a log fit to be shown, in each of the ways in which they are shown. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "report/log_part.h"
#include "report/markup.h"
#include "report/plain.h"
#include "tests/fuzz/fuzz.h"

/* Valid UTF-8 without a control character other than tab and line end. */
static void expect_plain(const char *text) {
    size_t length = strlen(text);
    for (size_t at = 0; at < length;) {
        size_t step = bp_utf8_sequence(text + at, length - at);
        unsigned char byte = (unsigned char)text[at];
        if (!step || (byte < ' ' && byte != '\n' && byte != '\t') || byte == 0x7f) {
            abort();
        }
        at += step;
    }
}

void fuzz_one(const uint8_t *data, size_t size) {
    char *text = bp_text_of_bytes((const char *)data, size);
    expect_plain(text);
    char *line = bp_show_line(text);
    char *ascii = bp_show_ascii(text);
    expect_plain(line);
    struct bp_log_part part = bp_log_part_of(text, size / 2 + 1);
    char *cut = bp_strndup(part.start, part.length);
    struct bp_str out = BP_STR_EMPTY;
    bp_markup_words(&out, cut);
    bp_markup_code(&out, cut);
    bp_markup_block(&out, "  ", "", cut);
    bp_str_free(&out);
    free(cut);
    free(ascii);
    free(line);
    free(text);
}
