/* How a requirement came out: what is said of it, and what shows it. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/version.h"
#include "checks/gate/parts.h"
#include "checks/unknown.h"

void bp_met_say(struct bp_met *met, enum bp_meets meets, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    free(met->says);
    met->says = bp_formatv(format, arguments);
    met->meets = meets;
    va_end(arguments);
}

static cJSON *fact_at(const struct bp_gate *gate, const char *pointer, const char **from) {
    bool loader = bp_starts_with(pointer, "/loader/");
    *from = loader ? "loader" : "snapshot";
    const cJSON *fact = bp_json_at(loader ? gate->document : gate->snapshot, pointer);
    return fact ? cJSON_Duplicate(fact, true) : NULL;
}

void bp_met_show(struct bp_met *met, const struct bp_gate *gate, const char *pointer,
                 const char *format, ...) {
    const char *from;
    cJSON *fact = fact_at(gate, pointer, &from);
    cJSON *piece = cJSON_CreateObject();
    va_list arguments;
    va_start(arguments, format);
    char *says = bp_formatv(format, arguments);
    va_end(arguments);
    bp_json_set_text(piece, "from", from);
    bp_json_set_text(piece, "pointer", pointer);
    cJSON_AddItemToObject(piece, "value", fact ? fact : cJSON_CreateNull());
    bp_json_set_text(piece, "says", says);
    free(says);
    if (!met->evidence) {
        met->evidence = cJSON_CreateArray();
    }
    cJSON_AddItemToArray(met->evidence, piece);
}

void bp_met_advise(struct bp_met *met, const char *says, const char *command) {
    cJSON *step = cJSON_CreateObject();
    bp_json_set_text(step, "says", says);
    bp_json_set_text(step, "command", command);
    if (!met->remedy) {
        met->remedy = cJSON_CreateArray();
    }
    cJSON_AddItemToArray(met->remedy, step);
}

/* The collector whose facts stand at a place. */
static const char *collector_of(const char *pointer) {
    static const struct {
        const char *start;
        const char *collector;
    } places[] = {
        {"/cuda/driver", "cuda_driver"}, {"/cuda/kernel_module", "cuda_kernel"}, {"/rocm", "rocm"},
        {"/python", "python"},           {"/bitsandbytes", "bitsandbytes"},      {"/host", "host"},
        {"/tools", "build_tools"},
    };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (bp_starts_with(pointer, places[i].start)) {
            return places[i].collector;
        }
    }
    return NULL;
}

void bp_met_cannot_tell(struct bp_met *met, const struct bp_gate *gate, const char *what,
                        const char *pointer) {
    const char *reason = bp_unknown_reason(gate->snapshot, pointer);
    const char *name = reason ? NULL : collector_of(pointer);
    const cJSON *collector =
        name ? bp_json_get(bp_json_get(gate->snapshot, "collectors"), name) : NULL;
    const char *status = bp_json_text(collector, "status");
    if (status && !bp_equal(status, "ok")) {
        const char *detail = bp_json_text(collector, "detail");
        reason = detail && *detail ? detail : status;
    }
    bp_met_say(met, BP_CANNOT_TELL, "It cannot be told %s: %s.", what,
               reason ? reason : "there is no such fact");
    bp_met_show(met, gate, pointer, "this is not known");
}

void bp_met_version(struct bp_met *met, const struct bp_gate *gate,
                    const struct bp_requirement *requirement, const char *version,
                    const char *pointer) {
    const char *title =
        requirement->subject->title ? requirement->subject->title : requirement->name;
    bool meets = false;
    if (!version) {
        char *what = bp_format("what %s is", title);
        bp_met_cannot_tell(met, gate, what, pointer);
        free(what);
        return;
    }
    if (!*requirement->specifier) {
        bp_met_say(met, BP_MET, "%s is %s.", title, version);
    } else if (bp_version_meets(version, requirement->specifier, &meets)) {
        bp_met_say(met, meets ? BP_MET : BP_NOT_MET, "%s is %s, which is%s %s.", title, version,
                   meets ? "" : " not", requirement->specifier);
    } else {
        bp_met_say(met, BP_CANNOT_TELL, "%s is %s, which is no version that can be compared.",
                   title, version);
    }
    bp_met_show(met, gate, pointer, "%s is %s", title, version);
}

void bp_met_free(struct bp_met *met) {
    free(met->says);
    cJSON_Delete(met->evidence);
    cJSON_Delete(met->remedy);
    *met = (struct bp_met){0};
}
