/* The parts of a parsed version, shared by the ordering and the specifiers. Internal to base/. */
#ifndef BP_BASE_VERSION_PARTS_H
#define BP_BASE_VERSION_PARTS_H

#include <stdbool.h>
#include <stddef.h>

/* Digits of any length, leading zeros left out; none means 0. Points into the parsed text. */
struct bp_version_number {
    const char *digits;
    size_t count;
};

/* The order of the values is the order of the releases. */
enum bp_version_pre { BP_PRE_NONE, BP_PRE_ALPHA, BP_PRE_BETA, BP_PRE_CANDIDATE };

/* Nothing is copied: the text has to outlive its parts. */
struct bp_version_parts {
    struct bp_version_number epoch;
    const char *release; /* digits and dots */
    size_t release_length;
    enum bp_version_pre pre;
    struct bp_version_number pre_number;
    bool has_post;
    struct bp_version_number post;
    bool has_dev;
    struct bp_version_number dev;
    const char *local; /* NULL: none */
    size_t local_length;
};

/* Parses the whole of text[0..length), white space around it allowed. */
bool bp_version_split(const char *text, size_t length, struct bp_version_parts *parts);

/* Negative, 0 or positive. */
int bp_version_order(const struct bp_version_parts *left, const struct bp_version_parts *right);
int bp_version_number_order(struct bp_version_number left, struct bp_version_number right);

/* How many numbers the release has, and the one at `index` (0 beyond the last). */
size_t bp_version_release_count(const struct bp_version_parts *parts);
struct bp_version_number bp_version_release_at(const struct bp_version_parts *parts, size_t index);

#endif
