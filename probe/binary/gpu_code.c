#include "probe/binary/gpu_code.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"

void bp_gpu_code_free(struct bp_gpu_code *code) {
    for (size_t i = 0; i < code->count; i++) {
        free(code->rows[i].target);
    }
    free(code->rows);
    bp_err_clear(&code->err);
    *code = (struct bp_gpu_code){0};
}

int bp_gpu_code_fail(struct bp_gpu_code *code, enum bp_err_code reason, const char *format, ...) {
    if (code->err.code != BP_OK) {
        return -1;
    }
    struct bp_str text = BP_STR_EMPTY;
    va_list arguments;
    va_start(arguments, format);
    bp_str_addv(&text, format, arguments);
    va_end(arguments);
    bp_fail(&code->err, reason, "%s", text.data);
    bp_str_free(&text);
    return -1;
}

static struct bp_gpu_target *row_of(struct bp_gpu_code *code, enum bp_gpu_code_kind kind,
                                    const char *target, bool compressed) {
    for (size_t i = 0; i < code->count; i++) {
        struct bp_gpu_target *row = &code->rows[i];
        if (row->kind == kind && row->compressed == compressed &&
            strcmp(row->target, target) == 0) {
            return row;
        }
    }
    return NULL;
}

static struct bp_gpu_target *new_row(struct bp_gpu_code *code) {
    if (code->count == code->capacity) {
        code->capacity = code->capacity ? 2 * code->capacity : 16;
        code->rows = bp_realloc_array(code->rows, code->capacity, sizeof *code->rows);
    }
    return &code->rows[code->count++];
}

int bp_gpu_code_add(struct bp_gpu_code *code, enum bp_gpu_code_kind kind, const char *target,
                    bool compressed) {
    if (code->entry_count >= BP_GPU_CODE_ENTRY_LIMIT) {
        return bp_gpu_code_fail(code, BP_E_LIMIT, "more than %zu pieces of GPU code",
                                BP_GPU_CODE_ENTRY_LIMIT);
    }
    struct bp_gpu_target *row = row_of(code, kind, target, compressed);
    if (!row) {
        if (code->count >= BP_GPU_CODE_TARGET_LIMIT) {
            return bp_gpu_code_fail(code, BP_E_LIMIT, "code for more than %zu different targets",
                                    BP_GPU_CODE_TARGET_LIMIT);
        }
        row = new_row(code);
        *row = (struct bp_gpu_target){
            .kind = kind, .target = bp_strdup(target), .compressed = compressed};
    }
    row->count++;
    code->entry_count++;
    return 0;
}

uint64_t bp_gpu_code_skip_zeros(struct bp_cursor section, uint64_t offset, uint64_t alignment) {
    static const uint64_t limit = 64 << 10;
    uint64_t rest = offset % alignment;
    uint64_t start = rest ? offset + (alignment - rest) : offset;
    uint64_t at = start;
    while (at - start < limit && bp_cursor_has(&section, at, 8) && !bp_cursor_u64(&section, at)) {
        at += alignment;
    }
    /* Fewer than 8 bytes hold neither. */
    return bp_cursor_has(&section, at, 8) ? at : section.size;
}

static const char *kind_word(enum bp_gpu_code_kind kind) {
    static const char *const words[] = {
        [BP_GPU_CUBIN] = "cubin",
        [BP_GPU_PTX] = "ptx",
        [BP_GPU_LTO] = "lto",
        [BP_GPU_HIP] = "hip",
    };
    return words[kind];
}

static cJSON *rows_as_json(const struct bp_gpu_code *code) {
    cJSON *rows = cJSON_CreateArray();
    for (size_t i = 0; i < code->count; i++) {
        const struct bp_gpu_target *from = &code->rows[i];
        cJSON *row = cJSON_CreateObject();
        bp_json_set_text(row, "kind", kind_word(from->kind));
        bp_json_set_text(row, "target", from->target);
        bp_json_set_bool(row, "compressed", from->compressed);
        bp_json_set_number(row, "count", (double)from->count);
        cJSON_AddItemToArray(rows, row);
    }
    return rows;
}

void bp_gpu_code_facts(struct bp_cursor file, cJSON *facts) {
    struct bp_gpu_code code = {0};
    bp_gpu_code_list(file, &code);
    bool failed = code.err.code != BP_OK;
    cJSON_AddItemToObject(facts, "gpu_code",
                          failed && !code.count ? cJSON_CreateNull() : rows_as_json(&code));
    if (failed) {
        bp_json_set_text(facts, "gpu_code_error", bp_err_text(&code.err));
    }
    bp_gpu_code_free(&code);
}
