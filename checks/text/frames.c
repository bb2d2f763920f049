#include "checks/text/frames.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"

/* Packages that people run from a source tree, so that no site-packages is in the path. */
static const char *const source_trees[] = {
    "bitsandbytes", "transformers", "accelerate", "peft",         "diffusers",
    "deepspeed",    "torch",        "trl",        "unsloth",      "axolotl",
    "triton",       "vllm",         "xformers",   "tensorflow",   "jax",
    "optimum",      "datasets",     "auto_gptq",  "sentencepiece"};

static bool separates(char character) {
    return character == '/' || character == '\\';
}

/* The last place in the path of a folder of that name, or NULL; it points behind the name. */
static const char *behind_folder(const char *path, size_t length, const char *name) {
    size_t size = strlen(name);
    for (size_t at = length; at-- > 0;) {
        bool starts = at == 0 || separates(path[at - 1]);
        if (starts && at + size < length && separates(path[at + size]) &&
            strncasecmp(path + at, name, size) == 0) {
            return path + at + size + 1;
        }
    }
    return NULL;
}

static size_t part_length(const char *path, const char *end) {
    size_t length = 0;
    while (path + length < end && !separates(path[length])) {
        length++;
    }
    return length;
}

/* The first part behind site-packages, an egg's or a module's ending left out. */
static char *installed_package(const char *part, const char *end) {
    size_t length = part_length(part, end);
    bool egg = length > 4 && strncasecmp(part + length - 4, ".egg", 4) == 0;
    if (egg && part + length < end) {
        part += length + 1;
        length = part_length(part, end);
    }
    if (length > 3 && strncmp(part + length - 3, ".py", 3) == 0) {
        length -= 3;
    }
    return bp_strndup(part, length);
}

static bool is_standard_library(const char *path, size_t length) {
    if (length > 0 && path[0] == '<') {
        return length > 8 && strncmp(path, "<frozen ", 8) == 0;
    }
    for (size_t at = 0; at + 4 < length; at++) {
        bool folder = separates(path[at]) && strncasecmp(path + at + 1, "lib", 3) == 0;
        size_t next = at + 4;
        next += folder && next + 2 <= length && strncmp(path + next, "64", 2) == 0 ? 2 : 0;
        if (!folder || next >= length || !separates(path[next])) {
            continue;
        }
        next++;
        bool unix_way = length - next > 7 && strncmp(path + next, "python", 6) == 0 &&
                        isdigit((unsigned char)path[next + 6]);
        bool windows_way = path[next - 1] == '\\';
        if (unix_way || windows_way) {
            return true;
        }
    }
    return false;
}

char *bp_frame_package(const char *path, size_t length) {
    const char *end = path + length;
    const char *installed = behind_folder(path, length, "site-packages");
    installed = installed ? installed : behind_folder(path, length, "dist-packages");
    if (installed) {
        return installed_package(installed, end);
    }
    if (is_standard_library(path, length)) {
        return bp_strdup("python");
    }
    const char *last = NULL;
    const char *name = "user";
    for (size_t i = 0; i < sizeof source_trees / sizeof *source_trees; i++) {
        const char *behind = behind_folder(path, length, source_trees[i]);
        if (behind && (!last || behind > last)) {
            last = behind;
            name = source_trees[i];
        }
    }
    return bp_strdup(name);
}
