/* Requirements of what importing bitsandbytes comes to. */
#include <string.h>

#include "base/json.h"
#include "checks/gate/parts.h"

static void answer(struct bp_met *met, const struct bp_gate *gate,
                   const struct bp_requirement *requirement, const char *word,
                   const char *pointer) {
    const char *name = requirement->subject->name;
    enum bp_meets meets_it = bp_requirement_wants(requirement, word) ? BP_MET : BP_NOT_MET;
    const char *says = bp_json_text(gate->loader, "outcome_says");
    bp_met_say(met, meets_it, "The %s is %s.%s%s", name, word, says ? " " : "", says ? says : "");
    bp_met_show(met, gate, pointer, "the %s is %s", name, word);
}

/* The loader's own reason, which is a sentence. */
static void cannot_tell(struct bp_met *met, const struct bp_gate *gate, const char *what,
                        const char *pointer) {
    const char *says = bp_json_text(gate->loader, "outcome_says");
    bp_met_say(met, BP_CANNOT_TELL, "It cannot be told %s. %s", what,
               says ? says : "Too little is known of bitsandbytes here.");
    bp_met_show(met, gate, pointer, "this is not known");
}

void bp_judge_outcome(const struct bp_gate *gate, const struct bp_requirement *requirement,
                      struct bp_met *met) {
    const char *outcome = bp_json_text(gate->loader, "outcome");
    if (!outcome || bp_equal(outcome, "cannot-tell")) {
        cannot_tell(met, gate, "what importing bitsandbytes comes to", "/loader/outcome");
    } else {
        answer(met, gate, requirement, outcome, "/loader/outcome");
    }
}

void bp_judge_verdict(const struct bp_gate *gate, const struct bp_requirement *requirement,
                      struct bp_met *met) {
    const char *verdict = bp_json_text(gate->document, "verdict");
    const char *says = bp_json_text(gate->document, "verdict_says");
    if (!verdict || bp_equal(verdict, "unknown")) {
        bp_met_say(met, BP_CANNOT_TELL, "The verdict is unknown.%s%s", says ? " " : "",
                   says ? says : "");
    } else {
        bp_met_say(met, bp_requirement_wants(requirement, verdict) ? BP_MET : BP_NOT_MET,
                   "The verdict is %s.%s%s", verdict, says ? " " : "", says ? says : "");
    }
    bp_met_show(met, gate, "/loader/outcome", "what importing bitsandbytes comes to");
}

/* What a library of bitsandbytes is for, from its name; NULL: not known. */
static const char *backend_of(const char *library) {
    static const struct {
        const char *start;
        const char *backend;
    } names[] = {
        {"libbitsandbytes_cuda", "cuda"}, {"libbitsandbytes_rocm", "rocm"},
        {"libbitsandbytes_hip", "rocm"},  {"libbitsandbytes_xpu", "xpu"},
        {"libbitsandbytes_cpu", "cpu"},   {"libbitsandbytes_mps", "mps"},
    };
    for (size_t i = 0; library && i < sizeof names / sizeof *names; i++) {
        if (bp_starts_with(library, names[i].start)) {
            return names[i].backend;
        }
    }
    return NULL;
}

bool bp_outcome_loads(const char *outcome) {
    static const char *const good[] = {"loads", "loads-fallback", "cpu-only", "jit-from-ptx",
                                       "no-gpu-code"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        if (bp_equal(outcome, good[i])) {
            return true;
        }
    }
    return false;
}

void bp_judge_backend(const struct bp_gate *gate, const struct bp_requirement *requirement,
                      struct bp_met *met) {
    const char *outcome = bp_json_text(gate->loader, "outcome");
    const char *says = bp_json_text(gate->loader, "outcome_says");
    const char *chosen = bp_json_text(gate->loader, "chosen");
    const char *backend = backend_of(chosen);
    if (!outcome || bp_equal(outcome, "cannot-tell") || (bp_outcome_loads(outcome) && !backend)) {
        cannot_tell(met, gate, "which library of bitsandbytes loads", "/loader/chosen");
    } else if (bp_outcome_loads(outcome)) {
        enum bp_meets meets_it = bp_requirement_wants(requirement, backend) ? BP_MET : BP_NOT_MET;
        bp_met_say(met, meets_it, "%s is the library that loads.", chosen);
        bp_met_show(met, gate, "/loader/chosen", "it is for %s", backend);
    } else {
        bp_met_say(met, BP_NOT_MET, "No library of bitsandbytes works here. %s", says ? says : "");
        bp_met_show(met, gate, "/loader/outcome", "the outcome is %s", outcome);
    }
}
