#include "probe/batch.h"

#include <stdlib.h>

/* What this collector met; the next one starts afresh. */
static void tell_trouble(struct bp_trouble *trouble, struct bp_facts *facts) {
    if (trouble->count) {
        bp_facts_trouble(facts, trouble->count, trouble->first);
        free(trouble->first);
        *trouble = (struct bp_trouble){0};
    }
}

void bp_batch_collect(const struct bp_batch *batch, int descriptor) {
    struct bp_trouble trouble = {0};
    struct bp_probe probe = *batch->probe;
    struct bp_root root;
    if (probe.root) {
        root = *probe.root;
        root.trouble = &trouble;
        probe.root = &root;
    }
    for (size_t i = 0; i < batch->count; i++) {
        struct bp_facts *facts = bp_facts_to_pipe(descriptor, batch->snapshot);
        batch->rows[i].collect(&probe, facts);
        tell_trouble(&trouble, facts);
        bp_facts_end(facts);
    }
}
