/* Requirements of Python, of packages, and of what PyTorch is built for. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/version.h"
#include "checks/gate/parts.h"
#include "checks/install.h"

/* "/python/interpreters/N/..." for the interpreter that bitsandbytes belongs to. Caller frees. */
static char *interpreter_pointer(const struct bp_gate *gate, const char *rest) {
    int index = bp_small_number(gate->machine.package, "interpreter", 0);
    return bp_format("/python/interpreters/%d%s", index, rest);
}

void bp_judge_python(const struct bp_gate *gate, const struct bp_requirement *requirement,
                     struct bp_met *met) {
    char *pointer = interpreter_pointer(gate, "/version");
    bp_met_version(met, gate, requirement, bp_json_text(gate->machine.interpreter, "version"),
                   pointer);
    free(pointer);
}

/* --- what to type --- */

/* Whether any shell takes all of it as it is between single quotes. */
static bool is_plain(const char *specifier) {
    return strspn(specifier, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                             ".+*<>=!~,- ") == strlen(specifier);
}

static void advise_install(struct bp_met *met, const struct bp_gate *gate, const char *says,
                           const char *what) {
    struct bp_shell shell = bp_shell_of(gate->machine.interpreter, gate->machine.os);
    char *words = bp_format("install %s", what);
    char *command = bp_shell_pip(&shell, words);
    bp_met_advise(met, says, command);
    free(command);
    free(words);
}

/* PyTorch decides what bitsandbytes opens, so another one is not advised untried. */
static void advise_package(struct bp_met *met, const struct bp_gate *gate,
                           const struct bp_requirement *requirement) {
    if (met->meets == BP_NOT_MET && !bp_equal(requirement->name, "torch") &&
        is_plain(requirement->specifier)) {
        const char *quote = *requirement->specifier ? "'" : "";
        char *what = bp_format("%s%s%s%s", quote, requirement->name, requirement->specifier, quote);
        char *says = bp_format("Install %s%s.", requirement->name, requirement->specifier);
        advise_install(met, gate, says, what);
        free(says);
        free(what);
    }
}

/* The newest release that works here has been tried on the model of the loader. */
static void advise_release(struct bp_met *met, const struct bp_gate *gate,
                           const struct bp_requirement *requirement) {
    const char *release = bp_json_text_at(gate->loader, "/advice/newest_working");
    bool meets = false;
    if (met->meets == BP_NOT_MET && release &&
        bp_version_meets(release, requirement->specifier, &meets) && meets) {
        char *what = bp_format("bitsandbytes==%s", release);
        char *says = bp_format("Install bitsandbytes %s, which works here.", release);
        advise_install(met, gate, says, what);
        free(says);
        free(what);
    }
}

/* --- packages --- */

void bp_judge_bitsandbytes(const struct bp_gate *gate, const struct bp_requirement *requirement,
                           struct bp_met *met) {
    const cJSON *installed = bp_json_get(gate->machine.package, "installed");
    if (cJSON_IsFalse(installed)) {
        bp_met_say(met, BP_NOT_MET, "bitsandbytes is not installed for this interpreter.");
        bp_met_show(met, gate, "/bitsandbytes/installed", "it is not installed");
    } else {
        bp_met_version(met, gate, requirement, bp_json_text(gate->machine.package, "version"),
                       cJSON_IsTrue(installed) ? "/bitsandbytes/version"
                                               : "/bitsandbytes/installed");
    }
    advise_release(met, gate, requirement);
}

/* A package of interest that was found has an entry; those asked for most always have one. */
static bool is_missing(const struct bp_gate *gate, const char *name) {
    const cJSON *packages = bp_json_get(gate->machine.interpreter, "packages");
    const cJSON *copies = bp_json_get(packages, name);
    return copies ? cJSON_IsArray(copies) && !copies->child
                  : cJSON_IsArray(bp_json_get(packages, "bitsandbytes"));
}

void bp_judge_package(const struct bp_gate *gate, const struct bp_requirement *requirement,
                      struct bp_met *met) {
    const char *name = requirement->name;
    struct bp_str rest = BP_STR_EMPTY;
    bp_str_addf(&rest, "/packages/%s", name);
    if (is_missing(gate, name)) {
        char *pointer = interpreter_pointer(gate, rest.data);
        bp_met_say(met, BP_NOT_MET, "%s is not installed for this interpreter.", name);
        bp_met_show(met, gate, pointer, "%s is not installed", name);
        free(pointer);
    } else {
        bp_str_add(&rest, "/0/version");
        char *pointer = interpreter_pointer(gate, rest.data);
        const cJSON *copy = bp_machine_package(&gate->machine, name);
        bp_met_version(met, gate, requirement, bp_json_text(copy, "version"), pointer);
        free(pointer);
    }
    advise_package(met, gate, requirement);
    bp_str_free(&rest);
}

/* `subject->pointer` is the member of torch's version file. */
void bp_judge_torch_build(const struct bp_gate *gate, const struct bp_requirement *requirement,
                          struct bp_met *met) {
    const struct bp_subject *subject = requirement->subject;
    const cJSON *build = bp_json_get(gate->machine.interpreter, "torch");
    const char *version = bp_json_text(build, subject->pointer);
    char *rest = bp_format("/torch/%s", subject->pointer);
    char *pointer = interpreter_pointer(gate, rest);
    if (!version && is_missing(gate, "torch")) {
        char *packages = interpreter_pointer(gate, "/packages/torch");
        bp_met_say(met, BP_NOT_MET, "torch is not installed for this interpreter.");
        bp_met_show(met, gate, packages, "torch is not installed");
        free(packages);
    } else if (!version && bp_json_is_true(build, "build_known")) {
        const char *torch = bp_json_text(build, "version");
        bp_met_say(met, BP_NOT_MET, "torch%s%s is built without %s.", torch ? " " : "",
                   torch ? torch : "", bp_equal(subject->pointer, "hip") ? "ROCm" : "CUDA");
        bp_met_show(met, gate, pointer, "torch is built without it");
    } else {
        bp_met_version(met, gate, requirement, version, pointer);
    }
    free(pointer);
    free(rest);
}
