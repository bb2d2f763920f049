#include "checks/advice.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "base/version.h"
#include "checks/advice/parts.h"
#include "checks/advice/search.h"
#include "checks/loader/machine.h"
#include "checks/releases.h"

/* So many releases in a row that the model cannot tell of, and it will not tell of older ones. */
enum { UNTOLD_LIMIT = 4 };

/* The newest release that was not withdrawn; the count where there is none. */
static size_t newest_release(const struct bp_releases *releases) {
    size_t count = bp_releases_count(releases);
    for (size_t i = 0; i < count; i++) {
        if (!bp_release_at(releases, i).yanked) {
            return i;
        }
    }
    return count;
}

static void add_in_the_way(cJSON *list, const char *version, const char *what, const char *why) {
    size_t length = strlen(why);
    const char *end = length && why[length - 1] == '.' ? "" : ".";
    char *sentence = bp_format("bitsandbytes %s %s: %s%s", version, what, why, end);
    cJSON_AddItemToArray(list, cJSON_CreateString(sentence));
    free(sentence);
}

/* Whether the release works as things are; *outcome (owned by the caller) says how. */
static bool works(const struct bp_advising *advising, size_t index, char **outcome,
                  cJSON *in_the_way) {
    struct bp_release release = bp_release_at(advising->releases, index);
    struct bp_strs assume = {0};
    struct bp_strs why_not = {0};
    bool fits =
        bp_release_can_be_installed(advising->releases, index, advising->snapshot, &why_not);
    *outcome = NULL;
    for (size_t i = 0; i < why_not.count && in_the_way; i++) {
        add_in_the_way(in_the_way, release.version, "cannot be installed here", why_not.items[i]);
    }
    bp_strs_free(&why_not);
    if (!fits || bp_machine_lacks_torch(advising->interpreter)) {
        return false;
    }
    bp_strs_add_owned(&assume, bp_format("bitsandbytes=%s", release.version));
    struct bp_trial trial = bp_trial_make(advising, &assume);
    const char *says = bp_json_text(trial.loader, "outcome_says");
    *outcome = bp_strdup(bp_json_text(trial.loader, "outcome"));
    if (!trial.good && in_the_way) {
        add_in_the_way(in_the_way, release.version,
                       bp_equal(*outcome, "cannot-tell") ? "may not work here"
                                                         : "would not work here",
                       says ? says : "the model says no more");
    }
    bool good = trial.good;
    bp_trial_free(&trial);
    bp_strs_free(&assume);
    return good;
}

/* Whether this is the release that is installed, and it works. */
static bool is_installed_and_good(const struct bp_advising *advising, const char *version) {
    const char *now = bp_json_text_at(advising->snapshot, "/bitsandbytes/version");
    int order;
    return now && version && bp_version_compare(now, version, &order) && order == 0 &&
           bp_outcome_is_good(advising->loader, advising->snapshot);
}

/* What installs it, where it is not the one that is installed. The caller frees it. */
static char *command_for(const struct bp_advising *advising, const char *version) {
    const char *now = bp_json_text_at(advising->snapshot, "/bitsandbytes/version");
    int order;
    if (!version || (now && bp_version_compare(now, version, &order) && order == 0)) {
        return NULL;
    }
    char *words = bp_format("install bitsandbytes==%s", version);
    char *command = bp_shell_pip(&advising->shell, words);
    free(words);
    return command;
}

static void set_newest_working(const struct bp_advising *advising, const char *version,
                               const char *outcome, cJSON *advice) {
    char *command = command_for(advising, version);
    bp_json_set_text(advice, "newest_working", version);
    bp_json_set_text(advice, "newest_working_outcome", outcome);
    bp_json_set_text(advice, "newest_working_command", command);
    free(command);
}

/* From the newest release down to the first that works. */
static void find_newest(const struct bp_advising *advising, cJSON *advice) {
    size_t newest = newest_release(advising->releases);
    size_t count = bp_releases_count(advising->releases);
    cJSON *in_the_way = cJSON_CreateArray();
    size_t untold = 0;
    bool found = false;
    bool lacks_torch = bp_machine_lacks_torch(advising->interpreter);
    bp_json_set_text(advice, "newest_release",
                     newest < count ? bp_release_at(advising->releases, newest).version : NULL);
    for (size_t i = newest; i < count && !found && untold < UNTOLD_LIMIT; i++) {
        struct bp_release release = bp_release_at(advising->releases, i);
        char *outcome = NULL;
        if (is_installed_and_good(advising, release.version)) {
            outcome = bp_strdup(bp_json_text(advising->loader, "outcome"));
            found = true;
        } else if (!release.yanked) {
            found = works(advising, i, &outcome, i == newest ? in_the_way : NULL);
        }
        untold = bp_equal(outcome, "cannot-tell") ? untold + 1 : 0;
        bool beyond = lacks_torch || bp_equal(outcome, "torch-fails");
        if (found) {
            set_newest_working(advising, release.version, outcome, advice);
        }
        free(outcome);
        if (beyond) {
            break; /* no release works without torch */
        }
    }
    if (!found) {
        set_newest_working(advising, NULL, NULL, advice);
    }
    cJSON_AddItemToObject(advice, "in_the_way", in_the_way);
}

/* Whether there is something to mend that the model knows of. */
static bool is_bad(const struct bp_advising *advising) {
    const char *outcome = bp_json_text(advising->loader, "outcome");
    return outcome && strcmp(outcome, "cannot-tell") != 0 &&
           !bp_outcome_is_good(advising->loader, advising->snapshot);
}

static void find_steps(const struct bp_advising *advising, cJSON *advice) {
    const char *says = bp_json_text(advising->loader, "outcome_says");
    bool bad = is_bad(advising);
    cJSON *steps = bad ? bp_advice_search(advising) : cJSON_CreateArray();
    char *nothing = NULL;
    if (bad && !steps->child) {
        nothing = bp_format("No release and no change that this program can try makes bitsandbytes "
                            "work here. What stands in the way: %s",
                            says ? says : "it is not known.");
    }
    cJSON_AddItemToObject(advice, "steps", steps);
    bp_json_set_text(advice, "nothing_helps", nothing);
    free(nothing);
}

cJSON *bp_advice(const cJSON *snapshot, const cJSON *loader, const struct bp_releases *releases) {
    struct bp_machine machine = bp_machine_of(snapshot);
    struct bp_advising advising = {
        .snapshot = snapshot,
        .loader = loader,
        .interpreter = machine.interpreter,
        .releases = releases,
        .shell = bp_shell_of(machine.interpreter, machine.os),
        .os = machine.os,
    };
    if (!releases || !loader) {
        return cJSON_CreateNull();
    }
    cJSON *advice = cJSON_CreateObject();
    find_newest(&advising, advice);
    find_steps(&advising, advice);
    return advice;
}
