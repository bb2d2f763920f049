#include "checks/loader/loader.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "checks/loader/import_torch.h"
#include "checks/loader/judging.h"
#include "checks/loader/remedy.h"

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
        bp_conclude(judging, "not-installed",
                    "bitsandbytes is not installed for this interpreter.");
        judging->user_sees = bp_strdup(sees_of_absent(judging));
        return true;
    }
    if (!cJSON_IsTrue(installed)) {
        bp_conclude(judging, "cannot-tell",
                    judging->machine.interpreter
                        ? "Whether bitsandbytes is installed is not known: nothing was learned "
                          "from the Python interpreter."
                        : "No Python interpreter was found, so whether bitsandbytes is installed "
                          "is not known.");
        return true;
    }
    if (judging->torch.installed == BP_NO) {
        bp_conclude(
            judging, "torch-missing",
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
    struct bp_devices devices = bp_devices_visible(&judging->machine, &judging->torch);
    const cJSON *library;
    cJSON_ArrayForEach(library, judging->machine.libraries) {
        const char *name = bp_json_text(library, "name");
        if (judging->only_chosen && !bp_equal(name, judging->choice.chosen)) {
            continue;
        }
        struct bp_file_verdict verdict = bp_file_judge(&judging->process, &judging->found, library);
        cJSON *file = cJSON_CreateObject();
        bp_json_set_text(file, "name", name);
        bp_json_set_text(file, "role", role_of(judging, name));
        bp_json_set_text(file, "outcome", verdict.outcome);
        cJSON_AddItemToObject(file, "needed", cJSON_Duplicate(verdict.needed, true));
        if (verdict.needed_below && bp_equal(name, judging->choice.chosen)) {
            cJSON_AddItemToObject(file, "needed_below",
                                  cJSON_Duplicate(verdict.needed_below, true));
        }
        bp_json_set_text(file, "says", verdict.says);
        bp_json_set_text(file, "error", verdict.error);
        if (devices.count) {
            cJSON_AddItemToObject(file, "gpu_code",
                                  bp_gpu_codes(&judging->machine, &devices, library));
        }
        cJSON_AddItemToArray(judging->files, file);
        if (!judging->verdict.outcome && bp_equal(name, judging->choice.chosen)) {
            judging->verdict = verdict;
        } else {
            bp_file_verdict_free(&verdict);
        }
    }
    bp_devices_free(&devices);
}

static void judge_choice(struct judging *judging) {
    judging->choice = bp_choose(&judging->machine, &judging->torch, &judging->found);
    for (size_t i = 0; i < judging->choice.because.count; i++) {
        bp_strs_add(&judging->because, judging->choice.because.items[i]);
    }
    if (judging->choice.opens) {
        free(bp_import_open(&judging->process, judging->choice.opens, BP_STAGE_TORCH));
    }
    judge_files(judging);
    judging->gpu = bp_gpu_judge(&judging->machine, &judging->torch, &judging->choice);
    judging->python = bp_python_trouble_of(&judging->machine, &judging->torch, &judging->found);
    bp_conclude_choice(judging);
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

/* bitsandbytes imports torch before anything else, and that ends with an error. */
static void conclude_without_torch(struct judging *judging) {
    const char *error = judging->process.torch_error;
    const char *lacks = judging->process.torch_lacks;
    judging->torch_error = bp_strdup(error);
    char *says = bp_format("torch itself cannot be imported, and bitsandbytes imports it first: "
                           "%s%s.",
                           lacks ? lacks : error,
                           lacks ? ", which its DLLs need, is not found or not usable" : "");
    judge_files(judging);
    bp_strs_add(&judging->because, says);
    bp_conclude(judging, "torch-fails", says);
    judging->user_sees = bp_format("import torch, and with it import bitsandbytes, ends with "
                                   "\"%s\".",
                                   error);
    free(says);
}

static void judge(struct judging *judging) {
    if (settled_early(judging)) {
        return;
    }
    bp_strs_add(&judging->because, judging->found.because);
    say_torch(judging);
    bp_python_note_requirements(&judging->machine, &judging->torch, &judging->found,
                                &judging->because);
    bp_process_start(&judging->process, &judging->machine, &judging->torch);
    if (judging->process.torch_error) {
        conclude_without_torch(judging);
    } else if (judging->found.era) {
        judge_choice(judging);
    } else {
        judge_files(judging);
        bp_conclude(judging, "cannot-tell", judging->found.because);
    }
    bp_process_end(&judging->process);
}

/* Of a Mac alone. */
static void add_mps(cJSON *answer, const struct bp_mps *mps) {
    if (mps->says) {
        cJSON *entry = cJSON_AddObjectToObject(answer, "mps");
        cJSON_AddItemToObject(entry, "available",
                              mps->available == BP_UNKNOWN
                                  ? cJSON_CreateNull()
                                  : cJSON_CreateBool(mps->available == BP_YES));
        bp_json_set_text(entry, "says", mps->says);
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
    if (judging->torch_error) {
        bp_json_set_text(answer, "torch_error", judging->torch_error);
    }
    cJSON_AddItemToObject(
        answer, "remedy",
        bp_loader_remedy(judging->outcome, judging->machine.interpreter, judging->machine.os));
    cJSON_AddItemToObject(answer, "missing", bp_json_of_strs(&judging->verdict.missing));
    cJSON_AddItemToObject(answer, "files", judging->files);
    bp_json_set_bool(answer, "silent", judging->silent);
    add_mps(answer, &judging->mps);
    if (judging->gpu.devices) {
        cJSON_AddItemToObject(answer, "devices", cJSON_Duplicate(judging->gpu.devices, true));
    }
    return answer;
}

static cJSON *judge_snapshot(const cJSON *snapshot, bool only_chosen) {
    struct judging judging = {.machine = bp_machine_of(snapshot),
                              .files = cJSON_CreateArray(),
                              .only_chosen = only_chosen};
    judging.torch = bp_torch_of(&judging.machine);
    judging.found = bp_era_find(&judging.machine);
    judging.mps = bp_mps_of(&judging.machine, &judging.torch);
    judge(&judging);
    cJSON *answer = answer_of(&judging);
    free(judging.torch.because);
    free(judging.mps.says);
    free(judging.found.because);
    free(judging.outcome_says);
    free(judging.user_sees);
    free(judging.torch_error);
    bp_choice_free(&judging.choice);
    bp_file_verdict_free(&judging.verdict);
    bp_gpu_verdict_free(&judging.gpu);
    free(judging.python.says);
    free(judging.python.error);
    bp_strs_free(&judging.because);
    return answer;
}

cJSON *bp_loader_judge(const cJSON *snapshot) {
    return judge_snapshot(snapshot, false);
}

cJSON *bp_loader_judge_chosen(const cJSON *snapshot) {
    return judge_snapshot(snapshot, true);
}
