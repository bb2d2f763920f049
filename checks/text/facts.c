#include "checks/text/facts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/text/applications.h"
#include "checks/text/automaton.h"
#include "checks/text/gather.h"
#include "checks/text/sections.h"
#include "checks/text/traceback.h"

static const struct bp_reader *const lists[] = {
    bp_package_readers, bp_platform_readers, bp_gpu_readers, bp_library_readers, bp_line_readers};

#define LISTS (sizeof lists / sizeof *lists)

struct bp_fact_readers {
    struct bp_automaton *automaton;
    struct bp_reader *readers;
    size_t count;
    size_t capacity;
};

struct bp_issue bp_issue_of_text(const char *data, size_t length) {
    struct bp_issue issue = {.data = data, .length = length, .post_length = length};
    if (length > 1 && data[0] == '#' && data[1] == ' ') {
        const char *end = memchr(data, '\n', length);
        issue.title_length = end ? (size_t)(end - data) : length;
    }
    return issue;
}

static void add_reader(struct bp_fact_readers *set, struct bp_reader reader) {
    if (set->count == set->capacity) {
        set->capacity = set->capacity ? set->capacity * 2 : 128;
        set->readers = bp_realloc_array(set->readers, set->capacity, sizeof *set->readers);
    }
    set->readers[set->count++] = reader;
}

struct bp_fact_readers *bp_fact_readers_new(void) {
    struct bp_fact_readers *set = bp_alloc(sizeof *set);
    for (size_t i = 0; i < LISTS; i++) {
        for (const struct bp_reader *reader = lists[i]; reader->word; reader++) {
            add_reader(set, *reader);
        }
    }
    for (const struct bp_application *at = bp_applications(); at->word; at++) {
        add_reader(set, (struct bp_reader){.word = at->word, .read = bp_read_application});
    }
    const char **words = bp_alloc_array(set->count, sizeof *words);
    for (size_t i = 0; i < set->count; i++) {
        words[i] = set->readers[i].word;
    }
    set->automaton = bp_automaton_new(words, set->count);
    free(words);
    return set;
}

void bp_fact_readers_free(struct bp_fact_readers *set) {
    if (set) {
        bp_automaton_free(set->automaton);
        free(set->readers);
        free(set);
    }
}

/* Known to be empty where nothing is found. */
static const char *const arrays[] = {"bitsandbytes_versions", "applications", "application_paths",
                                     "title_applications"};

struct reading {
    struct bp_gather gather;
    const struct bp_fact_readers *set;
};

static void read_on(void *context, size_t word, size_t start, size_t end) {
    struct reading *reading = context;
    const struct bp_reader *reader = &reading->set->readers[word];
    reader->read(&reading->gather, reader->word, start, end);
}

/* The error that ends the opening post, or else the first that a comment shows. */
static const cJSON *last_error(const cJSON *errors, double post_lines) {
    const cJSON *last = NULL;
    const cJSON *error;
    cJSON_ArrayForEach(error, errors) {
        bool in_post = bp_json_number(error, "line", 0) <= post_lines;
        bool framed = bp_json_number(error, "frames", 0) > 0;
        if ((in_post || !last) && (framed || !last || bp_json_number(last, "frames", 0) < 1)) {
            last = error;
        }
    }
    return last;
}

static double count_lines(const char *text, size_t length) {
    double lines = length > 0;
    for (const char *at = text; (at = memchr(at, '\n', length - (size_t)(at - text))); at++) {
        lines++;
    }
    return lines;
}

static void add_errors(cJSON *about, const struct bp_issue *issue) {
    cJSON *packages = cJSON_AddArrayToObject(about, "packages");
    cJSON *errors = bp_traceback_read(issue->data, issue->length, packages);
    const cJSON *last = last_error(errors, count_lines(issue->data, issue->post_length));
    cJSON_AddItemToObject(about, "error", last ? cJSON_Duplicate(last, true) : cJSON_CreateNull());
    bp_json_set_bool(about, "has_traceback", packages->child != NULL);
    cJSON_AddItemToObject(about, "errors", errors);
}

cJSON *bp_text_facts_with(const struct bp_fact_readers *set, const struct bp_issue *issue) {
    struct reading reading = {.gather = {.text = issue->data,
                                         .length = issue->length,
                                         .title_length = issue->title_length,
                                         .snapshot = cJSON_CreateObject(),
                                         .about = cJSON_CreateObject(),
                                         .learned = cJSON_CreateArray(),
                                         .line = 1},
                              .set = set};
    struct bp_gather *gather = &reading.gather;
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        cJSON_AddArrayToObject(gather->about, arrays[i]);
    }
    bp_automaton_scan(set->automaton, issue->data, issue->length, read_on, &reading);
    add_errors(gather->about, issue);
    bp_sections_read(issue, gather->about);
    if (issue->labels) {
        cJSON_AddItemToObject(gather->about, "labels", cJSON_Duplicate(issue->labels, true));
    }
    cJSON *fact;
    cJSON_ArrayForEach(fact, gather->learned) {
        cJSON_DeleteItemFromObjectCaseSensitive(fact, "plainness");
    }
    cJSON *facts = cJSON_CreateObject();
    cJSON_AddItemToObject(facts, "snapshot", gather->snapshot);
    cJSON_AddItemToObject(facts, "text", gather->about);
    cJSON_AddItemToObject(facts, "learned", gather->learned);
    return facts;
}

cJSON *bp_text_facts(const struct bp_issue *issue) {
    struct bp_fact_readers *set = bp_fact_readers_new();
    cJSON *facts = bp_text_facts_with(set, issue);
    bp_fact_readers_free(set);
    return facts;
}
