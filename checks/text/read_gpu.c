/* CUDA, the driver, the GPU: nvidia-smi, nvcc, collect_env, bitsandbytes' own banner, prose. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "base/version.h"
#include "checks/text/gather.h"

#define DEVICE "/cuda/driver/devices/0"

/* Compute capabilities by name; of names that start alike the longer stands first. */
static const struct {
    const char *name;
    const char *capability;
} gpus[] = {
    {"rtx 50", "12.0"},      {"rtx 40", "8.9"},    {"rtx 30", "8.6"},     {"rtx 20", "7.5"},
    {"rtx 6000 ada", "8.9"}, {"rtx a", "8.6"},     {"gtx 16", "7.5"},     {"gtx 10", "6.1"},
    {"gtx 9", "5.2"},        {"gtx 7", "3.5"},     {"h100", "9.0"},       {"h200", "9.0"},
    {"gh200", "9.0"},        {"a100", "8.0"},      {"a10g", "8.6"},       {"a40", "8.6"},
    {"l40", "8.9"},          {"tesla t4", "7.5"},  {"tesla v100", "7.0"}, {"v100", "7.0"},
    {"tesla p100", "6.0"},   {"tesla p40", "6.1"}, {"tesla k80", "3.7"},  {"tesla m40", "5.2"},
    {"quadro rtx", "7.5"},
};

static void read_gpu_name(struct bp_gather *gather, const char *word, size_t start, size_t end) {
    bool left = start == 0 || !isalnum((unsigned char)gather->text[start - 1]);
    size_t behind = end;
    while (behind < gather->length && behind - end < 16 &&
           (isalnum((unsigned char)gather->text[behind]) ||
            (gather->text[behind] == ' ' && behind + 1 < gather->length &&
             bp_text_has_at(gather, behind, " ti")))) {
        behind++;
    }
    if (!left) {
        return;
    }
    char *name = bp_strndup(gather->text + start, behind - start);
    bp_gather_text(gather, DEVICE "/name", name, start, BP_MENTIONED);
    free(name);
    for (size_t i = 0; i < sizeof gpus / sizeof *gpus; i++) {
        if (strcmp(gpus[i].name, word) == 0) {
            bp_gather_text(gather, DEVICE "/compute_capability", gpus[i].capability, start,
                           BP_HINTED);
        }
    }
}

/* "compute capability among GPUs detected: 7.5", "Highest Compute Capability: 8.9". */
static void read_capability(struct bp_gather *gather, const char *word, size_t start, size_t end) {
    size_t at = end;
    size_t behind;
    (void)word;
    while (at < gather->length && at - end < 28 && gather->text[at] != '\n' &&
           !strchr("<>=", gather->text[at]) && !isdigit((unsigned char)gather->text[at])) {
        at++;
    }
    bool named = at < gather->length && at > 0 && isdigit((unsigned char)gather->text[at]);
    char *capability = named ? bp_version_at(gather, at, &behind) : NULL;
    if (capability && strlen(capability) <= 4) {
        bp_gather_text(gather, DEVICE "/compute_capability", capability, start, BP_STATED);
    }
    free(capability);
}

/* "118" as "11.8". */
static char *spread(const char *digits, size_t length) {
    return length < 2 ? NULL : bp_format("%.*s.%c", (int)length - 1, digits, digits[length - 1]);
}

static size_t digits_at(const struct bp_gather *gather, size_t at) {
    size_t count = 0;
    while (at + count < gather->length && count < 5 &&
           isdigit((unsigned char)gather->text[at + count])) {
        count++;
    }
    return count;
}

/* The old banner's "Detected CUDA version 118", "CUDA_VERSION=121". */
static void read_banner(struct bp_gather *gather, const char *word, size_t start, size_t end) {
    size_t digits = digits_at(gather, end);
    char *version = digits == 3 || digits == 2 ? spread(gather->text + end, digits) : NULL;
    bool torch = strstr(word, "settings") != NULL;
    if (version) {
        bp_gather_about(gather, "/cuda_version", version, start, BP_STATED);
        if (torch) {
            bp_gather_text(gather, "/python/interpreters/0/torch/cuda", version, start, BP_STATED);
        }
    }
    free(version);
}

/* nvidia-smi's box: "Driver Version: 535.54.03    CUDA Version: 12.2". */
static void read_driver(struct bp_gather *gather, const char *word, size_t start, size_t end) {
    size_t behind;
    (void)word;
    while (end < gather->length && gather->text[end] == ' ') {
        end++;
    }
    char *version = bp_version_at(gather, end, &behind);
    if (version) {
        bp_gather_text(gather, "/cuda/kernel_module/version", version, start, BP_STATED);
    }
    free(version);
}

static void read_cuda(struct bp_gather *gather, const char *word, size_t start, size_t end) {
    size_t at = end;
    size_t behind;
    size_t length;
    (void)word;
    if (start > 0 && (isalnum((unsigned char)gather->text[start - 1]))) {
        return;
    }
    bool version_word =
        bp_text_has_at(gather, at, " version") || bp_text_has_at(gather, at, "_version");
    at += version_word ? strlen(" version") : 0;
    while (at < gather->length && at - end < 14 && gather->text[at] &&
           strchr(" :=-`*v\"", gather->text[at])) {
        at++;
    }
    char *version = bp_version_at(gather, at, &behind);
    const char *line = bp_line_around(gather, start, &length);
    bool smi = version_word && bp_line_holds(line, length, "Driver Version");
    if (version && strlen(version) <= 7) {
        if (smi) {
            bp_gather_text(gather, "/cuda/driver/version", version, start, BP_STATED);
        }
        bp_gather_about(gather, "/cuda_version", version, start,
                        version_word ? BP_STATED : BP_MENTIONED);
    }
    free(version);
}

static void read_torch_cuda(struct bp_gather *gather, const char *word, size_t start, size_t end) {
    size_t behind;
    (void)word;
    char *version = bp_version_at(gather, end, &behind);
    if (version) {
        bp_gather_text(gather, "/python/interpreters/0/torch/cuda", version, start, BP_STATED);
        bp_gather_about(gather, "/cuda_version", version, start, BP_STATED);
    }
    free(version);
}

/* nvcc --version: "release 11.8, V11.8.89". */
static void read_nvcc(struct bp_gather *gather, const char *word, size_t start, size_t end) {
    size_t behind;
    (void)word;
    char *version = bp_version_at(gather, end, &behind);
    if (version) {
        bp_gather_text(gather, "/tools/nvcc/version", version, start, BP_STATED);
    }
    free(version);
}

static void read_cmake(struct bp_gather *gather, const char *word, size_t start, size_t end) {
    size_t behind;
    (void)word;
    char *version = bp_version_at(gather, end, &behind);
    if (version) {
        bp_gather_text(gather, "/tools/cmake/version", version, start, BP_STATED);
    }
    free(version);
}

/* libbitsandbytes_cuda118: what was asked for, not what is there. */
static void read_library_name(struct bp_gather *gather, const char *word, size_t start,
                              size_t end) {
    size_t digits = digits_at(gather, end);
    (void)word;
    char *version = digits == 3 ? spread(gather->text + end, digits) : NULL;
    if (version) {
        bp_gather_about(gather, "/cuda_version", version, start, BP_HINTED);
    }
    free(version);
}

const struct bp_reader bp_gpu_readers[] = {
    {"rtx 50", read_gpu_name},
    {"rtx 40", read_gpu_name},
    {"rtx 30", read_gpu_name},
    {"rtx 20", read_gpu_name},
    {"rtx 6000 ada", read_gpu_name},
    {"rtx a", read_gpu_name},
    {"gtx 16", read_gpu_name},
    {"gtx 10", read_gpu_name},
    {"gtx 9", read_gpu_name},
    {"gtx 7", read_gpu_name},
    {"h100", read_gpu_name},
    {"h200", read_gpu_name},
    {"a100", read_gpu_name},
    {"a10g", read_gpu_name},
    {"a40", read_gpu_name},
    {"l40", read_gpu_name},
    {"tesla t4", read_gpu_name},
    {"tesla v100", read_gpu_name},
    {"v100", read_gpu_name},
    {"tesla p100", read_gpu_name},
    {"tesla p40", read_gpu_name},
    {"tesla k80", read_gpu_name},
    {"tesla m40", read_gpu_name},
    {"quadro rtx", read_gpu_name},
    {"compute capability", read_capability},
    {"detected cuda version ", read_banner},
    {"settings found: cuda_version=", read_banner},
    {"cuda_version=", read_banner},
    {"driver version:", read_driver},
    {"cuda used to build pytorch: ", read_torch_cuda},
    {"torch.version.cuda: ", read_torch_cuda},
    {"compilation tools, release ", read_nvcc},
    {"cmake version ", read_cmake},
    {"cuda", read_cuda},
    {"libbitsandbytes_cuda", read_library_name},
    {NULL, NULL},
};
