#include "checks/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/excerpt.h"
#include "checks/operators.h"
#include "checks/placeholders.h"

/* A fact larger than this is named, not repeated. */
#define NODES_MOST 40
#define MATCH_MOST 200

static struct bp_piece *append(struct bp_evidence *evidence, const cJSON *leaf) {
    if (evidence->count == evidence->capacity) {
        evidence->capacity = evidence->capacity ? evidence->capacity * 2 : 8;
        evidence->items =
            bp_realloc_array(evidence->items, evidence->capacity, sizeof *evidence->items);
    }
    struct bp_piece *piece = &evidence->items[evidence->count++];
    *piece = (struct bp_piece){.leaf = leaf, .shown = cJSON_CreateObject()};
    return piece;
}

static int count_nodes(const cJSON *value) {
    int count = 1;
    for (const cJSON *child = value->child; child && count <= NODES_MOST; child = child->next) {
        count += count_nodes(child);
    }
    return count;
}

/* "/host/libc/version" as "host libc version". */
static char *pointer_words(const char *pointer) {
    char *words = bp_strdup(*pointer == '/' ? pointer + 1 : pointer);
    for (char *at = words; *at; at++) {
        if (*at == '/' || *at == '_') {
            *at = ' ';
        }
    }
    return words;
}

static char *made_sentence_for_fact(const struct bp_view *view, const struct bp_piece *piece,
                                    const cJSON *fact) {
    char *name = pointer_words(piece->pointer);
    char *value = bp_fact_words(fact);
    struct bp_str sentence = BP_STR_EMPTY;
    if (!fact) {
        bp_str_addf(&sentence, "%s could not be learned", name);
    } else if (value) {
        bp_str_addf(&sentence, "%s is %s", name, value);
    } else {
        bp_str_addf(&sentence, fact->child ? "%s is known" : "%s is empty", name);
    }
    const char *other = bp_operator_other_pointer(piece->leaf);
    char *other_value = other ? bp_fact_words(bp_view_fact(view, other)) : NULL;
    if (other_value) {
        char *other_name = pointer_words(other);
        bp_str_addf(&sentence, ", %s is %s", other_name, other_value);
        free(other_name);
    }
    free(other_value);
    free(value);
    free(name);
    return bp_str_detach(&sentence);
}

/* A pattern is no sentence for a person: where it was found, the line speaks for itself. */
static char *made_sentence_for_text(const cJSON *leaf, bool found) {
    const char *literal = bp_json_text(leaf, "text");
    const char *wanted = literal ? literal : bp_json_text(leaf, "text_matches");
    if (!literal && found) {
        return bp_strdup("the text has a line that is typical of it");
    }
    char *plain = bp_excerpt_text(wanted, strlen(wanted), MATCH_MOST);
    char *sentence = bp_format(literal ? "the text %s \"%s\"" : "the text %s what /%s/ describes",
                               found ? "holds" : "does not hold", plain);
    free(plain);
    return sentence;
}

/* The leaf's own sentence, or else `made`, which is taken over. */
static void set_says(struct bp_piece *piece, const struct bp_view *view, char *made) {
    const char *own = bp_json_text(piece->leaf, "says");
    if (own) {
        struct bp_evidence alone = {.items = piece, .count = 1, .capacity = 1};
        bool complete;
        free(made);
        made = bp_placeholders_fill(own, view, &alone, NULL, &complete);
    }
    bp_json_set_text(piece->shown, "says", made);
    free(made);
}

/* A fact that was read out of the text is shown with its line. */
static void set_origin(cJSON *shown, const struct bp_view *view, const char *pointer) {
    size_t line = bp_view_line(view, pointer);
    bool in_text = line > 0 || bp_pointer_in_text(pointer);
    bp_json_set_text(shown, "from",
                     bp_pointer_in_loader(pointer) ? "loader"
                     : in_text                     ? "text"
                                                   : "snapshot");
    bp_json_set_text(shown, "pointer", pointer);
    if (in_text && view->text) {
        bp_json_set_text(shown, "source", view->text->source);
    }
    if (line > 0) {
        bp_json_set_number(shown, "line", (double)line);
    }
}

void bp_evidence_add_fact(struct bp_evidence *evidence, const struct bp_view *view,
                          const cJSON *leaf, const char *pointer, const cJSON *fact,
                          const struct bp_span *match) {
    struct bp_piece *piece = append(evidence, leaf);
    piece->pointer = bp_strdup(pointer);
    if (match) {
        const char *text = cJSON_GetStringValue(fact);
        piece->match = bp_excerpt_text(text + match->start, match->end - match->start, MATCH_MOST);
    }
    set_origin(piece->shown, view, pointer);
    if (!fact) {
        cJSON_AddNullToObject(piece->shown, "value");
    } else if (count_nodes(fact) <= NODES_MOST) {
        cJSON_AddItemToObject(piece->shown, "value", cJSON_Duplicate(fact, true));
    }
    set_says(piece, view, made_sentence_for_fact(view, piece, fact));
}

void bp_evidence_add_text(struct bp_evidence *evidence, const struct bp_view *view,
                          const cJSON *leaf, const struct bp_span *place) {
    struct bp_piece *piece = append(evidence, leaf);
    const struct bp_text *text = view->text;
    bp_json_set_text(piece->shown, "from", "text");
    bp_json_set_text(piece->shown, "source", text->source);
    if (place) {
        struct bp_span seen = *place;
        piece->match = bp_excerpt_text(text->data + seen.start, seen.end - seen.start, MATCH_MOST);
        while (seen.start < seen.end && strchr("\r\n", text->data[seen.start])) {
            seen.start++;
        }
        char *excerpt = bp_line_excerpt(text->data, text->length, seen);
        bp_json_set_number(piece->shown, "line", (double)bp_line_number(text->data, seen.start));
        bp_json_set_text(piece->shown, "excerpt", excerpt);
        free(excerpt);
    }
    set_says(piece, view, made_sentence_for_text(leaf, place != NULL));
}

void bp_evidence_truncate(struct bp_evidence *evidence, size_t count) {
    while (evidence->count > count) {
        struct bp_piece *piece = &evidence->items[--evidence->count];
        free(piece->pointer);
        free(piece->match);
        cJSON_Delete(piece->shown);
    }
}

void bp_evidence_free(struct bp_evidence *evidence) {
    bp_evidence_truncate(evidence, 0);
    free(evidence->items);
    *evidence = (struct bp_evidence){0};
}
