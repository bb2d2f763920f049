#include "report/triage_signatures.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/finding_view.h"
#include "report/markup.h"

struct bp_signature_issues {
    char *code;
    char *line;
    char *search;
    struct bp_str names; /* Markdown */
    size_t count;
};

static struct bp_signature_issues *find(struct bp_signatures *signatures, const cJSON *finding) {
    const char *code = bp_json_text_at(finding, "/signature/code");
    for (size_t i = 0; code && i < signatures->count; i++) {
        if (bp_equal(signatures->items[i].code, code)) {
            return &signatures->items[i];
        }
    }
    if (!code) {
        return NULL;
    }
    if (signatures->count == signatures->capacity) {
        signatures->capacity = signatures->capacity ? signatures->capacity * 2 : 32;
        signatures->items =
            bp_realloc_array(signatures->items, signatures->capacity, sizeof *signatures->items);
    }
    struct bp_signature_issues *one = &signatures->items[signatures->count++];
    *one = (struct bp_signature_issues){.code = bp_strdup(code),
                                        .line = bp_signature_line(finding),
                                        .search = bp_signature_search(finding),
                                        .names = BP_STR_EMPTY};
    return one;
}

void bp_signatures_add(struct bp_signatures *signatures, const char *name, const cJSON *finding) {
    struct bp_signature_issues *one = find(signatures, finding);
    if (!one) {
        return;
    }
    bp_str_add(&one->names, one->count++ ? ", " : "");
    if (name[0] == '#') {
        bp_str_add(&one->names, name); /* GitHub links "#123" */
    } else {
        bp_markup_words(&one->names, name);
    }
}

static int more_first(const void *left, const void *right) {
    const struct bp_signature_issues *a = left;
    const struct bp_signature_issues *b = right;
    return a->count != b->count ? (a->count < b->count) - (a->count > b->count)
                                : strcmp(a->code, b->code);
}

void bp_signatures_render(struct bp_signatures *signatures, struct bp_str *out) {
    if (!signatures->count) {
        return;
    }
    qsort(signatures->items, signatures->count, sizeof *signatures->items, more_first);
    bp_str_add(out, "\n# Signatures: issues with one root cause\n\n");
    for (size_t i = 0; i < signatures->count; i++) {
        const struct bp_signature_issues *one = &signatures->items[i];
        bp_str_add(out, "- ");
        bp_markup_code(out, one->line);
        bp_str_addf(out, " ([search](%s)), %zu issue%s: ", one->search, one->count,
                    one->count == 1 ? "" : "s");
        bp_str_add_bytes(out, one->names.data, one->names.length);
        bp_str_add_char(out, '\n');
    }
}

void bp_signatures_free(struct bp_signatures *signatures) {
    for (size_t i = 0; i < signatures->count; i++) {
        free(signatures->items[i].code);
        free(signatures->items[i].line);
        free(signatures->items[i].search);
        bp_str_free(&signatures->items[i].names);
    }
    free(signatures->items);
    *signatures = (struct bp_signatures){0};
}
