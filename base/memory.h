/*
 * Allocation that does not fail.
 *
 * Every collector runs in a child process of its own, so running out of memory
 * in one ends that child with BP_EXIT_NO_MEMORY and costs the report only what
 * that collector had still to say. In the main process it ends the program with
 * one line on standard error and exit code 3, unless another was set. cJSON is given the
 * same functions (see bp_memory_install), so a cJSON constructor never returns NULL.
 */
#ifndef BP_BASE_MEMORY_H
#define BP_BASE_MEMORY_H

#include <stddef.h>

/* Exit code of a process that ran out of memory. */
#define BP_EXIT_NO_MEMORY 3

/* Makes cJSON allocate through these functions. Call once, first thing in main. */
void bp_memory_install(void);

/* The exit code that this process has to end with should memory run out from now on. */
void bp_memory_set_exit_code(int code);

/*
 * What is to be undone should memory run out: `undo` is called with `context` before the process
 * ends, and may not allocate. One at a time; NULL: nothing any more.
 */
void bp_memory_set_undo(void (*undo)(void *context), void *context);

/* In a forked child: what was set is its parent's matter. */
void bp_memory_begin_child(void);

/* `size` zeroed bytes (at least one). The caller frees them with free(). */
void *bp_alloc(size_t size);

/* `count` zeroed elements of `size` bytes; the product is checked. */
void *bp_alloc_array(size_t count, size_t size);

/* Resizes to `count` elements of `size` bytes; the product is checked. */
void *bp_realloc_array(void *old, size_t count, size_t size);

/* A copy of `text`, or NULL for NULL. The caller frees it. */
char *bp_strdup(const char *text);

/* A copy of the first `length` bytes of `text`, ended by a zero. The caller frees it. */
char *bp_strndup(const char *text, size_t length);

#endif
