/* The outcome of a judgement, from what was chosen to what a person sees. */
#include "checks/loader/judging.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/loader/sees.h"

void bp_conclude(struct judging *judging, const char *outcome, const char *says) {
    char *copy = bp_strdup(says);
    free(judging->outcome_says);
    judging->outcome = outcome;
    judging->outcome_says = copy;
}

/* Adds a sentence to the outcome. */
static void conclude_further(struct judging *judging, const char *says) {
    char *whole = bp_format("%s %s", judging->outcome_says, says);
    free(judging->outcome_says);
    judging->outcome_says = whole;
}

static const char *outcome_of_loading(const struct bp_choice *choice) {
    if (strcmp(choice->asks_for, choice->chosen) != 0) {
        return "loads-fallback";
    }
    return bp_starts_with(choice->chosen, "libbitsandbytes_cpu") ? "cpu-only" : "loads";
}

static char *say_loading(const struct judging *judging, const char *outcome) {
    const struct bp_choice *choice = &judging->choice;
    const char *on_mps = bp_mps_used_by(&judging->found);
    if (strcmp(outcome, "cpu-only") == 0 && judging->mps.available == BP_YES && on_mps) {
        return bp_format("%s loads, for the CPU. torch can use this Mac's GPU (MPS), for which "
                         "there is no native library: bitsandbytes %s.",
                         choice->chosen, on_mps);
    }
    if (strcmp(outcome, "cpu-only") == 0) {
        return bp_format("%s loads: bitsandbytes works on the CPU only.", choice->chosen);
    }
    if (strcmp(outcome, "loads") == 0) {
        return bp_format("%s is what this release asks for, and it loads.", choice->chosen);
    }
    if (bp_starts_with(choice->chosen, "libbitsandbytes_cpu")) {
        return bp_format("%s is asked for and not there; %s loads in its place, so no GPU function "
                         "works.",
                         choice->asks_for, choice->chosen);
    }
    return bp_format("%s is asked for and not there; %s loads in its place.", choice->asks_for,
                     choice->chosen);
}

/* The last of the reasons is what the outcome rests on. */
static const char *last_reason(const struct judging *judging) {
    const struct bp_strs *because = &judging->because;
    return because->count ? because->items[because->count - 1] : "Facts are missing.";
}

static void conclude_chosen(struct judging *judging) {
    const struct bp_file_verdict *verdict = &judging->verdict;
    const struct bp_choice *choice = &judging->choice;
    if (verdict->says) {
        bp_strs_add(&judging->because, verdict->says);
    }
    if (bp_equal(verdict->outcome, "loads")) {
        const char *outcome = outcome_of_loading(choice);
        char *says = say_loading(judging, outcome);
        bp_conclude(judging, outcome, says);
        free(says);
    } else {
        bp_conclude(judging, verdict->outcome ? verdict->outcome : "cannot-tell",
                    last_reason(judging));
    }
}

static void conclude_file(struct judging *judging) {
    const struct bp_choice *choice = &judging->choice;
    char *says = NULL;
    switch (choice->state) {
    case BP_CHOICE_UNKNOWN:
        bp_conclude(judging, "cannot-tell", last_reason(judging));
        break;
    case BP_CHOICE_MISSING:
        says = bp_format("%s is asked for, and the package does not hold it.", choice->asks_for);
        bp_conclude(judging, "file-missing", says);
        break;
    case BP_CHOICE_REFUSED:
        bp_conclude(judging, "setup-error", last_reason(judging));
        break;
    case BP_CHOICE_FILE:
        conclude_chosen(judging);
        break;
    }
    free(says);
}

/* --- beyond the file --- */

static bool has_loaded(const struct judging *judging) {
    static const char *const outcomes[] = {"loads", "loads-fallback", "cpu-only"};
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        if (strcmp(judging->outcome, outcomes[i]) == 0) {
            return true;
        }
    }
    return false;
}

/*
 * Since 0.48.0 a CPU or XPU library that does not load is replaced in silence: operations
 * written in PyTorch or Triton take its place.
 */
static bool is_silent(const struct judging *judging) {
    const char *backend = judging->choice.backend;
    bool beside_gpu = bp_equal(backend, "CPU") || bp_equal(backend, "XPU");
    return judging->found.era->silent_cpu && beside_gpu && !has_loaded(judging) &&
           !bp_equal(judging->verdict.error, BP_ENDS_PROCESS) &&
           strcmp(judging->outcome, "cannot-tell") != 0;
}

/* Whether the outcome is what the GPUs make of it. */
static bool gpu_decides(const struct judging *judging) {
    return bp_equal(judging->outcome, bp_gpu_outcome(judging->gpu.trouble));
}

static void conclude_gpu(struct judging *judging) {
    const struct bp_gpu_verdict *gpu = &judging->gpu;
    const char *outcome = bp_gpu_outcome(gpu->trouble);
    bool loaded = has_loaded(judging);
    if (outcome && (loaded || (judging->silent && gpu->trouble == BP_GPU_TORCH_DRIVER))) {
        bp_strs_add_once(&judging->because, gpu->says);
        bp_conclude(judging, outcome, gpu->says);
    }
    if (loaded && gpu->unknown) {
        bp_strs_add(&judging->because, gpu->unknown);
    }
    if (loaded && gpu->others) {
        conclude_further(judging, gpu->others);
    }
}

/* The eras up to 0.43.0 raise where the library fails and torch sees a GPU. */
static bool import_has_failed(const struct judging *judging) {
    enum bp_failure failure = judging->found.era->failure;
    bool raises = failure == BP_FAILURE_IMPORT ||
                  (failure == BP_FAILURE_IMPORT_GPU && judging->torch.sees_gpu == BP_YES);
    return raises && !has_loaded(judging) && !gpu_decides(judging);
}

static void conclude_python(struct judging *judging) {
    if (judging->python.after_library && import_has_failed(judging)) {
        return;
    }
    judging->silent = false;
    bp_strs_add(&judging->because, judging->python.says);
    bp_conclude(judging, "python-dependency-missing", judging->python.says);
    judging->user_sees = bp_format("import bitsandbytes ends with \"%s\".", judging->python.error);
}

void bp_conclude_choice(struct judging *judging) {
    conclude_file(judging);
    judging->silent = is_silent(judging);
    conclude_gpu(judging);
    if (judging->silent && !gpu_decides(judging)) {
        conclude_further(judging, "This release goes on without it in silence, with slower code.");
    }
    if (judging->python.says) {
        conclude_python(judging);
    }
    if (judging->user_sees) {
        return;
    }
    struct bp_scene scene = {
        .machine = &judging->machine,
        .torch = &judging->torch,
        .found = &judging->found,
        .choice = &judging->choice,
        .trouble = gpu_decides(judging) ? judging->gpu.trouble : BP_GPU_NONE,
        .silent = judging->silent,
        .outcome = judging->outcome,
        .error = judging->verdict.error ? judging->verdict.error : judging->choice.error,
        .symbol = judging->verdict.symbol,
    };
    judging->user_sees = bp_sees(&scene);
}
