#include "base/memory.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include "base/attributes.h"

/*
 * How this process ends for want of memory. The one thing here that outlives a call: whoever
 * allocates deep below cannot know it.
 */
static struct {
    int exit_code;
    void (*undo)(void *context);
    void *context;
    bool child; /* a forked one: what the program does at its exit is its parent's matter, too */
} last_words = {.exit_code = BP_EXIT_NO_MEMORY};

void bp_memory_set_exit_code(int code) {
    last_words.exit_code = code;
}

void bp_memory_set_undo(void (*undo)(void *context), void *context) {
    last_words.undo = undo;
    last_words.context = context;
}

void bp_memory_begin_child(void) {
    bp_memory_set_exit_code(BP_EXIT_NO_MEMORY);
    bp_memory_set_undo(NULL, NULL);
    last_words.child = true;
}

static BP_NORETURN void out_of_memory(void) {
    fputs("bnb-probe: out of memory\n", stderr);
    if (last_words.undo) {
        last_words.undo(last_words.context);
    }
    if (last_words.child) {
        _Exit(last_words.exit_code);
    }
    exit(last_words.exit_code);
}

/* For cJSON, which clears or fills what it asks for itself. */
static void *allocate_unset(size_t size) {
    void *memory = malloc(size ? size : 1);
    if (!memory) {
        out_of_memory();
    }
    return memory;
}

void bp_memory_install(void) {
    cJSON_Hooks hooks = {.malloc_fn = allocate_unset, .free_fn = free};
    cJSON_InitHooks(&hooks);
#if defined(__GLIBC__)
    /* Documents come and go: memory given back to the system would be asked for again at once. */
    mallopt(M_TOP_PAD, 1 << 20);
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
#endif
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
    char *copy = allocate_unset(length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *bp_strdup(const char *text) {
    return text ? bp_strndup(text, strlen(text)) : NULL;
}
