/* Names of projects, and what the names of metadata files say. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/packages.h"

char *bp_package_normal_name(const char *name) {
    struct bp_str normal = BP_STR_EMPTY;
    for (; *name; name++) {
        bool separator = *name == '-' || *name == '_' || *name == '.';
        if (!separator) {
            bp_str_add_char(&normal, (char)tolower((unsigned char)*name));
        } else if (normal.length == 0 || normal.data[normal.length - 1] != '-') {
            bp_str_add_char(&normal, '-');
        }
    }
    return bp_str_detach(&normal);
}

bool bp_package_of_interest(const char *normal_name) {
    static const char *const names[] = {"torch",
                                        "transformers",
                                        "accelerate",
                                        "peft",
                                        "triton",
                                        "triton-windows",
                                        "diffusers",
                                        "numpy",
                                        "packaging",
                                        "scipy",
                                        "safetensors",
                                        "sentencepiece",
                                        "deepspeed",
                                        "tensorflow",
                                        "jax",
                                        "jaxlib",
                                        "flash-attn",
                                        "xformers",
                                        "trl",
                                        "optimum",
                                        "pip",
                                        "intel-extension-for-pytorch",
                                        "setuptools",
                                        "pytorch-triton",
                                        "pytorch-triton-rocm",
                                        "tensorflow-cpu",
                                        "torch-npu"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (bp_equal(normal_name, names[i])) {
            return true;
        }
    }
    return bp_starts_with(normal_name, "bitsandbytes") || bp_starts_with(normal_name, "nvidia-") ||
           bp_starts_with(normal_name, "rocm-sdk");
}

/* Cuts `ending` off the end of `text`. False where it does not end so. */
static bool cut_ending(char *text, const char *ending) {
    size_t length = strlen(text);
    size_t cut = strlen(ending);
    if (length <= cut || strcmp(text + length - cut, ending) != 0) {
        return false;
    }
    text[length - cut] = '\0';
    return true;
}

/* Cuts "-py3.11" and what follows it off: setuptools puts it behind an egg's version. */
static void cut_python_tag(char *text) {
    char *tag = strstr(text, "-py");
    while (tag && !isdigit((unsigned char)tag[3])) {
        tag = strstr(tag + 1, "-py");
    }
    if (tag) {
        *tag = '\0';
    }
}

/* Splits NAME-VERSION at the first "-" before a digit; without one all is the name. */
static void split(struct bp_metadata_name *read, const char *text) {
    const char *dash = strchr(text, '-');
    while (dash && !isdigit((unsigned char)dash[1])) {
        dash = strchr(dash + 1, '-');
    }
    if (dash && dash > text) {
        read->name = bp_strndup(text, (size_t)(dash - text));
        read->version = bp_strdup(dash + 1);
    } else {
        read->name = bp_strdup(text);
    }
}

/* NAME-VERSION-BUILD: conda's names may hold dashes, its versions and builds may not. */
static bool split_conda(struct bp_metadata_name *read, char *text) {
    char *build = strrchr(text, '-');
    if (!build) {
        return false;
    }
    *build = '\0';
    char *version = strrchr(text, '-');
    if (!version || version == text) {
        return false;
    }
    *version = '\0';
    read->name = bp_strdup(text);
    read->version = bp_strdup(version + 1);
    return true;
}

bool bp_metadata_name_read(const char *file_name, struct bp_metadata_name *read) {
    *read = (struct bp_metadata_name){0};
    char *text = bp_strdup(file_name);
    bool is_one = true;
    if (cut_ending(text, ".dist-info")) {
        read->kind = BP_METADATA_DIST_INFO;
        split(read, text);
    } else if (cut_ending(text, ".egg-info")) {
        read->kind = BP_METADATA_EGG_INFO;
        cut_python_tag(text);
        split(read, text);
    } else if (cut_ending(text, ".egg")) {
        read->kind = BP_METADATA_EGG;
        cut_python_tag(text);
        split(read, text);
    } else if (cut_ending(text, ".egg-link")) {
        read->kind = BP_METADATA_EGG_LINK;
        read->name = bp_strdup(text);
    } else if (cut_ending(text, ".json")) {
        read->kind = BP_METADATA_CONDA;
        is_one = split_conda(read, text);
    } else {
        is_one = false;
    }
    free(text);
    return is_one;
}

void bp_metadata_name_free(struct bp_metadata_name *read) {
    free(read->name);
    free(read->version);
    *read = (struct bp_metadata_name){0};
}
