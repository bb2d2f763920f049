#include "checks/text/sections.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/text/gather.h"

/* The headings of bitsandbytes' issue forms; a section is called by the word behind "=". */
static const struct {
    const char *heading;
    const char *name;
} headings[] = {
    {"system info", "system-info"},    {"reproduction", "reproduction"},
    {"expected behavior", "expected"}, {"feature request", "feature-request"},
    {"motivation", "motivation"},      {"your contribution", "contribution"},
};

/* Words with which a question starts, or that make a sentence one. */
static const char *const questions[] = {
    "how ", "what ",  "why ",    "which ",   "where ",    "when ",   "is ",   "are ",
    "can ", "could ", "does ",   "do ",      "did ",      "should ", "will ", "would ",
    "has ", "have ",  "anyone ", "question", "[question", "[qst",
};

struct state {
    cJSON *sections;
    const char *section; /* whose text the lines are; NULL: none */
    bool filled;
    bool fenced;
    bool code;
    bool asks;
    size_t prose;
};

static bool starts_with(const char *line, size_t length, const char *start) {
    size_t size = strlen(start);
    return length >= size && strncasecmp(line, start, size) == 0;
}

/* A question mark that ends a sentence, and is no part of an address. */
static bool asks_at(const char *line, size_t length, size_t at) {
    size_t word = at;
    while (word > 0 && line[word - 1] == ' ') {
        word--;
    }
    bool after_word =
        word > 0 && (isalnum((unsigned char)line[word - 1]) || strchr("`\"')]_?", line[word - 1]));
    return after_word && (at + 1 == length || strchr(" \t\r\"'!?", line[at + 1]));
}

static bool is_question(const char *line, size_t length) {
    bool mark = length > 1 && memchr(line, '?', length) != NULL;
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        if (starts_with(line, length, questions[i])) {
            return mark || i < 4 || i >= sizeof questions / sizeof *questions - 3;
        }
    }
    if (bp_line_holds(line, length, "\xef\xbc\x9f")) {
        return true; /* the full-width mark */
    }
    for (size_t at = 1; mark && at < length; at++) {
        if (line[at] == '?' && asks_at(line, length, at)) {
            return true;
        }
    }
    return false;
}

static void end_section(struct state *state) {
    if (state->section && state->filled) {
        cJSON_AddItemToArray(state->sections, cJSON_CreateString(state->section));
    }
    state->section = NULL;
    state->filled = false;
}

/* "### System Info": true where it is a heading. */
static bool read_heading(struct state *state, const char *line, size_t length) {
    size_t marks = 0;
    while (marks < length && line[marks] == '#') {
        marks++;
    }
    if (!marks || marks >= length || line[marks] != ' ') {
        return false;
    }
    end_section(state);
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
        if (starts_with(line + marks + 1, length - marks - 1, headings[i].heading)) {
            state->section = headings[i].name;
        }
    }
    return true;
}

/* Output and code, even where no fence says so. */
static bool looks_like_output(const char *line, size_t length) {
    static const char *const starts[] = {"    ",       "\t",      "File \"", "Traceback", "import ",
                                         "from ",      ">>> ",    "$ ",      "pip ",      "  File",
                                         "CUDA SETUP", "======",  "bin ",    "- `",       "%|",
                                         "warn(",      "- Using "};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        if (starts_with(line, length, starts[i])) {
            return true;
        }
    }
    return memchr(line, '=', length) && !memchr(line, '?', length) && length < 80;
}

static void read_line(struct state *state, const char *line, size_t length) {
    bool fence = starts_with(line, length, "```") || starts_with(line, length, "~~~");
    if (fence) {
        state->fenced = !state->fenced;
        state->code = true;
        return;
    }
    if (!state->fenced && read_heading(state, line, length)) {
        return;
    }
    bool nothing = starts_with(line, length, "_No response_");
    state->filled = state->filled || (length > 0 && !nothing);
    if (looks_like_output(line, length)) {
        state->code = state->code || starts_with(line, length, "import ") ||
                      starts_with(line, length, "from ") || starts_with(line, length, ">>> ");
    } else if (!state->fenced && !nothing) {
        state->prose += length;
        state->asks = state->asks || is_question(line, length);
    }
}

void bp_sections_read(const struct bp_issue *issue, cJSON *about) {
    struct state state = {.sections = cJSON_CreateArray()};
    size_t lines = 0;
    size_t start = issue->title_length;
    while (start < issue->post_length && isspace((unsigned char)issue->data[start])) {
        start++;
    }
    for (size_t at = start; at < issue->post_length;) {
        const char *line = issue->data + at;
        const char *end = memchr(line, '\n', issue->post_length - at);
        size_t length = end ? (size_t)(end - line) : issue->post_length - at;
        lines++;
        read_line(&state, line, length);
        at += length + 1;
    }
    end_section(&state);
    char *title = issue->title_length ? bp_strndup(issue->data, issue->title_length) : NULL;
    bool asks = title && is_question(title, issue->title_length);
    bp_json_set_text(about, "title", title);
    bp_json_set_number(about, "characters", (double)(issue->post_length - start));
    bp_json_set_number(about, "lines", (double)lines);
    bp_json_set_number(about, "prose", (double)state.prose);
    bp_json_set_bool(about, "has_code", state.code);
    bp_json_set_bool(about, "asks_question", asks || state.asks);
    bp_json_set_bool(about, "title_asks", asks);
    cJSON_AddItemToObject(about, "sections", state.sections);
    free(title);
}
