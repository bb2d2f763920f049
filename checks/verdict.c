#include "checks/verdict.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "checks/finding.h"
#include "checks/run/run.h"

/* Outcomes with which bitsandbytes does not work. */
static const char *const bad_outcomes[] = {
    "file-missing",           "dependency-missing",
    "symbol-version-missing", "symbol-missing",
    "wrong-architecture",     "wrong-format",
    "libc-too-old",           "setup-error",
    "torch-missing",          "torch-fails",
    "not-installed",          "no-gpu-code",
    "driver-too-old",         "python-dependency-missing",
};

static bool is_bad(const cJSON *loader) {
    const char *outcome = bp_json_text(loader, "outcome");
    /* What a release does without in silence is slower and works. */
    if (bp_json_is_true(loader, "silent") && !bp_equal(outcome, "driver-too-old")) {
        return false;
    }
    /* The CPU library in place of a GPU one loads, and no GPU function works with it. */
    if (outcome && strcmp(outcome, "loads-fallback") == 0 &&
        bp_starts_with(bp_json_text(loader, "chosen"), "libbitsandbytes_cpu")) {
        return true;
    }
    for (size_t i = 0; outcome && i < sizeof bad_outcomes / sizeof *bad_outcomes; i++) {
        if (strcmp(outcome, bad_outcomes[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* The first error, among findings and their symptoms, that is at least so sure; or NULL. */
static const cJSON *find_error(const cJSON *findings, enum bp_status least) {
    const cJSON *finding;
    cJSON_ArrayForEach(finding, findings) {
        if (bp_severity_of(bp_json_text(finding, "severity")) == BP_ERROR &&
            bp_status_of(bp_json_text(finding, "status")) >= least) {
            return finding;
        }
        const cJSON *below = find_error(bp_json_get(finding, "symptoms"), least);
        if (below) {
            return below;
        }
    }
    return NULL;
}

/* Whether the snapshot says anything beyond how it was collected. */
static bool has_facts(const cJSON *snapshot) {
    const cJSON *section;
    cJSON_ArrayForEach(section, snapshot) {
        if (strcmp(section->string, "collectors") != 0 && !cJSON_IsNull(section)) {
            return true;
        }
    }
    return false;
}

/* Whether the findings from a text alone say that nothing is broken, a question say. */
static bool is_harmless(const cJSON *findings) {
    const cJSON *finding;
    cJSON_ArrayForEach(finding, findings) {
        if (bp_status_of(bp_json_text(finding, "status")) >= BP_LIKELY) {
            return find_error(findings, BP_POSSIBLE) == NULL;
        }
    }
    return false;
}

static void set(cJSON *answer, const char *verdict, char *says) {
    bp_json_set_text(answer, "verdict", verdict);
    bp_json_set_text(answer, "verdict_says", says);
    free(says);
}

/* The outcome in a sentence, or `fallback`. */
static char *outcome_or(const cJSON *loader, const char *fallback) {
    const char *says = bp_json_text(loader, "outcome_says");
    return bp_strdup(says && *says ? says : fallback);
}

/* The finding's reason, or its title. */
static char *reason_of(const cJSON *finding) {
    const char *says = bp_json_text(finding, "says");
    return says && *says ? bp_strdup(says) : bp_format("%s.", bp_json_text(finding, "title"));
}

/* That the command failed, though nothing known is wrong; what was other than predicted goes with
 * it. */
static char *unexplained(const cJSON *answer) {
    const char *ended = bp_json_text_at(answer, "/run/ended");
    const char *difference = bp_json_text_at(answer, "/run/differences/0/says");
    const char *native = bp_json_text_at(answer, "/run/native/0/excerpt");
    struct bp_str says = BP_STR_EMPTY;
    bp_str_addf(&says, "The command %s. No known problem explains it.", ended ? ended : "failed");
    if (native) {
        bp_str_addf(&says, " It printed: %s.", native);
    }
    if (difference) {
        bp_str_addf(&says, " %s", difference);
    }
    if (is_bad(bp_json_get(answer, "loader"))) {
        char *beside =
            outcome_or(bp_json_get(answer, "loader"), "bitsandbytes cannot be loaded here.");
        bp_str_addf(&says, " Apart from that: %s", beside);
        free(beside);
    }
    return bp_str_detach(&says);
}

void bp_verdict_set(cJSON *answer, const cJSON *snapshot) {
    const cJSON *loader = bp_json_get(answer, "loader");
    const cJSON *findings = bp_json_get(answer, "findings");
    const char *outcome = bp_json_text(loader, "outcome");
    const cJSON *error = find_error(findings, BP_LIKELY);
    bool run_failed = bp_run_failed(snapshot);
    bool beside =
        run_failed && !bp_json_is_true(bp_json_get(answer, "run"), "concerns_bitsandbytes");
    bool told = outcome && strcmp(outcome, "cannot-tell") != 0;
    if (error) {
        set(answer, "problem", reason_of(error));
    } else if (is_bad(loader) && !beside) {
        set(answer, "problem", outcome_or(loader, "bitsandbytes cannot be loaded here."));
    } else if (run_failed) {
        set(answer, "unknown", unexplained(answer));
    } else if (told) {
        set(answer, "ok", outcome_or(loader, "Nothing known to be wrong was found."));
    } else if (!has_facts(snapshot) && is_harmless(findings)) {
        set(answer, "ok", reason_of(findings->child));
    } else {
        set(answer, "unknown",
            outcome_or(loader, "Too little is known to say whether bitsandbytes works."));
    }
}
