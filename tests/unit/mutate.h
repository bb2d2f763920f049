/* Damage at random to files in memory, for the readers of binary formats. */
#ifndef BP_TESTS_MUTATE_H
#define BP_TESTS_MUTATE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "probe/os/child.h"

/* What a reader says of `size` bytes. */
typedef cJSON *facts_reader(const uint8_t *bytes, size_t size);

/* A generator of its own, so that every run and every machine sees the same bytes. */
static inline uint32_t next_random(uint64_t *seed) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

/* Mostly a byte of any value; otherwise one that makes a count or offset as large as can be. */
static inline uint8_t next_byte(uint64_t *seed) {
    return next_random(seed) % 4 ? (uint8_t)next_random(seed) : 0xff;
}

/* Reads `rounds` mutants of the bytes, each with up to eight bytes changed. */
static inline void mutate_and_read(const uint8_t *bytes, size_t size, int rounds, uint64_t seed,
                                   facts_reader *read) {
    uint8_t *mutant = malloc(size);
    assert_non_null(mutant);
    double started = bp_now_ms();
    for (int round = 0; round < rounds; round++) {
        memcpy(mutant, bytes, size);
        for (uint32_t flips = 1 + next_random(&seed) % 8; flips > 0; flips--) {
            /* Mostly near the start, where the headers are. */
            size_t reach = next_random(&seed) % 2 ? size : size < 1024 ? size : 1024;
            mutant[next_random(&seed) % reach] = next_byte(&seed);
        }
        cJSON *facts = read(mutant, size);
        assert_true(cJSON_IsString(bp_json_get(facts, "format")));
        cJSON_Delete(facts);
    }
    /* A round costs microseconds; one mutant that ran wild would show. */
    assert_true(bp_now_ms() - started < 5.0 * rounds);
    free(mutant);
}

/* Fails unless the facts have an error with these words. */
static inline void assert_error(const cJSON *facts, const char *words) {
    const char *error = bp_json_text(facts, "error");
    if (!error || !strstr(error, words)) {
        fail_msg("expected an error with \"%s\", got \"%s\"", words, error ? error : "none");
    }
}

#endif
