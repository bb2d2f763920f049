#include "checks/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/*
 * Steps that any match may take, and more for each byte of the text, since even a harmless
 * search takes some at each place; what a hostile text can cost stays well under a second.
 */
#define STEPS_ALWAYS 500000U
#define STEPS_A_BYTE 16U
#define STEPS_MOST 10000000U
#define DEPTH_MOST 50000U
#define HEAP_MOST_KIB 8192U

/* Bytes that a regex is tried on before machine code is made for it, which takes its time too. */
#define JIT_AFTER 32768U
#define JIT_STACK_LEAST 32768U
#define JIT_STACK_MOST (1U << 20)

struct compiled {
    char *regex;
    pcre2_code *code;       /* NULL: malformed */
    pcre2_match_data *data; /* NULL until the first match */
    size_t seen;            /* bytes that it was tried on */
    bool translated;        /* to machine code, or that was found impossible */
    struct compiled *next;
};

/* A power of two, so that a hash is cut to a slot by masking. */
#define SLOTS 256U

struct bp_regexes {
    struct compiled *slots[SLOTS];
    pcre2_match_context *bounds;
    pcre2_jit_stack *stack; /* for machine code; NULL: the small one it has anyway */
};

static pcre2_code *compile(const char *regex, int *error, size_t *at) {
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    if (context) {
        pcre2_set_newline(context, PCRE2_NEWLINE_ANYCRLF);
    }
    uint32_t options = PCRE2_UTF | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C;
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED, options, error, at, context);
    pcre2_compile_context_free(context);
    return code;
}

static pcre2_match_context *new_bounds(void) {
    pcre2_match_context *bounds = pcre2_match_context_create(NULL);
    if (bounds) {
        pcre2_set_depth_limit(bounds, DEPTH_MOST);
        pcre2_set_heap_limit(bounds, HEAP_MOST_KIB);
    }
    return bounds;
}

struct bp_regexes *bp_regexes_new(void) {
    return bp_alloc(sizeof(struct bp_regexes));
}

void bp_regexes_free(struct bp_regexes *regexes) {
    if (!regexes) {
        return;
    }
    for (size_t i = 0; i < SLOTS; i++) {
        while (regexes->slots[i]) {
            struct compiled *next = regexes->slots[i]->next;
            pcre2_match_data_free(regexes->slots[i]->data);
            pcre2_code_free(regexes->slots[i]->code);
            free(regexes->slots[i]->regex);
            free(regexes->slots[i]);
            regexes->slots[i] = next;
        }
    }
    pcre2_match_context_free(regexes->bounds);
    pcre2_jit_stack_free(regexes->stack);
    free(regexes);
}

/* FNV-1a: short, and good enough for a few hundred texts that nobody chose to collide. */
static size_t slot_of(const char *regex) {
    uint32_t hash = 2166136261U;
    for (; *regex; regex++) {
        hash = (hash ^ (uint8_t)*regex) * 16777619U;
    }
    return hash & (SLOTS - 1);
}

static struct compiled *compiled(struct bp_regexes *regexes, const char *regex) {
    struct compiled **slot = &regexes->slots[slot_of(regex)];
    for (struct compiled *at = *slot; at; at = at->next) {
        if (strcmp(at->regex, regex) == 0) {
            return at;
        }
    }
    int error;
    size_t place;
    struct compiled *fresh = bp_alloc(sizeof *fresh);
    fresh->regex = bp_strdup(regex);
    fresh->code = compile(regex, &error, &place);
    fresh->next = *slot;
    *slot = fresh;
    return fresh;
}

static uint32_t steps_for(size_t length) {
    size_t most = (STEPS_MOST - STEPS_ALWAYS) / STEPS_A_BYTE;
    return STEPS_ALWAYS + STEPS_A_BYTE * (uint32_t)(length < most ? length : most);
}

static enum bp_truth match(const pcre2_code *code, pcre2_match_data *data, const char *subject,
                           size_t length, uint32_t options, pcre2_match_context *bounds,
                           struct bp_span *where) {
    pcre2_set_match_limit(bounds, steps_for(length));
    int found = pcre2_match(code, (PCRE2_SPTR)subject, length, 0, options, data, bounds);
    enum bp_truth truth = BP_UNKNOWN;
    if (found >= 0) {
        const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(data);
        /* Before 10.38, \K in a lookahead could put the start behind the end. */
        *where = (struct bp_span){.start = ends[0] < ends[1] ? ends[0] : ends[1], .end = ends[1]};
        truth = BP_TRUE;
    } else if (found == PCRE2_ERROR_NOMATCH) {
        truth = BP_FALSE;
    }
    return truth;
}

/*
 * The limits hold for machine code as well: steps are counted, and the stack is bounded in
 * place of depth and heap. Where a system forbids it, the interpreter goes on.
 */
static void translate_if_worth_it(struct bp_regexes *regexes, struct compiled *regex,
                                  size_t length) {
    regex->seen = regex->seen > JIT_AFTER ? regex->seen : regex->seen + length;
    if (regex->translated || regex->seen <= JIT_AFTER) {
        return;
    }
    regex->translated = true;
    if (pcre2_jit_compile(regex->code, PCRE2_JIT_COMPLETE) == 0 && !regexes->stack) {
        regexes->stack = pcre2_jit_stack_create(JIT_STACK_LEAST, JIT_STACK_MOST, NULL);
        pcre2_jit_stack_assign(regexes->bounds, NULL, regexes->stack);
    }
}

enum bp_truth bp_regex_find(struct bp_regexes *regexes, const char *regex, const char *subject,
                            size_t length, bool known_utf8, struct bp_span *where) {
    struct compiled *entry = compiled(regexes, regex);
    if (!regexes->bounds) {
        regexes->bounds = new_bounds();
    }
    if (!entry->code || !regexes->bounds) {
        return BP_UNKNOWN;
    }
    if (!entry->data) {
        entry->data = pcre2_match_data_create_from_pattern(entry->code, NULL);
    }
    if (!entry->data) {
        return BP_UNKNOWN;
    }
    translate_if_worth_it(regexes, entry, length);
    uint32_t options = known_utf8 ? PCRE2_NO_UTF_CHECK : 0;
    return match(entry->code, entry->data, subject, length, options, regexes->bounds, where);
}

/* Stands for a text that a regex has no business with; longer than "a short text" would be. */
#define LINE_OF_TEXT "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod.\n"
#define LINES_OF_TEXT LINE_OF_TEXT LINE_OF_TEXT LINE_OF_TEXT LINE_OF_TEXT LINE_OF_TEXT
#define ANY_TEXT LINES_OF_TEXT LINES_OF_TEXT LINES_OF_TEXT LINES_OF_TEXT

/* An answer that a bound cut off counts as one, so that a regex has to prove itself harmless. */
static bool finds(const pcre2_code *code, const char *text) {
    pcre2_match_context *bounds = new_bounds();
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, NULL);
    struct bp_span where;
    enum bp_truth truth =
        bounds && data ? match(code, data, text, strlen(text), 0, bounds, &where) : BP_UNKNOWN;
    pcre2_match_data_free(data);
    pcre2_match_context_free(bounds);
    return truth != BP_FALSE;
}

int bp_regex_check(const char *regex, struct bp_err *err) {
    int error;
    size_t at;
    pcre2_code *code = compile(regex, &error, &at);
    if (!code) {
        PCRE2_UCHAR message[256];
        pcre2_get_error_message(error, message, sizeof message);
        return bp_fail(err, BP_E_FORMAT, "not a regular expression: %s, at character %zu",
                       (const char *)message, at);
    }
    bool everywhere = finds(code, "") && finds(code, ANY_TEXT);
    pcre2_code_free(code);
    return everywhere ? bp_fail(err, BP_E_FORMAT, "this regular expression matches any text") : 0;
}
