/*
 * The facts of a report document as labelled lines in groups, for every format that a
 * person reads. What a line says is decided here and nowhere else, so that two formats
 * cannot disagree. Values are foreign text: whoever shows them makes them fit.
 */
#ifndef BP_REPORT_FACTS_VIEW_H
#define BP_REPORT_FACTS_VIEW_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"

struct bp_fact {
    char *label; /* "" goes on with the label before */
    char *value;
    bool unknown; /* the value says why it could not be learned */
};

enum bp_fact_topic {
    BP_TOPIC_RUN,
    BP_TOPIC_SYSTEM,
    BP_TOPIC_GPU,
    BP_TOPIC_CUDA,
    BP_TOPIC_ROCM,
    BP_TOPIC_PYTHON,
    BP_TOPIC_BITSANDBYTES,
    BP_TOPIC_TOOLS,
    BP_TOPIC_SESSION,
    BP_TOPIC_COLLECTORS,
};
#define BP_TOPIC_COUNT 10

struct bp_fact_group {
    const char *title;
    struct bp_fact *facts;
    size_t count;
    size_t capacity;
};

struct bp_facts_view {
    const cJSON *snapshot; /* not owned, as the next */
    const cJSON *loader;
    bool verbose;
    struct bp_fact_group groups[BP_TOPIC_COUNT];
};

/* Free with bp_facts_view_free; `document` must outlive it. */
struct bp_facts_view bp_facts_view_of(const cJSON *document, bool verbose);
void bp_facts_view_free(struct bp_facts_view *view);

/*
 * Moves the fact with that label, and the lines that go on with it, out of its group to the end
 * of *into, called `as` there; nothing where there is none. Free *into with bp_fact_group_free.
 */
void bp_facts_view_move(struct bp_facts_view *view, enum bp_fact_topic topic, const char *label,
                        const char *as, struct bp_fact_group *into);
void bp_fact_group_free(struct bp_fact_group *group);

/* The pieces the view is made of; each adds the lines of its topics. */
void bp_facts_view_run(struct bp_facts_view *view, const cJSON *document);
void bp_facts_view_machine(struct bp_facts_view *view);
void bp_facts_view_gpu(struct bp_facts_view *view);
void bp_facts_view_cuda_libraries(struct bp_facts_view *view);
void bp_facts_view_rocm(struct bp_facts_view *view);
void bp_facts_view_python(struct bp_facts_view *view);
void bp_facts_view_bitsandbytes(struct bp_facts_view *view);
void bp_facts_view_surroundings(struct bp_facts_view *view);
void bp_facts_view_collectors(struct bp_facts_view *view);

/* Adds a line. */
void bp_facts_view_add(struct bp_facts_view *view, enum bp_fact_topic topic, const char *label,
                       const char *format, ...) BP_PRINTF(4, 5);

/*
 * Adds a line that says why the fact at `pointer` (or what it lies in) could not be
 * learned. Where no collector gave a reason, adds plain "unknown" if `always`.
 */
void bp_facts_view_add_unknown(struct bp_facts_view *view, enum bp_fact_topic topic,
                               const char *label, const char *pointer, bool always);

/* Adds the device files that this user may not use; all of them in the long form. */
void bp_facts_view_nodes(struct bp_facts_view *view, enum bp_fact_topic topic, const cJSON *nodes,
                         const char *label);

/* The strings of an array with `separator` between. The caller frees it. */
char *bp_facts_view_join(const cJSON *array, const char *separator);

/* Bytes in words: "23.5 GiB". The caller frees it. */
char *bp_facts_view_bytes(double bytes);

#endif
