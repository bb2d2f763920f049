#include "checks/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "checks/pattern_check.h"
#include "checks/proof.h"
#include "checks/regex.h"
#include "checks/releases.h"
#include "checks/text/search.h"

/* The order in which built-in patterns are listed, and in which equal findings are shown. */
static const char *const catalogue_order[] = {
    "legacy-cuda-setup",
    "windows-pre-support",
    "shared-library-mismatch",
    "native-library-load-failure",
    "unsupported-platform",
    "third-party-app",
    "transformers-version-mismatch",
    "non-pytorch-framework",
    "unrelated-library-error",
    "undefined-symbol",
    "question-not-bug",
    "fsdp-optimizer",
    "deepspeed-zero3",
    "cpu-optimizer-request",
    "rocm-build",
    "runtime-not-restarted",
    "cmake-cuda-arch-mismatch",
    "eol-glibc",
    "kbit-training-memory",
    "insufficient-info",
    "quantized-output-quality",
    "four-bit-dropped-weights",
};

#define ORDERED (sizeof catalogue_order / sizeof *catalogue_order)

struct entry {
    char *name; /* of the file, for messages */
    cJSON *document;
    size_t place; /* among those with an order */
};

struct bp_catalogue {
    struct entry *entries;
    size_t count;
    size_t capacity;
    struct bp_regexes *regexes;
    struct bp_search **search;    /* apart, since it is made while the catalogue only answers */
    struct bp_releases *releases; /* NULL: none */
};

static const char *id_of(const struct entry *entry) {
    const char *id = bp_json_text(entry->document, "id");
    return id ? id : "";
}

static size_t place_in_order(const char *id) {
    size_t place = 0;
    while (place < ORDERED && !bp_equal(catalogue_order[place], id)) {
        place++;
    }
    return place;
}

static int compare_entries(const void *left, const void *right) {
    size_t left_place = ((const struct entry *)left)->place;
    size_t right_place = ((const struct entry *)right)->place;
    if (left_place != right_place) {
        return left_place < right_place ? -1 : 1;
    }
    return strcmp(id_of(left), id_of(right));
}

/* Takes the document over. */
static void append(struct bp_catalogue *catalogue, const char *name, cJSON *document) {
    if (catalogue->count == catalogue->capacity) {
        catalogue->capacity = catalogue->capacity ? catalogue->capacity * 2 : 32;
        catalogue->entries =
            bp_realloc_array(catalogue->entries, catalogue->capacity, sizeof *catalogue->entries);
    }
    catalogue->entries[catalogue->count++] =
        (struct entry){.name = bp_strdup(name),
                       .document = document,
                       .place = place_in_order(bp_json_text(document, "id"))};
}

struct bp_catalogue *bp_catalogue_empty(void) {
    struct bp_catalogue *catalogue = bp_alloc(sizeof *catalogue);
    catalogue->regexes = bp_regexes_new();
    catalogue->search = bp_alloc(sizeof *catalogue->search);
    return catalogue;
}

static struct bp_catalogue *catalogue_of_embedded(bool with_proofs) {
    struct bp_catalogue *catalogue = bp_catalogue_empty();
    for (size_t i = 0; bp_embedded_patterns[i].name; i++) {
        const struct bp_embedded_file *file = &bp_embedded_patterns[i];
        const struct bp_embedded_file *proof = &bp_embedded_proofs[i];
        cJSON *document = bp_json_parse(file->data, file->size, NULL);
        if (document && with_proofs) {
            cJSON_AddItemToObject(document, "proof", bp_json_parse(proof->data, proof->size, NULL));
        }
        if (document) {
            append(catalogue, file->name, document);
        }
    }
    if (catalogue->count) {
        qsort(catalogue->entries, catalogue->count, sizeof *catalogue->entries, compare_entries);
    }
    catalogue->releases = bp_releases_builtin();
    return catalogue;
}

struct bp_catalogue *bp_catalogue_builtin(void) {
    return catalogue_of_embedded(true);
}

struct bp_catalogue *bp_catalogue_for_judging(void) {
    return catalogue_of_embedded(false);
}

static const struct entry *find_entry(const struct bp_catalogue *catalogue, const char *id) {
    for (size_t i = 0; i < catalogue->count; i++) {
        if (strcmp(id_of(&catalogue->entries[i]), id) == 0) {
            return &catalogue->entries[i];
        }
    }
    return NULL;
}

static int check_utf8(const char *name, const char *text, size_t length, struct bp_err *err) {
    size_t line = 1;
    for (size_t at = 0; at < length;) {
        size_t size = bp_utf8_sequence(text + at, length - at);
        if (!size) {
            return bp_fail(err, BP_E_FORMAT, "%s: not UTF-8 at line %zu", name, line);
        }
        line += text[at] == '\n';
        at += size;
    }
    return 0;
}

static int check_document(const cJSON *document, const char *name, struct bp_err *err) {
    cJSON *schema = bp_json_parse(bp_embedded_schema[0].data, bp_embedded_schema[0].size, NULL);
    int result = bp_pattern_check(document, name, schema, err);
    cJSON_Delete(schema);
    return result;
}

int bp_catalogue_add(struct bp_catalogue *catalogue, const char *name, const char *text,
                     size_t length, struct bp_err *err) {
    if (check_utf8(name, text, length, err) != 0) {
        return -1;
    }
    cJSON *document = bp_json_parse(text, length, err);
    if (!document) {
        return bp_fail_in(err, "%s", name);
    }
    if (check_document(document, name, err) != 0) {
        cJSON_Delete(document);
        return -1;
    }
    bp_search_free(*catalogue->search);
    *catalogue->search = NULL;
    const struct entry *old = find_entry(catalogue, bp_json_text(document, "id"));
    if (old) {
        struct entry *entry = &catalogue->entries[old - catalogue->entries];
        cJSON_Delete(entry->document);
        free(entry->name);
        entry->name = bp_strdup(name);
        entry->document = document;
    } else {
        append(catalogue, name, document);
    }
    return 0;
}

size_t bp_catalogue_count(const struct bp_catalogue *catalogue) {
    return catalogue->count;
}

const cJSON *bp_catalogue_at(const struct bp_catalogue *catalogue, size_t index) {
    return index < catalogue->count ? catalogue->entries[index].document : NULL;
}

const cJSON *bp_catalogue_find(const struct bp_catalogue *catalogue, const char *id) {
    const struct entry *entry = find_entry(catalogue, id);
    return entry ? entry->document : NULL;
}

struct bp_search *bp_catalogue_search(const struct bp_catalogue *catalogue) {
    if (!*catalogue->search) {
        *catalogue->search = bp_search_new();
        for (size_t i = 0; i < catalogue->count; i++) {
            bp_search_add(*catalogue->search, catalogue->entries[i].document);
        }
    }
    return *catalogue->search;
}

const struct bp_releases *bp_catalogue_releases(const struct bp_catalogue *catalogue) {
    return catalogue->releases;
}

struct bp_regexes *bp_catalogue_regexes(const struct bp_catalogue *catalogue) {
    return catalogue->regexes;
}

static int check_explained(const struct bp_catalogue *catalogue, const struct entry *entry,
                           struct bp_err *err) {
    size_t index = 0;
    const cJSON *id;
    cJSON_ArrayForEach(id, bp_json_get(entry->document, "explains")) {
        const char *text = cJSON_GetStringValue(id);
        if (!text || !find_entry(catalogue, text) || strcmp(text, id_of(entry)) == 0) {
            return bp_fail(err, BP_E_FORMAT, "%s: /explains/%zu: there is no other pattern \"%s\"",
                           entry->name, index, text ? text : "");
        }
        index++;
    }
    return 0;
}

static int fail_no_such(const char *id, struct bp_err *err) {
    return bp_fail(err, BP_E_ABSENT, "there is no pattern \"%s\"", id);
}

int bp_catalogue_validate(const struct bp_catalogue *catalogue, const char *id,
                          struct bp_err *err) {
    const struct entry *entry = find_entry(catalogue, id);
    if (!entry) {
        return fail_no_such(id, err);
    }
    return check_document(entry->document, entry->name, err) == 0
               ? check_explained(catalogue, entry, err)
               : -1;
}

int bp_catalogue_prove(const struct bp_catalogue *catalogue, const char *id, struct bp_err *err) {
    const struct entry *entry = find_entry(catalogue, id);
    if (!entry) {
        return fail_no_such(id, err);
    }
    return bp_proof_run(entry->document, entry->name, catalogue->regexes, err);
}

void bp_catalogue_free(struct bp_catalogue *catalogue) {
    if (!catalogue) {
        return;
    }
    for (size_t i = 0; i < catalogue->count; i++) {
        free(catalogue->entries[i].name);
        cJSON_Delete(catalogue->entries[i].document);
    }
    free(catalogue->entries);
    bp_regexes_free(catalogue->regexes);
    bp_releases_free(catalogue->releases);
    bp_search_free(*catalogue->search);
    free(catalogue->search);
    free(catalogue);
}
