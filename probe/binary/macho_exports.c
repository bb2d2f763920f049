#include "probe/binary/macho_exports.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"

/* --- the trie --- */

/* A node on the way from the root to the one that is being read. */
struct step {
    uint64_t at;        /* of its next child's edge */
    size_t name_length; /* of the name that leads here */
    unsigned children;  /* that are still to be visited */
};

struct walk {
    struct bp_cursor trie;
    /*
     * In a trie each byte belongs to one node. So a walk that has read more bytes than the
     * trie has goes in circles or over the same bytes again and again.
     */
    uint64_t bytes_left;
    struct step *steps;
    size_t depth;
    size_t capacity;
    struct bp_str name;
    struct bp_symbol_wishes *wishes;
    struct bp_err *err;
};

static int damaged(struct walk *walk) {
    return bp_fail(walk->err, BP_E_FORMAT, "the table of exported names is damaged");
}

static int take(struct walk *walk, uint64_t bytes) {
    if (walk->trie.failed || bytes > walk->bytes_left) {
        return damaged(walk);
    }
    walk->bytes_left -= bytes;
    return 0;
}

/* A number in LEB128; *at moves behind it. */
static uint64_t read_number(struct walk *walk, uint64_t *at) {
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte = bp_cursor_u8(&walk->trie, (*at)++);
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            return number;
        }
    }
    walk->trie.failed = true;
    return 0;
}

static void see_symbol(struct walk *walk) {
    size_t skip = walk->name.length && walk->name.data[0] == '_';
    bp_symbol_wishes_see(walk->wishes, walk->name.data + skip, walk->name.length - skip);
}

/* Reads the node at `at` and puts it on top of the steps. */
static int enter(struct walk *walk, uint64_t at) {
    uint64_t start = at;
    uint64_t terminal = read_number(walk, &at);
    bp_cursor_part(&walk->trie, at, terminal);
    if (walk->trie.failed) {
        return damaged(walk);
    }
    unsigned children = bp_cursor_u8(&walk->trie, at + terminal);
    if (take(walk, at + terminal + 1 - start) != 0) {
        return -1;
    }
    if (terminal) {
        see_symbol(walk);
    }
    if (walk->depth == walk->capacity) {
        walk->capacity = walk->capacity ? 2 * walk->capacity : 64;
        walk->steps = bp_realloc_array(walk->steps, walk->capacity, sizeof *walk->steps);
    }
    walk->steps[walk->depth++] = (struct step){
        .at = at + terminal + 1, .name_length = walk->name.length, .children = children};
    return 0;
}

/* Follows the next edge of the node on top: a string and the child's offset. */
static int follow_edge(struct walk *walk) {
    struct step *step = &walk->steps[walk->depth - 1];
    uint64_t at = step->at;
    const char *edge = bp_cursor_string(&walk->trie, at);
    if (!edge) {
        return damaged(walk);
    }
    size_t length = strlen(edge);
    at += length + 1;
    uint64_t child = read_number(walk, &at);
    if (take(walk, at - step->at) != 0) {
        return -1;
    }
    if (step->name_length + length > BP_MACHO_SYMBOL_NAME_LIMIT) {
        return bp_fail(walk->err, BP_E_LIMIT, "an exported name of more than %d bytes",
                       BP_MACHO_SYMBOL_NAME_LIMIT);
    }
    step->at = at;
    step->children--;
    bp_str_truncate(&walk->name, step->name_length);
    bp_str_add_bytes(&walk->name, edge, length);
    return enter(walk, child);
}

static int walk_trie(const struct bp_macho *macho, struct bp_macho_part part,
                     struct bp_symbol_wishes *wishes, struct bp_err *err) {
    struct bp_cursor file = macho->file;
    struct walk walk = {.trie = bp_cursor_part(&file, part.offset, part.size),
                        .bytes_left = part.size,
                        .name = BP_STR_EMPTY,
                        .wishes = wishes,
                        .err = err};
    if (file.failed) {
        return bp_fail(err, BP_E_FORMAT, "the table of exported names lies outside the file");
    }
    int result = part.size ? enter(&walk, 0) : 0;
    while (result == 0 && walk.depth) {
        if (walk.steps[walk.depth - 1].children) {
            result = follow_edge(&walk);
        } else {
            walk.depth--;
        }
    }
    bp_str_free(&walk.name);
    free(walk.steps);
    return result;
}

/* --- the symbol table --- */

enum {
    SYMBOL_32 = 12,
    SYMBOL_64 = 16,
    TYPE = 4, /* where the type stands in a symbol */
    DEBUGGING = 0xe0,
    PRIVATE = 0x10,
    KIND = 0x0e,
    EXTERNAL = 0x01,
    ABSOLUTE = 0x02,
    IN_SECTION = 0x0e,
    INDIRECT = 0x0a,
};

static bool is_exported(uint8_t type) {
    unsigned kind = type & KIND;
    return !(type & (DEBUGGING | PRIVATE)) && (type & EXTERNAL) &&
           (kind == ABSOLUTE || kind == IN_SECTION || kind == INDIRECT);
}

static int walk_symbols(const struct bp_macho *macho, const struct bp_macho_commands *commands,
                        struct bp_symbol_wishes *wishes, struct bp_err *err) {
    struct bp_cursor file = macho->file;
    uint64_t size = macho->bits == 64 ? SYMBOL_64 : SYMBOL_32;
    uint64_t count = commands->symbols.size;
    struct bp_cursor symbols = bp_cursor_part(&file, commands->symbols.offset, count * size);
    struct bp_cursor names =
        bp_cursor_part(&file, commands->symbol_names.offset, commands->symbol_names.size);
    if (file.failed) {
        return bp_fail(err, BP_E_FORMAT, "the symbol table lies outside the file");
    }
    if (count > BP_MACHO_SYMBOL_LIMIT) {
        return bp_fail(err, BP_E_LIMIT, "more than %llu symbols",
                       (unsigned long long)BP_MACHO_SYMBOL_LIMIT);
    }
    for (uint64_t i = 0; i < count; i++) {
        if (is_exported(bp_cursor_u8(&symbols, i * size + TYPE))) {
            uint64_t name = bp_cursor_u32(&symbols, i * size);
            bool underscore = bp_cursor_is(&names, name, "_", 1);
            bp_symbol_wishes_see_at(wishes, &names, name + underscore);
        }
    }
    return 0;
}

int bp_macho_exports(const struct bp_macho *macho, const struct bp_macho_commands *commands,
                     struct bp_symbol_wishes *wishes, struct bp_err *err) {
    if (commands->exports.present) {
        return walk_trie(macho, commands->exports, wishes, err);
    }
    return walk_symbols(macho, commands, wishes, err);
}
