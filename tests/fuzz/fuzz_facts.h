/* For targets that are collectors, or put what they find where collectors do. */
#ifndef BP_TESTS_FUZZ_FACTS_H
#define BP_TESTS_FUZZ_FACTS_H

#include "probe/collector.h"
#include "tests/fuzz/fuzz.h"

/* Runs a collector on that root; the facts that it found are added to `snapshot`. */
void fuzz_collect(bp_collect_fn *collect, cJSON *snapshot);

/* The same on another root. */
void fuzz_collect_in(const struct bp_root *in, bp_collect_fn *collect, cJSON *snapshot);

/* Facts that go nowhere. End with bp_facts_end. */
struct bp_facts *fuzz_facts(void);

#endif
