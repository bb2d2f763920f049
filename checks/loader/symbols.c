#include "checks/loader/symbols.h"

#include <stddef.h>
#include <string.h>

#include "base/json.h"

static const struct bp_symbol symbols[] = {
    {"get_cusparse", "0.43.1", "0.50.0", BP_SYMBOL_FAILS_LOAD},
    {"cget_managed_ptr", "0.43.1", NULL, BP_SYMBOL_FAILS_LOAD},
    {"cadam32bit_g32", "0.35.0", "0.39.0", BP_SYMBOL_LOOKS_LIKE_CPU},
    {"cadam32bit_grad_fp32", "0.39.0", "0.43.1", BP_SYMBOL_LOOKS_LIKE_CPU},
    {"get_cusparse", "0.39.0", "0.43.1", BP_SYMBOL_LOOKS_LIKE_CPU},
    {"get_context", "0.43.1", NULL, BP_SYMBOL_LOOKS_LIKE_CPU},
    {"cquantize_blockwise_fp16_nf4", "0.39.0", NULL, BP_SYMBOL_FAILS_CALL},
    {"cademamix32bit_grad_fp32", "0.44.0", NULL, BP_SYMBOL_FAILS_CALL},
    {"cget_col_row_stats", "0.39.0", "0.45.0", BP_SYMBOL_FAILS_CALL},
    {"cint8_vector_quant", "0.45.0", NULL, BP_SYMBOL_FAILS_CALL},
    {"cgemm_4bit_fp16", "0.50.0", NULL, BP_SYMBOL_FAILS_CALL},
};

static bool counts_on(const struct bp_era_found *found, const struct bp_symbol *symbol) {
    return bp_era_at_least(found, symbol->from) == BP_YES &&
           (!symbol->until || bp_era_at_least(found, symbol->until) == BP_NO);
}

const struct bp_symbol *bp_symbol_lacking(const struct bp_era_found *found, const cJSON *library) {
    const char *name = bp_json_text(library, "name");
    const cJSON *exported = bp_json_get(library, "symbols");
    if (!name || !strstr(name, "_cuda") || !found->era || found->era->selection == BP_SELECT_FORK) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        /* A file without cublasLt lacks functions by design. */
        bool by_design = symbols[i].effect == BP_SYMBOL_FAILS_CALL && strstr(name, "_nocublaslt");
        if (!by_design && counts_on(found, &symbols[i]) &&
            cJSON_IsFalse(bp_json_get(exported, symbols[i].name))) {
            return &symbols[i];
        }
    }
    return NULL;
}
