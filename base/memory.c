#include "base/memory.h"

#include <cjson/cJSON.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attributes.h"

static BP_NORETURN void out_of_memory(void) {
    fputs("bnb-probe: out of memory\n", stderr);
    exit(BP_EXIT_NO_MEMORY);
}

void bp_memory_install(void) {
    cJSON_Hooks hooks = {.malloc_fn = bp_alloc, .free_fn = free};
    cJSON_InitHooks(&hooks);
}

void *bp_alloc(size_t size) {
    void *memory = calloc(1, size ? size : 1);
    if (!memory) {
        out_of_memory();
    }
    return memory;
}

void *bp_alloc_array(size_t count, size_t size) {
    void *memory = calloc(count ? count : 1, size ? size : 1);
    if (!memory) {
        out_of_memory();
    }
    return memory;
}

void *bp_realloc_array(void *old, size_t count, size_t size) {
    if (size && count > SIZE_MAX / size) {
        out_of_memory();
    }
    size_t bytes = count * size;
    void *memory = realloc(old, bytes ? bytes : 1);
    if (!memory) {
        out_of_memory();
    }
    return memory;
}

char *bp_strndup(const char *text, size_t length) {
    char *copy = bp_alloc(length + 1);
    memcpy(copy, text, length);
    return copy;
}

char *bp_strdup(const char *text) {
    return text ? bp_strndup(text, strlen(text)) : NULL;
}
