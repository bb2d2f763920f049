#include "checks/text/required.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Shorter words are in nearly every text, more of them cost more than they save. */
enum { WORD_LEAST = 3, WORDS_MOST = 64, DEPTH_MOST = 32 };

/* Reading on; `failed` once there is something that is not understood. */
struct reading {
    const char *at;
    int depth;
    bool failed;
};

/* The words of one branch: the best set so far, and the letters that are being gathered. */
struct branch {
    struct bp_strs best;
    struct bp_str run;
};

static struct bp_strs read_branches(struct reading *reading);

static size_t shortest(const struct bp_strs *words) {
    size_t least = words->count ? SIZE_MAX : 0;
    for (size_t i = 0; i < words->count; i++) {
        size_t length = strlen(words->items[i]);
        least = length < least ? length : least;
    }
    return least;
}

/* Keeps the set whose shortest word is longer; of two such the smaller. Takes `words` over. */
static void offer(struct branch *branch, struct bp_strs words) {
    size_t mine = shortest(&branch->best);
    size_t other = shortest(&words);
    bool fits = other >= WORD_LEAST && words.count <= WORDS_MOST;
    bool better = other > mine || (other == mine && words.count < branch->best.count);
    /* Beyond eight letters a word is rare enough; few words are better then. */
    if (mine >= 8 && other >= 8) {
        better = words.count < branch->best.count;
    }
    if (fits && better) {
        struct bp_strs old = branch->best;
        branch->best = words;
        words = old;
    }
    bp_strs_free(&words);
}

static void end_run(struct branch *branch) {
    if (branch->run.length) {
        struct bp_strs single = {0};
        bp_strs_add(&single, branch->run.data);
        offer(branch, single);
        bp_str_truncate(&branch->run, 0);
    }
}

/* Over "[...]". */
static void skip_class(struct reading *reading) {
    const char *at = reading->at + 1;
    at += *at == '^';
    at += *at == ']';
    while (*at && *at != ']') {
        if (at[0] == '[' && at[1] == ':') {
            const char *end = strstr(at, ":]");
            at = end ? end + 2 : at + 1;
        } else {
            at += *at == '\\' && at[1] ? 2 : 1;
        }
    }
    reading->failed = reading->failed || !*at;
    reading->at = *at ? at + 1 : at;
}

/*
 * The quantifier "{2}", "{2,}" or "{2,3}" at the place, stepped over. What else begins so may be
 * one for some release of PCRE2, or stands for itself.
 */
static int read_counts(struct reading *reading) {
    static const char digits[] = "0123456789";
    const char *at = reading->at + 1;
    if (!*at || !strchr("0123456789, ", *at)) {
        return -1;
    }
    size_t length = strspn(at, digits);
    int least = strspn(at, "0") < length ? 1 : 0;
    const char *end = at + length;
    end += *end == ',' ? 1 + strspn(end + 1, digits) : 0;
    reading->failed = reading->failed || !length || *end != '}';
    reading->at = reading->failed ? reading->at + 1 : end + 1;
    return least;
}

/* A quantifier at the place, stepped over: the least number of times; -1: there is none. */
static int read_quantifier(struct reading *reading) {
    int least = -1;
    switch (*reading->at) {
    case '*':
    case '?':
        least = 0;
        reading->at++;
        break;
    case '+':
        least = 1;
        reading->at++;
        break;
    case '{':
        least = read_counts(reading);
        if (least < 0) {
            return -1;
        }
        break;
    default:
        return -1;
    }
    reading->at += *reading->at == '?' || *reading->at == '+';
    return least;
}

/* What stands after "(?": whether the group's inside counts, and is part of the text. */
static bool enter_special(struct reading *reading, bool *ends_here) {
    const char *at = reading->at;
    *ends_here = false;
    if (at[0] == ':' || at[0] == '>' || at[0] == '=') {
        reading->at++;
        return at[0] != '=';
    }
    if (at[0] == '!' || (at[0] == '<' && (at[1] == '!' || at[1] == '='))) {
        reading->at += at[0] == '!' ? 1 : 2;
        return false;
    }
    size_t letters = strspn(at, "imsxn-");
    reading->failed = reading->failed || !letters || memchr(at, 'x', letters);
    reading->at += letters;
    if (*reading->at == ')') {
        *ends_here = true;
    } else if (*reading->at == ':') {
        reading->at++;
        return true;
    } else {
        reading->failed = true;
    }
    return false;
}

/* A group, from its "(" on. */
static void read_group(struct reading *reading, struct branch *branch) {
    bool counts = true;
    bool ends_here = false;
    end_run(branch);
    reading->at++;
    if (*reading->at == '?') {
        reading->at++;
        counts = enter_special(reading, &ends_here);
    } else if (*reading->at == '*') {
        reading->failed = true;
    }
    if (reading->failed) {
        return;
    }
    struct bp_strs inside = {0};
    if (!ends_here) {
        inside = read_branches(reading);
    }
    if (*reading->at != ')') {
        reading->failed = true;
        bp_strs_free(&inside);
        return;
    }
    reading->at++;
    int least = ends_here ? -1 : read_quantifier(reading);
    if (counts && least != 0) {
        offer(branch, inside);
    } else {
        bp_strs_free(&inside);
    }
}

/* One character that stands for itself, unless a quantifier makes it optional. */
static void read_letter(struct reading *reading, struct branch *branch, char letter) {
    int least = read_quantifier(reading);
    if (least == 0) {
        end_run(branch);
        return;
    }
    bp_str_add_char(&branch->run, letter);
    if (least > 0) {
        end_run(branch);
        bp_str_add_char(&branch->run, letter);
    }
}

static void read_escape(struct reading *reading, struct branch *branch) {
    char escaped = reading->at[1];
    if (escaped && ispunct((unsigned char)escaped)) {
        reading->at += 2;
        read_letter(reading, branch, escaped);
        return;
    }
    end_run(branch);
    if (!escaped || !strchr("bBdDsSwWAzZnrtR", escaped)) {
        reading->failed = true;
        return;
    }
    reading->at += 2;
    read_quantifier(reading);
}

static void read_item(struct reading *reading, struct branch *branch) {
    switch (*reading->at) {
    case '(':
        read_group(reading, branch);
        break;
    case '[':
        end_run(branch);
        skip_class(reading);
        read_quantifier(reading);
        break;
    case '\\':
        read_escape(reading, branch);
        break;
    case '.':
    case '^':
    case '$':
        end_run(branch);
        reading->at++;
        read_quantifier(reading);
        break;
    default:
        if ((unsigned char)*reading->at >= 0x80) {
            /* A quantifier would be about more than one byte. */
            end_run(branch);
            reading->at++;
            read_quantifier(reading);
        } else {
            read_letter(reading, branch, *reading->at++);
        }
    }
}

/* All alternatives up to ")" or the end: the words of each, or none where one has none. */
static struct bp_strs read_branches(struct reading *reading) {
    struct bp_strs all = {0};
    bool each = ++reading->depth <= DEPTH_MOST;
    reading->failed = reading->failed || !each;
    for (bool more = each; more && !reading->failed;) {
        struct branch branch = {.best = {0}, .run = BP_STR_EMPTY};
        while (*reading->at && !strchr("|)", *reading->at) && !reading->failed) {
            read_item(reading, &branch);
        }
        end_run(&branch);
        each = each && branch.best.count > 0;
        for (size_t i = 0; i < branch.best.count; i++) {
            bp_strs_add_once(&all, branch.best.items[i]);
        }
        bp_strs_free(&branch.best);
        bp_str_free(&branch.run);
        more = *reading->at == '|';
        reading->at += more;
    }
    reading->depth--;
    if (!each || reading->failed) {
        bp_strs_free(&all);
    }
    return all;
}

struct bp_strs bp_required_words(const char *regex) {
    struct reading reading = {.at = regex};
    struct bp_strs words = read_branches(&reading);
    if (reading.failed || *reading.at) {
        bp_strs_free(&words);
    }
    return words;
}
