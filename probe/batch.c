#include "probe/batch.h"

void bp_batch_collect(const struct bp_batch *batch, int descriptor) {
    for (size_t i = 0; i < batch->count; i++) {
        struct bp_facts *facts = bp_facts_to_pipe(descriptor, batch->snapshot);
        batch->rows[i].collect(batch->probe, facts);
        bp_facts_end(facts);
    }
}
