#include "report/svg_tree.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/html_markup.h"
#include "report/plain.h"

/* Units of the picture. One letter of its font, which is of one width, is 0.6 em wide. */
enum {
    WIDTH = 900,
    ROW = 42,
    MARGIN = 14,
    INDENT = 24,
    RADIUS = 8,
    TEXT_AT = 18, /* right of the sign's middle */
    NAME_AT = -3, /* base lines, from the sign's middle */
    SAYS_AT = 13,
    NAME_WIDTH = 84, /* tenths of a unit a letter, at 14 */
    SAYS_WIDTH = 72, /* at 12 */
    ROW_LIMIT = 150,
};

/* By state: class, and the sign inside the circle as a path around its middle. */
static const struct {
    const char *class;
    const char *sign;
} signs[BP_STATE_COUNT] = {
    [BP_STATE_FOUND] = {"good", "M-4 0l3 3 5-6"},
    [BP_STATE_MAPPED] = {"good", "M-4 0l3 3 5-6"},
    [BP_STATE_UNUSABLE] = {"bad", "M0-4.5v5M0 3v1.5"},
    [BP_STATE_NOT_FOUND] = {"bad", "M-3.5-3.5l7 7M3.5-3.5l-7 7"},
    [BP_STATE_UNKNOWN] = {"doubt", "M-2.5-2a2.5 2.5 0 1 1 2.5 2.7M0 3.4v1.2"},
};

/* Tenths of a unit that a byte takes; letters beyond ASCII are taken for wide ones. */
static int byte_width(char byte, int letter) {
    return !(byte & 0x80) ? letter : (byte & 0x40) ? 2 * letter : 0;
}

/* Where the last letters that fit into `room` begin. */
static const char *last_fitting(const char *line, int room, int letter) {
    const char *at = line + strlen(line);
    const char *start = at;
    while (at > line) {
        at--;
        room -= byte_width(*at, letter);
        if (room < 0) {
            break;
        }
        start = (*at & 0xC0) == 0x80 ? start : at;
    }
    return start;
}

/* How many bytes of the first letters fit into `room`. */
static size_t first_fitting(const char *line, int room, int letter) {
    size_t length = 0;
    while (line[length] && byte_width(line[length], letter) <= room) {
        room -= byte_width(line[length++], letter);
    }
    return line[length] ? bp_utf8_floor(line, length) : length;
}

/* A text and the room that it has: what does not fit goes, at its end or at its start. */
struct label {
    const char *class;
    int x;
    int y;
    int width;
    int letter; /* tenths of a unit */
    bool keep_end;
};

static void add_text(struct bp_str *out, const struct label *label, const char *text) {
    static const char dots[] = "\xE2\x80\xA6";
    char *line = bp_show_line(text);
    int room = 10 * label->width;
    size_t length = first_fitting(line, room, label->letter);
    bp_str_addf(out, "<text class=\"%s\" x=\"%d\" y=\"%d\">", label->class, label->x, label->y);
    if (!line[length]) {
        bp_html_words(out, line);
    } else if (label->keep_end) {
        bp_str_add(out, dots);
        bp_html_words(out, last_fitting(line, room - 2 * label->letter, label->letter));
    } else {
        line[first_fitting(line, room - 2 * label->letter, label->letter)] = '\0';
        bp_html_words(out, line);
        bp_str_add(out, dots);
    }
    bp_str_add(out, "</text>");
    free(line);
}

static void add_name(struct bp_str *out, int x, int y, int width, const char *text) {
    struct label label = {"name", x, y + NAME_AT, width, NAME_WIDTH, false};
    add_text(out, &label, text);
}

/* Of a path its end says most, of a sentence its start. */
static void add_says(struct bp_str *out, int x, int y, bool keep_end, const char *text) {
    struct label label = {"says", x, y + SAYS_AT, WIDTH - MARGIN - x, SAYS_WIDTH, keep_end};
    add_text(out, &label, text);
}

/* The column of a row's sign; of so deep a row that no room is left, the last one that has some. */
static int column_of(size_t depth) {
    return MARGIN + RADIUS + INDENT * (int)(depth < 10 ? depth + 1 : 11);
}

static int middle_of(size_t row) {
    return MARGIN + ROW / 2 + ROW * (int)(row + 1);
}

/* From below the parent's sign down and over to the own one. */
static void add_branch(struct bp_str *out, const struct bp_need_row *row, size_t at) {
    bool of_root = row->parent == SIZE_MAX;
    int from_x = of_root ? MARGIN + RADIUS : column_of(row->depth - 1);
    int from_y = (of_root ? MARGIN + ROW / 2 : middle_of(row->parent)) + RADIUS;
    bp_str_addf(out, "<path class=\"branch\" d=\"M%d %dV%dH%d\"/>", from_x, from_y, middle_of(at),
                column_of(row->depth) - RADIUS);
}

static void add_sign(struct bp_str *out, enum bp_need_state state, int x, int y) {
    bp_str_addf(out,
                "<g class=\"sign %s\" transform=\"translate(%d %d)\"><circle r=\"%d\"/>"
                "<path d=\"%s\"/></g>",
                signs[state].class, x, y, RADIUS, signs[state].sign);
}

static void add_row(struct bp_str *out, const struct bp_need_row *row, size_t at) {
    int x = column_of(row->depth) + TEXT_AT;
    int y = middle_of(at);
    const char *word = bp_need_state_word(row->state);
    bool is_place = row->path && !bp_need_state_is_trouble(row->state);
    char *says = bp_need_row_says(row);
    int word_width = ((int)strlen(word) * NAME_WIDTH) / 10 + 12;
    bp_str_add(out, "<g><title>");
    bp_html_words(out, row->library);
    bp_str_addf(out, ", %s: ", word);
    bp_html_words(out, says);
    bp_str_add(out, "</title>");
    add_sign(out, row->state, x - TEXT_AT, y);
    add_name(out, x, y, WIDTH - MARGIN - word_width - x, row->library);
    bp_str_addf(out, "<text class=\"name %s\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
                signs[row->state].class, WIDTH - MARGIN, y + NAME_AT, word);
    add_says(out, x, y, is_place, says);
    bp_str_add(out, "</g>\n");
    free(says);
}

/* Whether the file loads at all, which can fail for other reasons than what it needs. */
static void add_root(struct bp_str *out, const struct bp_need_tree *tree) {
    const char *name = bp_json_text(tree->file, "name");
    const char *outcome = bp_json_text(tree->file, "outcome");
    const char *says = bp_json_text(tree->file, "says");
    enum bp_need_state state = bp_equal(outcome, "loads")         ? BP_STATE_FOUND
                               : bp_equal(outcome, "cannot-tell") ? BP_STATE_UNKNOWN
                               : outcome                          ? BP_STATE_UNUSABLE
                                                                  : BP_STATE_UNKNOWN;
    int x = MARGIN + RADIUS + TEXT_AT;
    int y = MARGIN + ROW / 2;
    add_sign(out, state, MARGIN + RADIUS, y);
    add_name(out, x, y, WIDTH - MARGIN - x, name ? name : "unnamed");
    add_says(out, x, y, false, says ? says : "");
    bp_str_add_char(out, '\n');
}

void bp_svg_tree(struct bp_str *out, const struct bp_need_tree *tree) {
    const char *name = bp_json_text(tree->file, "name");
    size_t shown = tree->count < ROW_LIMIT ? tree->count : ROW_LIMIT;
    size_t left_out = tree->count - shown;
    int height = 2 * MARGIN + ROW * (int)(shown + 1 + (left_out ? 1 : 0));
    char *says = bp_need_tree_says(tree);
    bp_str_addf(out,
                "<svg class=\"tree\" role=\"img\" aria-labelledby=\"tree-title tree-says\" "
                "width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n<title id=\"tree-title\">"
                "What ",
                WIDTH, height, WIDTH, height);
    bp_html_words(out, name ? name : "the library");
    bp_str_add(out, " needs, and where each is found</title>\n<desc id=\"tree-says\">");
    bp_html_words(out, says);
    bp_str_add(out, "</desc>\n");
    for (size_t i = 0; i < shown; i++) {
        add_branch(out, &tree->rows[i], i);
    }
    bp_str_add_char(out, '\n');
    add_root(out, tree);
    for (size_t i = 0; i < shown; i++) {
        add_row(out, &tree->rows[i], i);
    }
    if (left_out) {
        char *more = bp_format("and %zu more, in the table below", left_out);
        add_says(out, column_of(0), middle_of(shown), false, more);
        free(more);
    }
    bp_str_add(out, "</svg>\n");
    free(says);
}
