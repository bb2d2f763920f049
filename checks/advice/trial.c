/* Trying changes on the model, and what keeps a release from being installed. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/version.h"
#include "checks/advice.h"
#include "checks/advice/parts.h"
#include "checks/assume.h"
#include "checks/loader/loader.h"
#include "checks/loader/machine.h"
#include "checks/releases.h"

bool bp_outcome_is_good(const cJSON *loader, const cJSON *snapshot) {
    const char *outcome = bp_json_text(loader, "outcome");
    /* What a release does without in silence is slower and works, as on a machine without a GPU. */
    if (bp_json_is_true(loader, "silent") && !bp_machine_has_gpu(snapshot)) {
        return true;
    }
    bool cpu = bp_starts_with(bp_json_text(loader, "chosen"), "libbitsandbytes_cpu");
    if (bp_equal(outcome, "cpu-only") || (bp_equal(outcome, "loads-fallback") && cpu)) {
        return !bp_machine_has_gpu(snapshot);
    }
    return bp_equal(outcome, "loads") || bp_equal(outcome, "loads-fallback") ||
           bp_equal(outcome, "jit-from-ptx");
}

bool bp_machine_lacks_torch(const cJSON *interpreter) {
    const cJSON *copies = bp_json_at(interpreter, "/packages/torch");
    return cJSON_IsArray(copies) && !copies->child;
}

struct bp_trial bp_trial_make(const struct bp_advising *advising, const struct bp_strs *assume) {
    struct bp_trial trial = {.snapshot = bp_assume_copy(advising->snapshot)};
    if (bp_assume_shared(trial.snapshot, assume, advising->releases, NULL) != 0) {
        cJSON_Delete(trial.snapshot);
        trial.snapshot = NULL;
        return trial;
    }
    trial.loader = bp_loader_judge_chosen(trial.snapshot);
    trial.good = bp_outcome_is_good(trial.loader, trial.snapshot);
    return trial;
}

void bp_trial_free(struct bp_trial *trial) {
    cJSON_Delete(trial->loader);
    cJSON_Delete(trial->snapshot);
    *trial = (struct bp_trial){0};
}

/* Of torch's version the local part does not count for what a release asks. */
static void check_torch(const struct bp_release *release, const struct bp_machine *machine,
                        struct bp_strs *why_not) {
    const char *version = bp_json_text_at(machine->interpreter, "/torch/version");
    bool met;
    if (!version) {
        version = bp_json_text_at(machine->interpreter, "/packages/torch/0/version");
    }
    if (!version || !release->torch || !*release->torch) {
        return;
    }
    char *public = bp_strndup(version, strcspn(version, "+"));
    if (bp_version_meets(public, release->torch, &met) && !met) {
        bp_strs_add_owned(why_not,
                          bp_format("it needs torch %s, and this is %s", release->torch, version));
    }
    free(public);
}

bool bp_release_can_be_installed(const struct bp_releases *releases, size_t index,
                                 const cJSON *snapshot, struct bp_strs *why_not) {
    struct bp_machine machine = bp_machine_of(snapshot);
    struct bp_wheel_machine wheels = bp_wheel_machine_of(&machine);
    struct bp_release release = bp_release_at(releases, index);
    struct bp_wheel_choice choice = bp_release_for(releases, release.version, &wheels);
    size_t before = why_not->count;
    if (release.yanked) {
        bp_strs_add(why_not, "it was withdrawn");
    }
    if (choice.state != BP_WHEEL_TAKEN) {
        bp_strs_add_owned(why_not, choice.reason);
    } else {
        free(choice.reason);
    }
    check_torch(&release, &machine, why_not);
    return why_not->count == before;
}

/* Whether pip would leave torch as it is beside the release of the trial. */
static bool keeps_torch(const struct bp_releases *releases, const cJSON *snapshot) {
    struct bp_machine machine = bp_machine_of(snapshot);
    struct bp_release release;
    struct bp_strs why_not = {0};
    if (!bp_release_find(releases, bp_json_text_at(snapshot, "/bitsandbytes/version"), &release)) {
        return true;
    }
    check_torch(&release, &machine, &why_not);
    bool keeps = why_not.count == 0;
    bp_strs_free(&why_not);
    return keeps;
}

/* An outcome that no release and no variable of bitsandbytes makes better or worse. */
static bool is_of_others(const char *outcome) {
    return bp_equal(outcome, "torch-missing") || bp_equal(outcome, "torch-fails") ||
           bp_equal(outcome, "driver-too-old") || bp_equal(outcome, "cpu-only");
}

static enum bp_proof proof_of(const struct bp_trial *trial, const cJSON *loader,
                              const struct bp_releases *releases) {
    const char *before = bp_json_text(loader, "outcome");
    const char *outcome = bp_json_text(trial->loader, "outcome");
    if (!outcome || strcmp(outcome, "cannot-tell") == 0) {
        return BP_PROOF_NONE;
    }
    if (trial->good) {
        return BP_PROOF_HELPS;
    }
    bool of_others = strcmp(outcome, "torch-missing") == 0 ||
                     (is_of_others(outcome) && bp_equal(outcome, before));
    return of_others || !keeps_torch(releases, trial->snapshot) ? BP_PROOF_NONE : BP_PROOF_FAILS;
}

enum bp_proof bp_advice_prove(const cJSON *snapshot, const cJSON *loader,
                              const struct bp_strs *assumptions,
                              const struct bp_releases *releases) {
    struct bp_advising advising = {.snapshot = snapshot, .releases = releases};
    if (!releases || !cJSON_IsBool(bp_json_at(snapshot, "/bitsandbytes/installed"))) {
        return BP_PROOF_NONE;
    }
    struct bp_trial trial = bp_trial_make(&advising, assumptions);
    enum bp_proof proof = proof_of(&trial, loader, releases);
    bp_trial_free(&trial);
    return proof;
}
