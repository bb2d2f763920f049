#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/hardware.h"
#include "probe/lines.h"

/*
 * The first processor's block is enough, and all of it costs: the kernel makes each block
 * when it is read, on some machines by asking the processor concerned.
 */
#define CPUINFO_LIMIT ((size_t)8192)

/*
 * Arm processors go by number: MIDR_EL1 implementer and part, as Linux lists them in
 * arch/arm64/include/asm/cputype.h. Those that a GPU is likely to sit beside.
 */
static const struct {
    unsigned implementer;
    unsigned part;
    const char *name;
} arm_parts[] = {
    {0x41, 0xd03, "Cortex-A53"},    {0x41, 0xd07, "Cortex-A57"},    {0x41, 0xd08, "Cortex-A72"},
    {0x41, 0xd0b, "Cortex-A76"},    {0x41, 0xd0c, "Neoverse-N1"},   {0x41, 0xd40, "Neoverse-V1"},
    {0x41, 0xd42, "Cortex-A78AE"},  {0x41, 0xd49, "Neoverse-N2"},   {0x41, 0xd4f, "Neoverse-V2"},
    {0x41, 0xd83, "Neoverse-V3AE"}, {0x41, 0xd84, "Neoverse-V3"},   {0x41, 0xd8e, "Neoverse-N3"},
    {0x43, 0x0a1, "ThunderX"},      {0x43, 0x0af, "ThunderX2"},     {0x46, 0x001, "A64FX"},
    {0x48, 0xd01, "Kunpeng-920"},   {0x4e, 0x004, "NVIDIA Carmel"}, {0xc0, 0xac3, "AmpereOne"},
};

static char *arm_model(const struct bp_str *text) {
    char *implementer = bp_lines_field(text, "CPU implementer");
    char *part = bp_lines_field(text, "CPU part");
    char *model = NULL;
    if (implementer && part) {
        unsigned long maker = strtoul(implementer, NULL, 16);
        unsigned long number = strtoul(part, NULL, 16);
        for (size_t i = 0; i < sizeof arm_parts / sizeof arm_parts[0] && !model; i++) {
            if (arm_parts[i].implementer == maker && arm_parts[i].part == number) {
                model = bp_strdup(arm_parts[i].name);
            }
        }
        if (!model) {
            model = bp_format("implementer %s part %s", implementer, part);
        }
    }
    free(implementer);
    free(part);
    return model;
}

/* x86 says "model name", POWER "cpu"; 32-bit Arm boards name the "Hardware". */
static char *model_of(const struct bp_str *text) {
    char *model = bp_lines_field(text, "model name");
    if (!model) {
        model = arm_model(text);
    }
    if (!model) {
        model = bp_lines_field(text, "cpu");
    }
    return model ? model : bp_lines_field(text, "Hardware");
}

/* The vector units that CPU kernels and torch builds choose by, as the kernel spells them. */
static const char *const flags_that_matter[][2] = {
    {"avx", "avx"},
    {"avx2", "avx2"},
    {"fma", "fma"},
    {"avx512f", "avx512f"},
    {"avx512_bf16", "avx512bf16"},
    {"amx_bf16", "amx_bf16"},
    {"asimd", "asimd"},
    {"bf16", "bf16"},
    {"sve", "sve"},
    {"sve2", "sve2"},
};

static cJSON *flags_of(const struct bp_str *text) {
    char *flags = bp_lines_field(text, "flags");
    if (!flags) {
        flags = bp_lines_field(text, "Features");
    }
    if (!flags) {
        return cJSON_CreateNull();
    }
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < sizeof flags_that_matter / sizeof flags_that_matter[0]; i++) {
        if (bp_text_has_word(flags, flags_that_matter[i][0])) {
            cJSON_AddItemToArray(list, cJSON_CreateString(flags_that_matter[i][1]));
        }
    }
    free(flags);
    return list;
}

/*
 * Levels of x86-64 (psABI, "Micro-Architecture Levels") by the kernel's names of their features;
 * each includes the lower ones. The kernel shows "abm" for LZCNT.
 */
static const struct {
    const char *name;
    const char *features;
} x86_levels[] = {
    {"x86-64-v2", "cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3"},
    {"x86-64-v3", "avx avx2 bmi1 bmi2 f16c fma abm movbe xsave"},
    {"x86-64-v4", "avx512f avx512bw avx512cd avx512dq avx512vl"},
};

static bool has_all(const char *flags, const char *features) {
    struct bp_strs names = {0};
    bool all = true;
    bp_strs_split(&names, features, ' ', false);
    for (size_t i = 0; i < names.count; i++) {
        all = all && bp_text_has_word(flags, names.items[i]);
    }
    bp_strs_free(&names);
    return all;
}

/* Null for a processor that is no x86: which levels those have is not looked for. */
static cJSON *levels_of(const struct bp_str *text) {
    char *flags = bp_lines_field(text, "flags");
    if (!flags) {
        return cJSON_CreateNull();
    }
    cJSON *levels = cJSON_CreateArray();
    for (size_t i = 0; i < sizeof x86_levels / sizeof *x86_levels; i++) {
        if (!has_all(flags, x86_levels[i].features)) {
            break;
        }
        cJSON_InsertItemInArray(levels, 0, cJSON_CreateString(x86_levels[i].name));
    }
    free(flags);
    return levels;
}

void bp_cpu_describe(const struct bp_root *root, cJSON *cpu) {
    struct bp_str text = BP_STR_EMPTY;
    bp_root_read(root, "/proc/cpuinfo", CPUINFO_LIMIT, &text, NULL);
    char *model = model_of(&text);
    bp_json_set_text(cpu, "model", model);
    cJSON_AddItemToObject(cpu, "flags", flags_of(&text));
    cJSON_AddItemToObject(cpu, "levels", levels_of(&text));
    free(model);
    bp_str_free(&text);
}
