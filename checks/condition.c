#include "checks/condition.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/operators.h"

/* One leaf about many elements is shown by the first few. */
#define PIECES_A_LEAF 8

/* The element that a "some" is about, while its inside is judged. */
struct scope {
    const char *pattern; /* the pointer as written, with its "*" */
    const char *pointer; /* of the element */
    const struct scope *outer;
};

/* `wanted`: the truth whose evidence is kept; under a "not" that is false. */
struct judging {
    const struct bp_view *view;
    struct bp_evidence *evidence; /* NULL: none is kept */
    enum bp_truth wanted;
    const struct scope *scope; /* the innermost; NULL: none */
};

static enum bp_truth judge(const struct judging *judging, const cJSON *condition);

static enum bp_truth negate(enum bp_truth truth) {
    return (enum bp_truth)(BP_TRUE - truth);
}

static size_t mark(const struct judging *judging) {
    return judging->evidence ? judging->evidence->count : 0;
}

/* Drops the evidence that came since the mark unless the answer is the one wanted. */
static enum bp_truth settle(const struct judging *judging, size_t since, enum bp_truth truth) {
    if (judging->evidence && truth != judging->wanted) {
        bp_evidence_truncate(judging->evidence, since);
    }
    return truth;
}

/* True if all are; nothing that follows a false one matters. */
static enum bp_truth judge_all(const struct judging *judging, const cJSON *conditions) {
    size_t since = mark(judging);
    enum bp_truth least = BP_TRUE;
    for (const cJSON *at = conditions->child; at && least != BP_FALSE; at = at->next) {
        enum bp_truth truth = judge(judging, at);
        least = truth < least ? truth : least;
    }
    return settle(judging, since, least);
}

/* True if any is. All true ones are evidence, so it goes on while evidence of truth is kept. */
static enum bp_truth judge_any(const struct judging *judging, const cJSON *conditions) {
    bool collects = judging->evidence && judging->wanted == BP_TRUE;
    size_t since = mark(judging);
    enum bp_truth most = BP_FALSE;
    for (const cJSON *at = conditions->child; at && (collects || most != BP_TRUE); at = at->next) {
        enum bp_truth truth = judge(judging, at);
        most = truth > most ? truth : most;
    }
    return settle(judging, since, most);
}

static enum bp_truth judge_not(const struct judging *judging, const cJSON *condition) {
    struct judging inside = *judging;
    inside.wanted = negate(judging->wanted);
    return negate(judge(&inside, condition));
}

/* `kind` is the leaf's member "text" or "text_matches". */
static enum bp_truth judge_text(const struct judging *judging, const cJSON *leaf,
                                const cJSON *kind) {
    const struct bp_text *text = judging->view->text;
    if (!text) {
        return BP_UNKNOWN;
    }
    struct bp_span place = {0};
    enum bp_truth truth = bp_text_find(judging->view->hits, judging->view->regexes, kind,
                                       text->data, text->length, &place);
    if (judging->evidence && truth == judging->wanted) {
        bp_evidence_add_text(judging->evidence, judging->view, leaf,
                             truth == BP_TRUE ? &place : NULL);
    }
    return truth;
}

/* On the way through a document to what one pointer stands for. */
struct walk {
    const struct judging *judging;
    const cJSON *condition; /* `{"fact": ...}` or `{"some": ...}` */
    struct bp_str pointer;  /* how far it has come, with real indices */
    size_t since;           /* the evidence's mark when it set out */
};

/* A pointer whose start is that of an enclosing "some" means that one's element. Freed by the
 * caller. */
static char *in_scope(const struct scope *scope, const char *pointer) {
    for (; scope; scope = scope->outer) {
        size_t length = strlen(scope->pattern);
        if (strncmp(scope->pattern, pointer, length) == 0 &&
            (pointer[length] == '/' || !pointer[length])) {
            return bp_format("%s%s", scope->pointer, pointer + length);
        }
    }
    return bp_strdup(pointer);
}

static void add_fact(struct walk *walk, const cJSON *fact, const struct bp_span *match) {
    const struct judging *judging = walk->judging;
    bp_evidence_add_fact(judging->evidence, judging->view, walk->condition, walk->pointer.data,
                         cJSON_IsNull(fact) ? NULL : fact, match);
}

static bool is_full(const struct walk *walk) {
    return walk->judging->evidence && walk->judging->evidence->count - walk->since >= PIECES_A_LEAF;
}

static enum bp_truth judge_fact(struct walk *walk, const cJSON *fact) {
    const struct judging *judging = walk->judging;
    struct bp_answer answer = bp_operator_judge(walk->condition, fact, judging->view);
    if (judging->evidence && answer.truth == judging->wanted && !is_full(walk)) {
        add_fact(walk, fact, answer.matched ? &answer.match : NULL);
    }
    return answer.truth;
}

/* Judges the inside of a "some" for one element. */
static enum bp_truth judge_element(struct walk *walk, const cJSON *element) {
    struct judging inside = *walk->judging;
    struct scope scope = {.pattern = bp_json_text(walk->condition, "some"),
                          .pointer = walk->pointer.data,
                          .outer = inside.scope};
    inside.scope = &scope;
    inside.evidence = is_full(walk) ? NULL : inside.evidence;
    return element ? judge(&inside, bp_json_get(walk->condition, "when")) : BP_UNKNOWN;
}

/* At the pointer's end, or where it leads no further: `rest` is what is left of it. */
static enum bp_truth arrive(struct walk *walk, const cJSON *at, const char *rest) {
    size_t length = walk->pointer.length;
    bp_str_add(&walk->pointer, rest);
    at = *rest ? NULL : at;
    bool some = bp_json_get(walk->condition, "some") != NULL;
    enum bp_truth truth = some ? judge_element(walk, at) : judge_fact(walk, at);
    bp_str_truncate(&walk->pointer, length);
    return truth;
}

static enum bp_truth walk_on(struct walk *walk, const cJSON *at, const char *rest);

/* True for any of the children, and for none of none false. */
static enum bp_truth walk_children(struct walk *walk, const cJSON *parent, const char *rest) {
    enum bp_truth most = BP_FALSE;
    size_t length = walk->pointer.length;
    size_t index = 0;
    for (const cJSON *child = parent->child; child; child = child->next) {
        if (child->string) {
            bp_pointer_add(&walk->pointer, child->string);
        } else {
            bp_str_addf(&walk->pointer, "/%zu", index++);
        }
        enum bp_truth truth = walk_on(walk, child, rest);
        most = truth > most ? truth : most;
        bp_str_truncate(&walk->pointer, length);
    }
    if (!parent->child && walk->judging->evidence && walk->judging->wanted == BP_FALSE) {
        add_fact(walk, parent, NULL);
    }
    return most;
}

static enum bp_truth walk_on(struct walk *walk, const cJSON *at, const char *rest) {
    if (!*rest || !(cJSON_IsArray(at) || cJSON_IsObject(at))) {
        return arrive(walk, at, rest);
    }
    size_t length = walk->pointer.length;
    char *part = bp_pointer_next(&rest);
    enum bp_truth truth;
    if (strcmp(part, "*") == 0) {
        truth = walk_children(walk, at, rest);
    } else {
        bp_pointer_add(&walk->pointer, part);
        truth = walk_on(walk, bp_json_child(at, part), rest);
    }
    bp_str_truncate(&walk->pointer, length);
    free(part);
    return truth;
}

/*
 * A fact at a pointer without "*": most facts are, and most are no evidence, so the place is
 * put into words only where one is.
 */
static bool is_quick(const struct judging *judging, const cJSON *condition, const char *written,
                     enum bp_truth *truth) {
    const char *rest;
    if (judging->scope || strchr(written, '*') || bp_json_get(condition, "some")) {
        return false;
    }
    const cJSON *root = bp_view_root(judging->view, written, &rest);
    const cJSON *fact = *rest ? bp_json_at(root, rest) : root;
    *truth = bp_operator_judge(condition, fact, judging->view).truth;
    return !judging->evidence || *truth != judging->wanted;
}

/* Judges a "fact" or a "some", whose pointer is given as it is written. */
static enum bp_truth judge_pointer(const struct judging *judging, const cJSON *condition,
                                   const char *written) {
    enum bp_truth quick;
    if (is_quick(judging, condition, written, &quick)) {
        return quick;
    }
    struct walk walk = {.judging = judging,
                        .condition = condition,
                        .pointer = BP_STR_EMPTY,
                        .since = mark(judging)};
    char *pointer = in_scope(judging->scope, written);
    const char *rest;
    const cJSON *root = bp_view_root(judging->view, pointer, &rest);
    bp_str_add_bytes(&walk.pointer, pointer, (size_t)(rest - pointer));
    enum bp_truth truth = walk_on(&walk, root, rest);
    bp_str_free(&walk.pointer);
    free(pointer);
    return settle(judging, walk.since, truth);
}

/* The member that says of what kind the condition is; one pass, since this is asked most often. */
static const cJSON *find_kind(const cJSON *condition) {
    static const char *const kinds[] = {"all",  "any",  "not",         "fact",
                                        "some", "text", "text_matches"};
    for (const cJSON *member = condition->child; member; member = member->next) {
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
            if (member->string[0] == kinds[i][0] && strcmp(member->string, kinds[i]) == 0) {
                return member;
            }
        }
    }
    return NULL;
}

static enum bp_truth judge(const struct judging *judging, const cJSON *condition) {
    const cJSON *kind = find_kind(condition);
    const char *name = kind ? kind->string : "";
    if (strcmp(name, "all") == 0) {
        return judge_all(judging, kind);
    }
    if (strcmp(name, "any") == 0) {
        return judge_any(judging, kind);
    }
    if (strcmp(name, "not") == 0) {
        return judge_not(judging, kind);
    }
    if (strcmp(name, "fact") == 0 || strcmp(name, "some") == 0) {
        return judge_pointer(judging, condition, kind->valuestring);
    }
    return judge_text(judging, condition, kind);
}

enum bp_truth bp_condition_judge(const cJSON *condition, const struct bp_view *view,
                                 struct bp_evidence *evidence) {
    struct judging judging = {.view = view, .evidence = evidence, .wanted = BP_TRUE};
    return judge(&judging, condition);
}
