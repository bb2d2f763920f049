/*
 * Exported functions that a release of bitsandbytes counts on. A library that lacks one
 * comes from another release than the Python files around it.
 */
#ifndef BP_CHECKS_LOADER_SYMBOLS_H
#define BP_CHECKS_LOADER_SYMBOLS_H

#include "checks/loader/era.h"

enum bp_symbol_effect {
    BP_SYMBOL_FAILS_LOAD,     /* touched right after opening; the load counts as failed */
    BP_SYMBOL_LOOKS_LIKE_CPU, /* its absence makes the release take the file for a CPU library */
    BP_SYMBOL_FAILS_CALL,     /* noticed when it is called */
};

struct bp_symbol {
    const char *name;
    const char *from;  /* first release that counts on it */
    const char *until; /* first release that does not any more; NULL: all since */
    enum bp_symbol_effect effect;
};

/*
 * The first symbol, worst effect first, that `library` is known to lack and this release
 * counts on, or NULL. Only CUDA libraries are judged.
 */
const struct bp_symbol *bp_symbol_lacking(const struct bp_era_found *found, const cJSON *library);

#endif
