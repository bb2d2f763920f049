#include "base/version.h"

#include <string.h>

#include "base/version_parts.h"

/* What is left of the text that is being parsed. */
struct reader {
    const char *at;
    const char *end;
};

/* The character after `skip` others in lower case, or 0 at the end. ASCII, whatever the locale. */
static char peek(const struct reader *reader, size_t skip) {
    if ((size_t)(reader->end - reader->at) <= skip) {
        return '\0';
    }
    char character = reader->at[skip];
    return character >= 'A' && character <= 'Z' ? (char)(character - 'A' + 'a') : character;
}

static bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

static bool is_letter(char character) {
    return character >= 'a' && character <= 'z';
}

static bool is_separator(char character) {
    return character == '.' || character == '-' || character == '_';
}

static bool is_space(char character) {
    return character == ' ' || (character >= '\t' && character <= '\r');
}

static bool read_number(struct reader *reader, struct bp_version_number *number) {
    const char *start = reader->at;
    while (is_digit(peek(reader, 0))) {
        reader->at++;
    }
    bool any = reader->at > start;
    while (start < reader->at && *start == '0') {
        start++;
    }
    *number = (struct bp_version_number){.digits = start, .count = (size_t)(reader->at - start)};
    return any;
}

static bool starts_with(const struct reader *reader, size_t skip, const char *word) {
    for (size_t i = 0; word[i]; i++) {
        if (peek(reader, skip + i) != word[i]) {
            return false;
        }
    }
    return true;
}

/*
 * A marker such as ".post-2": separator, word, separator, number, of which only the
 * word has to be there. Nothing is taken where the word is not.
 */
static bool read_marker(struct reader *reader, const char *word, struct bp_version_number *number) {
    size_t skip = is_separator(peek(reader, 0)) ? 1 : 0;
    if (!starts_with(reader, skip, word)) {
        return false;
    }
    reader->at += skip + strlen(word);
    if (is_separator(peek(reader, 0))) {
        reader->at++;
    }
    read_number(reader, number);
    return true;
}

static void read_pre(struct reader *reader, struct bp_version_parts *parts) {
    /* A word stands before those it starts with. */
    static const struct {
        const char *word;
        enum bp_version_pre pre;
    } words[] = {
        {"alpha", BP_PRE_ALPHA},       {"a", BP_PRE_ALPHA},
        {"beta", BP_PRE_BETA},         {"b", BP_PRE_BETA},
        {"rc", BP_PRE_CANDIDATE},      {"c", BP_PRE_CANDIDATE},
        {"preview", BP_PRE_CANDIDATE}, {"pre", BP_PRE_CANDIDATE},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (read_marker(reader, words[i].word, &parts->pre_number)) {
            parts->pre = words[i].pre;
            return;
        }
    }
}

static void read_post(struct reader *reader, struct bp_version_parts *parts) {
    if (peek(reader, 0) == '-' && is_digit(peek(reader, 1))) {
        reader->at++;
        parts->has_post = read_number(reader, &parts->post);
        return;
    }
    parts->has_post = read_marker(reader, "post", &parts->post) ||
                      read_marker(reader, "rev", &parts->post) ||
                      read_marker(reader, "r", &parts->post);
}

static bool read_release(struct reader *reader, struct bp_version_parts *parts) {
    struct bp_version_number number;
    const char *start = reader->at;
    if (!read_number(reader, &number)) {
        return false;
    }
    if (peek(reader, 0) == '!') {
        parts->epoch = number;
        start = ++reader->at;
        if (!read_number(reader, &number)) {
            return false;
        }
    }
    while (peek(reader, 0) == '.' && is_digit(peek(reader, 1))) {
        reader->at++;
        read_number(reader, &number);
    }
    parts->release = start;
    parts->release_length = (size_t)(reader->at - start);
    return true;
}

static bool read_local(struct reader *reader, struct bp_version_parts *parts) {
    if (peek(reader, 0) != '+') {
        return true;
    }
    parts->local = ++reader->at;
    bool after_separator = true;
    for (char next; (next = peek(reader, 0)) != '\0'; reader->at++) {
        bool separator = is_separator(next);
        if ((separator && after_separator) || (!separator && !is_digit(next) && !is_letter(next))) {
            break;
        }
        after_separator = separator;
    }
    parts->local_length = (size_t)(reader->at - parts->local);
    return !after_separator;
}

bool bp_version_split(const char *text, size_t length, struct bp_version_parts *parts) {
    struct reader reader = {.at = text, .end = text + length};
    while (is_space(peek(&reader, 0))) {
        reader.at++;
    }
    while (reader.end > reader.at && is_space(reader.end[-1])) {
        reader.end--;
    }
    *parts = (struct bp_version_parts){0};
    if (peek(&reader, 0) == 'v') {
        reader.at++;
    }
    if (!read_release(&reader, parts)) {
        return false;
    }
    read_pre(&reader, parts);
    read_post(&reader, parts);
    parts->has_dev = read_marker(&reader, "dev", &parts->dev);
    return read_local(&reader, parts) && reader.at == reader.end;
}

int bp_version_number_order(struct bp_version_number left, struct bp_version_number right) {
    if (left.count != right.count) {
        return left.count < right.count ? -1 : 1;
    }
    return left.count ? memcmp(left.digits, right.digits, left.count) : 0;
}

size_t bp_version_release_count(const struct bp_version_parts *parts) {
    size_t count = 1;
    for (size_t i = 0; i < parts->release_length; i++) {
        count += parts->release[i] == '.';
    }
    return count;
}

/* Where the number after that at `at` starts, or the end. */
static size_t next_release_number(const struct bp_version_parts *parts, size_t at) {
    while (at < parts->release_length && parts->release[at] != '.') {
        at++;
    }
    return at < parts->release_length ? at + 1 : at;
}

static struct bp_version_number release_number(const struct bp_version_parts *parts, size_t at) {
    struct bp_version_number number;
    struct reader reader = {.at = parts->release + at,
                            .end = parts->release + parts->release_length};
    read_number(&reader, &number);
    return number;
}

struct bp_version_number bp_version_release_at(const struct bp_version_parts *parts, size_t index) {
    size_t at = 0;
    for (; index && at < parts->release_length; index--) {
        at = next_release_number(parts, at);
    }
    return release_number(parts, at);
}

static int order_releases(const struct bp_version_parts *left,
                          const struct bp_version_parts *right) {
    size_t left_at = 0;
    size_t right_at = 0;
    while (left_at < left->release_length || right_at < right->release_length) {
        int order =
            bp_version_number_order(release_number(left, left_at), release_number(right, right_at));
        if (order) {
            return order;
        }
        left_at = next_release_number(left, left_at);
        right_at = next_release_number(right, right_at);
    }
    return 0;
}

/* A development release of a final release comes before its first alpha; a final one after all. */
static int pre_rank(const struct bp_version_parts *parts) {
    if (parts->pre != BP_PRE_NONE) {
        return (int)parts->pre;
    }
    return parts->has_dev && !parts->has_post ? 0 : BP_PRE_CANDIDATE + 1;
}

/* One part of a local version, cut off its front. */
static struct reader next_local(const struct bp_version_parts *parts, size_t *at) {
    const char *start = parts->local + *at;
    while (*at < parts->local_length && !is_separator(parts->local[*at])) {
        ++*at;
    }
    struct reader part = {.at = start, .end = parts->local + *at};
    if (*at < parts->local_length) {
        ++*at;
    }
    return part;
}

/* Numbers by value and above words, words letter by letter whatever their case. */
static int order_local_parts(struct reader left, struct reader right) {
    struct reader left_rest = left;
    struct reader right_rest = right;
    struct bp_version_number left_number;
    struct bp_version_number right_number;
    read_number(&left_rest, &left_number);
    read_number(&right_rest, &right_number);
    bool left_is_number = left_rest.at == left_rest.end;
    bool right_is_number = right_rest.at == right_rest.end;
    if (left_is_number && right_is_number) {
        return bp_version_number_order(left_number, right_number);
    }
    if (left_is_number != right_is_number) {
        return left_is_number ? 1 : -1;
    }
    for (size_t i = 0;; i++) {
        char left_character = peek(&left, i);
        char right_character = peek(&right, i);
        if (left_character != right_character || !left_character) {
            return left_character - right_character;
        }
    }
}

static int order_locals(const struct bp_version_parts *left, const struct bp_version_parts *right) {
    if (!left->local || !right->local) {
        return (left->local != NULL) - (right->local != NULL);
    }
    size_t left_at = 0;
    size_t right_at = 0;
    while (left_at < left->local_length && right_at < right->local_length) {
        int order = order_local_parts(next_local(left, &left_at), next_local(right, &right_at));
        if (order) {
            return order;
        }
    }
    return (left_at < left->local_length) - (right_at < right->local_length);
}

int bp_version_order(const struct bp_version_parts *left, const struct bp_version_parts *right) {
    int order = bp_version_number_order(left->epoch, right->epoch);
    order = order ? order : order_releases(left, right);
    order = order ? order : pre_rank(left) - pre_rank(right);
    order = order ? order : bp_version_number_order(left->pre_number, right->pre_number);
    order = order ? order : left->has_post - right->has_post;
    order = order ? order : bp_version_number_order(left->post, right->post);
    order = order ? order : right->has_dev - left->has_dev;
    order = order ? order : bp_version_number_order(left->dev, right->dev);
    return order ? order : order_locals(left, right);
}

bool bp_version_valid(const char *text) {
    struct bp_version_parts parts;
    return text && bp_version_split(text, strlen(text), &parts);
}

bool bp_version_compare(const char *left, const char *right, int *order) {
    struct bp_version_parts left_parts;
    struct bp_version_parts right_parts;
    if (!left || !right || !bp_version_split(left, strlen(left), &left_parts) ||
        !bp_version_split(right, strlen(right), &right_parts)) {
        return false;
    }
    *order = bp_version_order(&left_parts, &right_parts);
    return true;
}
