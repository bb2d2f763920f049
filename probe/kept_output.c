#include "probe/kept_output.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
    LONGEST_MARK = 40,
    FIRST_PLACES = 8, /* kept from the first ones on */
    LAST_PLACES = 8,  /* and of the others the last */
    MARK_STEP = 1024, /* bytes behind a mark in which no other of its kind is looked for */
};

/* A kind of place, and how much of the output belongs to one. */
struct kind {
    size_t before; /* bytes in front of the mark */
    size_t after;  /* bytes from the mark on; a further mark extends it */
    size_t limit;  /* bytes of a place in all */
};

enum { FAILURE, MENTION, KIND_COUNT };

static const struct kind kinds[KIND_COUNT] = {
    [FAILURE] = {4 << 10, 16 << 10, 48 << 10},
    [MENTION] = {1 << 10, 2 << 10, 8 << 10},
};

/* What a place is recognised by. */
static const struct mark {
    const char *text;
    int kind;
} marks[] = {
    {"Traceback (most recent call last)", FAILURE},
    {"Fatal Python error", FAILURE},
    {"terminate called", FAILURE},
    {" in file /", FAILURE}, /* bitsandbytes: "Error ... at line N in file /..." */
    {"CUDA error", FAILURE},
    {"bitsandbytes", MENTION},
};
enum { MARK_COUNT = sizeof marks / sizeof *marks };

/* Bytes of the output from `start` on. */
struct piece {
    uint64_t start;
    struct bp_str bytes;
};

struct places {
    struct piece first[FIRST_PLACES];
    struct piece last[LAST_PLACES]; /* a ring */
    size_t seen;                    /* how many there were */
    struct piece *open;             /* one that still takes what comes, or NULL */
    uint64_t open_until;
};

struct bp_kept_output {
    uint64_t total;
    struct bp_str head;
    char *tail; /* a ring; byte number N stands at N % BP_KEPT_TAIL */
    struct places places[KIND_COUNT];
    char carry[2 * LONGEST_MARK]; /* the end of what was searched, for marks across two parts */
    size_t carry_length;
    int stream;
    bool inside_line;
    uint64_t printed; /* bytes as the command printed them, without line ends put between */
};

struct bp_kept_output *bp_kept_output_new(void) {
    struct bp_kept_output *kept = bp_alloc(sizeof *kept);
    kept->head = (struct bp_str)BP_STR_EMPTY;
    kept->tail = bp_alloc(BP_KEPT_TAIL);
    for (int i = 0; i < KIND_COUNT; i++) {
        for (int j = 0; j < FIRST_PLACES; j++) {
            kept->places[i].first[j].bytes = (struct bp_str)BP_STR_EMPTY;
        }
        for (int j = 0; j < LAST_PLACES; j++) {
            kept->places[i].last[j].bytes = (struct bp_str)BP_STR_EMPTY;
        }
    }
    return kept;
}

void bp_kept_output_free(struct bp_kept_output *kept) {
    for (int i = 0; i < KIND_COUNT; i++) {
        for (int j = 0; j < FIRST_PLACES; j++) {
            bp_str_free(&kept->places[i].first[j].bytes);
        }
        for (int j = 0; j < LAST_PLACES; j++) {
            bp_str_free(&kept->places[i].last[j].bytes);
        }
    }
    bp_str_free(&kept->head);
    free(kept->tail);
    free(kept);
}

/* --- places --- */

/* Appends bytes `from` to `to` (not included) out of the ring, which must still hold them. */
static void add_from_tail(const struct bp_kept_output *kept, uint64_t from, uint64_t to,
                          struct bp_str *bytes) {
    while (from < to) {
        size_t at = (size_t)(from % BP_KEPT_TAIL);
        size_t length = BP_KEPT_TAIL - at;
        length = to - from < length ? (size_t)(to - from) : length;
        bp_str_add_bytes(bytes, kept->tail + at, length);
        from += length;
    }
}

static struct piece *new_place(struct places *places) {
    size_t number = places->seen++;
    struct piece *place = number < FIRST_PLACES
                              ? &places->first[number]
                              : &places->last[(number - FIRST_PLACES) % LAST_PLACES];
    bp_str_truncate(&place->bytes, 0);
    return place;
}

/* A mark was found at byte `at` of the output, which the ring holds by now. */
static void open_place(struct bp_kept_output *kept, int number, uint64_t at) {
    const struct kind *kind = &kinds[number];
    struct places *places = &kept->places[number];
    if (places->open && at < places->open_until) {
        uint64_t longest = places->open->start + kind->limit;
        uint64_t wanted = at + kind->after;
        wanted = wanted < longest ? wanted : longest;
        places->open_until = wanted > places->open_until ? wanted : places->open_until;
        return;
    }
    places->open = new_place(places);
    places->open->start = at > kind->before ? at - kind->before : 0;
    places->open_until = at + kind->after;
}

/* Gives each open place what has come by now. */
static void fill_places(struct bp_kept_output *kept) {
    for (int i = 0; i < KIND_COUNT; i++) {
        struct places *places = &kept->places[i];
        if (!places->open) {
            continue;
        }
        uint64_t from = places->open->start + places->open->bytes.length;
        uint64_t to = kept->total < places->open_until ? kept->total : places->open_until;
        if (from < to) {
            add_from_tail(kept, from, to, &places->open->bytes);
        }
        if (kept->total >= places->open_until) {
            places->open = NULL;
        }
    }
}

static const char *find(const char *from, const char *end, const struct mark *mark) {
    return from < end ? memmem(from, (size_t)(end - from), mark->text, strlen(mark->text)) : NULL;
}

/* The mark that comes first of those found, or MARK_COUNT. */
static int first_of(const char *const found[MARK_COUNT]) {
    int first = MARK_COUNT;
    for (int i = 0; i < MARK_COUNT; i++) {
        if (found[i] && (first == MARK_COUNT || found[i] < found[first])) {
            first = i;
        }
    }
    return first;
}

/*
 * Opens the places in `bytes`, which begin at byte `start` of the output, in their order. What
 * follows a mark closely belongs to its place anyhow and is skipped in one step, so that a flood of
 * marks costs little.
 */
static void find_places(struct bp_kept_output *kept, uint64_t start, const char *bytes,
                        size_t length) {
    const char *end = bytes + length;
    const char *found[MARK_COUNT];
    int first;
    for (int i = 0; i < MARK_COUNT; i++) {
        found[i] = find(bytes, end, &marks[i]);
    }
    while ((first = first_of(found)) < MARK_COUNT) {
        const char *at = found[first];
        const char *next = (size_t)(end - at) > MARK_STEP ? at + MARK_STEP : end;
        open_place(kept, marks[first].kind, start + (uint64_t)(at - bytes));
        fill_places(kept);
        for (int i = 0; i < MARK_COUNT; i++) {
            if (found[i] && found[i] < next && marks[i].kind == marks[first].kind) {
                found[i] = find(next, end, &marks[i]);
            }
        }
    }
}

/* --- taking --- */

static void add_to_tail(struct bp_kept_output *kept, const char *bytes, size_t length) {
    while (length > 0) {
        size_t at = (size_t)(kept->total % BP_KEPT_TAIL);
        size_t part = BP_KEPT_TAIL - at < length ? BP_KEPT_TAIL - at : length;
        memcpy(kept->tail + at, bytes, part);
        kept->total += part;
        bytes += part;
        length -= part;
    }
}

/* Looks for a mark that began in the part before this one. */
static void find_across(struct bp_kept_output *kept, uint64_t start, const char *bytes,
                        size_t length) {
    size_t part = length < LONGEST_MARK ? length : LONGEST_MARK;
    size_t carried = kept->carry_length;
    memcpy(kept->carry + carried, bytes, part);
    if (carried > 0) {
        find_places(kept, start - carried, kept->carry, carried + part);
    }
    if (part < length) {
        memcpy(kept->carry, bytes + length - LONGEST_MARK, LONGEST_MARK);
        kept->carry_length = LONGEST_MARK;
    } else {
        size_t all = carried + part;
        size_t rest = all < LONGEST_MARK ? all : LONGEST_MARK;
        memmove(kept->carry, kept->carry + all - rest, rest);
        kept->carry_length = rest;
    }
}

static void add(struct bp_kept_output *kept, const char *bytes, size_t length) {
    uint64_t start = kept->total;
    if (kept->head.length < BP_KEPT_HEAD) {
        size_t room = BP_KEPT_HEAD - kept->head.length;
        bp_str_add_bytes(&kept->head, bytes, length < room ? length : room);
    }
    add_to_tail(kept, bytes, length);
    fill_places(kept);
    find_across(kept, start, bytes, length);
    find_places(kept, start, bytes, length);
}

void bp_kept_output_add(struct bp_kept_output *kept, int stream, const char *bytes, size_t length) {
    static const size_t most = BP_KEPT_TAIL / 4; /* so that the ring holds what is in front of it */
    if (length == 0) {
        return;
    }
    if (stream != kept->stream && kept->inside_line) {
        add(kept, "\n", 1);
    }
    kept->stream = stream;
    kept->inside_line = bytes[length - 1] != '\n';
    kept->printed += length;
    while (length > 0) {
        size_t part = length < most ? length : most;
        add(kept, bytes, part);
        bytes += part;
        length -= part;
    }
}

uint64_t bp_kept_output_total(const struct bp_kept_output *kept) {
    return kept->printed;
}

/* --- putting together --- */

static int compare_pieces(const void *left_pointer, const void *right_pointer) {
    const struct piece *left = *(const struct piece *const *)left_pointer;
    const struct piece *right = *(const struct piece *const *)right_pointer;
    return left->start < right->start ? -1 : left->start > right->start;
}

/* Where the writing has come to. */
struct writing {
    struct bp_str *text;
    uint64_t at;       /* all before this byte is written or left out */
    uint64_t left_out; /* bytes */
};

static void write_piece(struct writing *writing, uint64_t start, const char *bytes,
                        uint64_t length) {
    if (start + length <= writing->at) {
        return;
    }
    if (start > writing->at) {
        uint64_t gap = start - writing->at;
        bool line_open =
            writing->text->length && writing->text->data[writing->text->length - 1] != '\n';
        bp_str_addf(writing->text, "%s[... %" PRIu64 " bytes left out ...]\n",
                    line_open ? "\n" : "", gap);
        writing->left_out += gap;
        writing->at = start;
    }
    uint64_t skip = writing->at - start;
    bp_str_add_bytes(writing->text, bytes + skip, (size_t)(length - skip));
    writing->at = start + length;
}

uint64_t bp_kept_output_write(const struct bp_kept_output *kept, struct bp_str *text) {
    const struct piece *pieces[KIND_COUNT * (FIRST_PLACES + LAST_PLACES)];
    size_t count = 0;
    for (int i = 0; i < KIND_COUNT; i++) {
        for (int j = 0; j < FIRST_PLACES; j++) {
            pieces[count++] = &kept->places[i].first[j];
        }
        for (int j = 0; j < LAST_PLACES; j++) {
            pieces[count++] = &kept->places[i].last[j];
        }
    }
    qsort(pieces, count, sizeof *pieces, compare_pieces);
    struct writing writing = {.text = text};
    write_piece(&writing, 0, kept->head.data, kept->head.length);
    for (size_t i = 0; i < count; i++) {
        write_piece(&writing, pieces[i]->start, pieces[i]->bytes.data, pieces[i]->bytes.length);
    }
    uint64_t tail_start = kept->total > BP_KEPT_TAIL ? kept->total - BP_KEPT_TAIL : 0;
    struct bp_str tail = BP_STR_EMPTY;
    add_from_tail(kept, tail_start, kept->total, &tail);
    write_piece(&writing, tail_start, tail.data, tail.length);
    bp_str_free(&tail);
    return writing.left_out;
}
