/* What a loader says is missing, and what bitsandbytes' own line numbers say of its version. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "checks/text/gather.h"

static bool ends_name(char character) {
    return isspace((unsigned char)character) || strchr("'\"`(<>/\\,", character);
}

/* "libx.so.11: cannot open shared object file": the name is before the words. */
static void read_missing_before(struct bp_gather *gather, const char *word, size_t start,
                                size_t end) {
    size_t begin = start;
    (void)word;
    (void)end;
    while (begin > 0 && start - begin < 200 && !ends_name(gather->text[begin - 1])) {
        begin--;
    }
    if (start - begin > 3) {
        char *name = bp_strndup(gather->text + begin, start - begin);
        bp_gather_about(gather, "/missing_library", name, begin, BP_STATED);
        free(name);
    }
}

/* "Could not find module 'C:\...\x.dll'", "Missing dependency: libx.so": the name is behind. */
static void read_missing_behind(struct bp_gather *gather, const char *word, size_t start,
                                size_t end) {
    size_t at = end;
    bool quoted = word[strlen(word) - 1] == '\'';
    static const char *const wraps[] = {"PosixPath('", "WindowsPath('"};
    for (size_t i = 0; i < sizeof wraps / sizeof *wraps; i++) {
        bool wrapped = bp_text_has_at(gather, end, wraps[i]);
        at += wrapped ? strlen(wraps[i]) : 0;
        quoted = quoted || wrapped;
    }
    size_t name = at;
    const char *stops = quoted ? "'\"`\n)" : "'\"`\n) ";
    while (at < gather->length && at - end < 400 && !strchr(stops, gather->text[at])) {
        if (strchr("/\\", gather->text[at])) {
            name = at + 1;
        }
        at++;
    }
    while (at > name && strchr(" .", gather->text[at - 1])) {
        at--;
    }
    if (at > name + 3) {
        char *library = bp_strndup(gather->text + name, at - name);
        bool plausible = strchr(library, '.') && !strchr(library, ' ');
        if (plausible) {
            bp_gather_about(gather, "/missing_library", library, start, BP_MENTIONED);
        }
        free(library);
    }
}

const struct bp_reader bp_library_readers[] = {
    {": cannot open shared object file", read_missing_before},
    {"could not find module '", read_missing_behind},
    {"missing dependency: ", read_missing_behind},
    {"required library version not found: ", read_missing_behind},
    {"could not find the bitsandbytes cuda binary at ", read_missing_behind},
    {"configured cuda binary not found at ", read_missing_behind},
    {"no compatible cuda binary found at ", read_missing_behind},
    {NULL, NULL},
};

/* A line of one of bitsandbytes' files, and the releases in which it is what the text shows. */
struct line {
    unsigned number;
    const char *least;
    const char *most;
};

static const struct line main_lines[] = {
    {134, "0.36.0", "0.36.0.post2"}, {136, "0.37.0", "0.37.2"}, {145, "0.38.0", "0.38.1"},
    {149, "0.39.0", "0.40.0.post4"}, {156, "0.39.0", "0.39.1"}, {166, "0.40.1", "0.41.3.post2"},
    {167, "0.42.0", "0.42.0"},       {183, "0.43.0", "0.43.0"}, {0, NULL, NULL},
};

static const struct line cextension_lines[] = {
    {20, "0.39.0", "0.42.0"},  {31, "0.37.0", "0.43.0"},  {33, "0.38.0", "0.38.1"},
    {34, "0.39.0", "0.42.0"},  {109, "0.43.1", "0.43.3"}, {96, "0.43.1", "0.43.3"},
    {91, "0.44.0", "0.44.1"},  {85, "0.45.0", "0.45.5"},  {72, "0.45.0", "0.45.5"},
    {290, "0.46.0", "0.46.1"}, {277, "0.46.0", "0.46.1"}, {270, "0.46.0", "0.46.1"},
    {318, "0.47.0", "0.47.0"}, {289, "0.47.0", "0.47.0"}, {313, "0.48.0", "0.48.2"},
    {292, "0.48.0", "0.48.2"}, {320, "0.49.0", "0.49.2"}, {298, "0.49.0", "0.49.2"},
    {288, "0.49.0", "0.49.2"}, {393, "0.50.0", "0.50.1"}, {369, "0.50.0", "0.50.1"},
    {359, "0.50.0", "0.50.1"}, {0, NULL, NULL},
};

/* The number behind `main.py", line 166` or `main.py:166`; 0 where there is none. */
static unsigned number_behind(const struct bp_gather *gather, size_t at) {
    unsigned number = 0;
    if (bp_text_has_at(gather, at, "\", line ")) {
        at += strlen("\", line ");
    } else if (bp_text_has_at(gather, at, ":")) {
        at++;
    } else {
        return 0;
    }
    for (size_t i = at; i < gather->length && i - at < 5 && isdigit((unsigned char)gather->text[i]);
         i++) {
        number = number * 10 + (unsigned)(gather->text[i] - '0');
    }
    return number;
}

static void read_line_of(struct bp_gather *gather, const struct line *lines, size_t start,
                         size_t end) {
    unsigned number = number_behind(gather, end);
    for (; number && lines->number; lines++) {
        if (lines->number == number) {
            bp_gather_about(gather, "/bitsandbytes_line/at_least", lines->least, start, BP_STATED);
            bp_gather_about(gather, "/bitsandbytes_line/at_most", lines->most, start, BP_STATED);
        }
    }
}

static void read_main(struct bp_gather *gather, const char *word, size_t start, size_t end) {
    (void)word;
    read_line_of(gather, main_lines, start, end);
}

static void read_cextension(struct bp_gather *gather, const char *word, size_t start, size_t end) {
    (void)word;
    read_line_of(gather, cextension_lines, start, end);
}

const struct bp_reader bp_line_readers[] = {
    {"cuda_setup/main.py", read_main},
    {"cuda_setup\\main.py", read_main},
    {"bitsandbytes/cextension.py", read_cextension},
    {"bitsandbytes\\cextension.py", read_cextension},
    {NULL, NULL},
};
