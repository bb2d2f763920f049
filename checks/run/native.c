/* What native code prints when it fails: no traceback tells of it. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "checks/excerpt.h"
#include "checks/run/parts.h"

enum { MOST_LINES = 8, LINE_LIMIT = 240 };

/* A line that has all of `words`, the first of them at its start where `at_start`. */
struct kind {
    const char *words[3];
    bool at_start;
    const char *says;
};

static const struct kind kinds[] = {
    {{"Error ", " at line ", " in file "},
     true,
     "a call of CUDA or HIP failed inside bitsandbytes' native code, which ends the process there"},
    {{"cublasLt ran into an error!", NULL, NULL},
     false,
     "cuBLASLt refused a matrix product of bitsandbytes"},
    {{"CUDA error: ", NULL, NULL},
     false,
     "a GPU call failed; unless CUDA_LAUNCH_BLOCKING=1 is set, it may have been started earlier "
     "than where it shows"},
    {{"HIP error: ", NULL, NULL}, false, "a GPU call failed"},
    {{"terminate called after throwing", NULL, NULL},
     true,
     "a C++ exception that nothing caught ended the process"},
    {{"terminate called without an active exception", NULL, NULL},
     true,
     "C++ code ended the process"},
    {{"Fatal Python error: ", NULL, NULL},
     true,
     "the interpreter itself failed; the stack of each thread follows"},
    {{"symbol lookup error: ", NULL, NULL},
     false,
     "the dynamic loader lacks a function that a library needs"},
    {{"error while loading shared libraries: ", NULL, NULL},
     false,
     "the dynamic loader lacks a library that a program needs"},
    {{"double free or corruption", NULL, NULL},
     false,
     "native code damaged the memory it was given"},
    {{"free(): invalid", NULL, NULL}, false, "native code damaged the memory it was given"},
    {{"malloc(): ", NULL, NULL}, true, "native code damaged the memory it was given"},
    {{"munmap_chunk(): invalid", NULL, NULL}, true, "native code damaged the memory it was given"},
    {{"corrupted size vs. prev_size", NULL, NULL},
     true,
     "native code damaged the memory it was given"},
    {{"*** stack smashing detected ***", NULL, NULL}, true, "native code wrote beyond its stack"},
    {{"Assertion `", "' failed", NULL}, false, "native code found a condition that must not be"},
    {{"Segmentation fault", NULL, NULL}, true, "a program touched memory that is not its own"},
    {{"Illegal instruction", NULL, NULL},
     true,
     "a program has an instruction that this processor lacks"},
    {{"Bus error", NULL, NULL}, true, "a program touched memory with nothing behind it"},
};

static bool fits(const struct kind *kind, const char *line, size_t length) {
    const char *at = line;
    const char *end = line + length;
    for (size_t i = 0; i < 3 && kind->words[i]; i++) {
        size_t size = strlen(kind->words[i]);
        const char *found = memmem(at, (size_t)(end - at), kind->words[i], size);
        if (!found || (i == 0 && kind->at_start && found != line)) {
            return false;
        }
        at = found + size;
    }
    return true;
}

/* The kind of a line, or NULL. Launchers put the name of a process in front: "[rank0]: ". */
static const struct kind *kind_of(const char *line, size_t length) {
    const char *prefix = length && line[0] == '[' ? memmem(line, length, "]: ", 3) : NULL;
    if (prefix) {
        length -= (size_t)(prefix + 3 - line);
        line = prefix + 3;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (fits(&kinds[i], line, length)) {
            return &kinds[i];
        }
    }
    return NULL;
}

cJSON *bp_run_native_lines(const struct bp_text *text) {
    cJSON *list = cJSON_CreateArray();
    const char *at = text ? text->data : "";
    const char *end = at + (text ? text->length : 0);
    for (int number = 1; at < end && cJSON_GetArraySize(list) < MOST_LINES; number++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((stop ? stop : end) - at);
        const struct kind *kind = kind_of(at, length);
        char *excerpt = kind ? bp_excerpt_text(at, length, LINE_LIMIT) : NULL;
        if (kind && !bp_json_find(list, "excerpt", excerpt)) {
            cJSON *entry = cJSON_CreateObject();
            bp_json_set_number(entry, "line", number);
            bp_json_set_text(entry, "excerpt", excerpt);
            bp_json_set_text(entry, "says", kind->says);
            cJSON_AddItemToArray(list, entry);
        }
        free(excerpt);
        at = stop ? stop + 1 : end;
    }
    return list;
}
