#include "checks/loader/loader.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "checks/loader/choose.h"
#include "checks/loader/era.h"
#include "checks/loader/file.h"
#include "checks/loader/machine.h"
#include "checks/loader/remedy.h"
#include "checks/loader/sees.h"
#include "checks/loader/torch.h"

/* One judgement in the making. */
struct judging {
    struct bp_machine machine;
    struct bp_torch torch;
    struct bp_era_found found;
    struct bp_choice choice;
    struct bp_file_verdict verdict; /* of the chosen file; all NULL where there is none */
    struct bp_strs because;
    cJSON *files;
    const char *outcome;
    char *outcome_says;
    char *user_sees;
};

/* `says` is copied. */
static void conclude(struct judging *judging, const char *outcome, const char *says) {
    judging->outcome = outcome;
    judging->outcome_says = bp_strdup(says);
}

/* --- before there is a choice --- */

/* A folder without __init__.py is importable, too, and has nothing in it. */
static const char *sees_of_absent(const struct judging *judging) {
    const cJSON *shadow;
    cJSON_ArrayForEach(shadow, bp_json_get(judging->machine.interpreter, "shadowing")) {
        if (bp_equal(bp_json_text(shadow, "package"), "bitsandbytes") &&
            bp_equal(bp_json_text(shadow, "kind"), "namespace-folder")) {
            return "import bitsandbytes succeeds with an empty namespace package; the first use "
                   "ends "
                   "with \"AttributeError: module 'bitsandbytes' has no attribute 'nn'\".";
        }
    }
    return "import bitsandbytes ends with \"ModuleNotFoundError: No module named 'bitsandbytes'\".";
}

/* Whether it is settled before any file matters. */
static bool settled_early(struct judging *judging) {
    const cJSON *installed = bp_json_get(judging->machine.package, "installed");
    if (cJSON_IsFalse(installed)) {
        conclude(judging, "not-installed", "bitsandbytes is not installed for this interpreter.");
        judging->user_sees = bp_strdup(sees_of_absent(judging));
        return true;
    }
    if (!cJSON_IsTrue(installed)) {
        conclude(
            judging, "cannot-tell",
            "Whether bitsandbytes is installed is not known: nothing was learned from a Python "
            "interpreter.");
        return true;
    }
    if (judging->torch.installed == BP_NO) {
        conclude(judging, "torch-missing",
                 "torch is not installed for this interpreter, and bitsandbytes imports it first.");
        judging->user_sees = bp_strdup("import bitsandbytes ends with \"ModuleNotFoundError: No "
                                       "module named 'torch'\".");
        return true;
    }
    return false;
}

/* --- the files --- */

static const char *role_of(const struct judging *judging, const char *name) {
    if (bp_equal(name, judging->choice.asks_for)) {
        return "asked-for";
    }
    return bp_equal(name, judging->choice.chosen) ? "fallback" : "other";
}

/* Every library of the package, judged; the verdict on the chosen one is kept. */
static void judge_files(struct judging *judging) {
    const cJSON *library;
    cJSON_ArrayForEach(library, judging->machine.libraries) {
        const char *name = bp_json_text(library, "name");
        struct bp_file_verdict verdict =
            bp_file_judge(&judging->machine, &judging->torch, &judging->found, library);
        cJSON *file = cJSON_CreateObject();
        bp_json_set_text(file, "name", name);
        bp_json_set_text(file, "role", role_of(judging, name));
        bp_json_set_text(file, "outcome", verdict.outcome);
        cJSON_AddItemToObject(file, "needed", cJSON_Duplicate(verdict.needed, true));
        bp_json_set_text(file, "says", verdict.says);
        cJSON_AddItemToArray(judging->files, file);
        if (!judging->verdict.outcome && bp_equal(name, judging->choice.chosen)) {
            judging->verdict = verdict;
        } else {
            bp_file_verdict_free(&verdict);
        }
    }
}

/* --- the outcome --- */

static const char *outcome_of_loading(const struct bp_choice *choice) {
    if (strcmp(choice->asks_for, choice->chosen) != 0) {
        return "loads-fallback";
    }
    return bp_starts_with(choice->chosen, "libbitsandbytes_cpu") ? "cpu-only" : "loads";
}

static char *say_loading(const struct bp_choice *choice, const char *outcome) {
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
        char *says = say_loading(choice, outcome);
        conclude(judging, outcome, says);
        free(says);
    } else {
        conclude(judging, verdict->outcome ? verdict->outcome : "cannot-tell",
                 last_reason(judging));
    }
}

static void conclude_choice(struct judging *judging) {
    const struct bp_choice *choice = &judging->choice;
    char *says = NULL;
    switch (choice->state) {
    case BP_CHOICE_UNKNOWN:
        conclude(judging, "cannot-tell", last_reason(judging));
        break;
    case BP_CHOICE_MISSING:
        says = bp_format("%s is asked for, and the package does not hold it.", choice->asks_for);
        conclude(judging, "file-missing", says);
        break;
    case BP_CHOICE_REFUSED:
        conclude(judging, "setup-error", last_reason(judging));
        break;
    case BP_CHOICE_FILE:
        conclude_chosen(judging);
        break;
    }
    free(says);
}

static void judge_choice(struct judging *judging) {
    judging->choice = bp_choose(&judging->machine, &judging->torch, &judging->found);
    for (size_t i = 0; i < judging->choice.because.count; i++) {
        bp_strs_add(&judging->because, judging->choice.because.items[i]);
    }
    judge_files(judging);
    conclude_choice(judging);
    struct bp_scene scene = {
        .machine = &judging->machine,
        .torch = &judging->torch,
        .found = &judging->found,
        .choice = &judging->choice,
        .outcome = judging->outcome,
        .error = judging->verdict.error ? judging->verdict.error : judging->choice.error,
        .symbol = judging->verdict.symbol,
    };
    judging->user_sees = bp_sees(&scene);
}

static void say_torch(struct judging *judging) {
    const struct bp_torch *torch = &judging->torch;
    const char *kind = torch->cuda ? "CUDA " : torch->hip ? "ROCm " : torch->xpu ? "XPU " : NULL;
    const char *built = torch->cuda ? torch->cuda : torch->hip ? torch->hip : torch->xpu;
    if (torch->version) {
        bp_strs_add_owned(&judging->because,
                          bp_format("It imports torch %s first%s%s%s.", torch->version,
                                    kind ? ", which is built for " : "", kind ? kind : "",
                                    kind ? built : ""));
    }
}

static void judge(struct judging *judging) {
    if (settled_early(judging)) {
        return;
    }
    bp_strs_add(&judging->because, judging->found.because);
    say_torch(judging);
    if (judging->found.era) {
        judge_choice(judging);
    } else {
        judge_files(judging);
        conclude(judging, "cannot-tell", judging->found.because);
    }
}

static cJSON *answer_of(const struct judging *judging) {
    bool installed = cJSON_IsTrue(bp_json_get(judging->machine.package, "installed"));
    cJSON *answer = cJSON_CreateObject();
    bp_json_set_text(answer, "era",
                     installed && judging->found.era ? judging->found.era->id : NULL);
    bp_json_set_text(answer, "asks_for", judging->choice.asks_for);
    bp_json_set_text(answer, "chosen", judging->choice.chosen);
    cJSON_AddItemToObject(answer, "because", bp_json_of_strs(&judging->because));
    bp_json_set_text(answer, "outcome", judging->outcome);
    bp_json_set_text(answer, "outcome_says", judging->outcome_says);
    bp_json_set_text(answer, "user_sees", judging->user_sees);
    cJSON_AddItemToObject(answer, "remedy",
                          bp_loader_remedy(judging->outcome, judging->machine.interpreter));
    cJSON_AddItemToObject(answer, "missing", bp_json_of_strs(&judging->verdict.missing));
    cJSON_AddItemToObject(answer, "files", judging->files);
    return answer;
}

cJSON *bp_loader_judge(const cJSON *snapshot) {
    struct judging judging = {.machine = bp_machine_of(snapshot), .files = cJSON_CreateArray()};
    judging.torch = bp_torch_of(&judging.machine);
    judging.found = bp_era_find(&judging.machine);
    judge(&judging);
    cJSON *answer = answer_of(&judging);
    free(judging.torch.because);
    free(judging.found.because);
    free(judging.outcome_says);
    free(judging.user_sees);
    bp_choice_free(&judging.choice);
    bp_file_verdict_free(&judging.verdict);
    bp_strs_free(&judging.because);
    return answer;
}
