/* Lines about the interpreters and their packages. */
#include "base/json.h"
#include "base/str.h"
#include "report/facts_view.h"

static void add_interpreter(struct bp_facts_view *view, const cJSON *interpreter, bool in_use) {
    const char *version = bp_json_text(interpreter, "version");
    const char *kind = bp_json_text(interpreter, "kind");
    const char *path = bp_json_text(interpreter, "executable");
    const char *error = bp_json_text(interpreter, "error");
    const char *because = bp_json_text(interpreter, "chosen_because");
    const char *application = bp_json_text(interpreter, "application");
    struct bp_str line = BP_STR_EMPTY;
    bp_str_addf(&line, "%s%s%s, %s", version ? version : "of unknown version", kind ? ", " : "",
                kind ? kind : "", path ? path : "unknown place");
    if (because) {
        bp_str_addf(&line, " (%s)", because);
    }
    if (application) {
        bp_str_addf(&line, ", comes with %s", application);
    }
    if (error) {
        bp_str_addf(&line, ", could not be asked: %s", error);
    }
    bp_facts_view_add(view, BP_TOPIC_PYTHON, in_use ? "Interpreter" : "Another", "%s", line.data);
    bp_str_free(&line);
}

static void add_torch(struct bp_facts_view *view, const cJSON *interpreter) {
    const cJSON *torch = bp_json_get(interpreter, "torch");
    const char *version = bp_json_text(torch, "version");
    const char *cuda = bp_json_text(torch, "cuda");
    const char *hip = bp_json_text(torch, "hip");
    const char *xpu = bp_json_text(torch, "xpu");
    bool known = bp_json_is_true(torch, "build_known");
    const cJSON *copies = bp_json_at(interpreter, "/packages/torch");
    if (!version) {
        if (cJSON_IsArray(copies) && !copies->child) {
            bp_facts_view_add(view, BP_TOPIC_PYTHON, "torch", "not installed");
        } else {
            bp_facts_view_add_unknown(view, BP_TOPIC_PYTHON, "torch",
                                      "/python/interpreters/0/torch", true);
        }
        return;
    }
    const char *kind = cuda  ? "built for CUDA "
                       : hip ? "built for HIP "
                       : xpu ? "built for XPU "
                             : "";
    const char *build = cuda                            ? cuda
                        : hip                           ? hip
                        : xpu                           ? xpu
                        : bp_json_is_true(torch, "mps") ? "built for CPU and MPS"
                        : known                         ? "built for CPU only"
                                                        : "build unknown";
    bp_facts_view_add(view, BP_TOPIC_PYTHON, "torch", "%s, %s%s", version, kind, build);
}

/* "accelerate 1.0.1"; each copy of a package that is there more than once. */
static void add_package(struct bp_str *line, const cJSON *copies) {
    const cJSON *copy;
    cJSON_ArrayForEach(copy, copies) {
        const char *version = bp_json_text(copy, "version");
        const char *place = bp_json_text(copy, "place");
        bp_str_addf(line, "%s%s %s", line->length ? ", " : "", copies->string,
                    version ? version : "of unknown version");
        if (bp_json_is_true(copy, "editable")) {
            bp_str_add(line, " (editable)");
        }
        if (copies->child->next && place) {
            bp_str_addf(line, " in %s", place);
        }
    }
}

static void add_packages(struct bp_facts_view *view, const cJSON *interpreter) {
    struct bp_str found = BP_STR_EMPTY;
    struct bp_str absent = BP_STR_EMPTY;
    const cJSON *copies;
    cJSON_ArrayForEach(copies, bp_json_get(interpreter, "packages")) {
        if (cJSON_IsArray(copies) && !copies->child) {
            bp_str_addf(&absent, "%s%s", absent.length ? ", " : "", copies->string);
        } else if (copies->child && (!bp_equal(copies->string, "torch") || copies->child->next) &&
                   (!bp_equal(copies->string, "bitsandbytes"))) {
            add_package(&found, copies);
        }
    }
    if (found.length) {
        bp_facts_view_add(view, BP_TOPIC_PYTHON, "Packages", "%s", found.data);
    }
    if (absent.length && view->verbose) {
        bp_facts_view_add(view, BP_TOPIC_PYTHON, "Not installed", "%s", absent.data);
    }
    bp_str_free(&absent);
    bp_str_free(&found);
}

static void add_shadowing(struct bp_facts_view *view, const cJSON *interpreter) {
    const char *label = "Shadowed";
    const cJSON *item;
    cJSON_ArrayForEach(item, bp_json_get(interpreter, "shadowing")) {
        const char *package = bp_json_text(item, "package");
        const char *path = bp_json_text(item, "path");
        const char *kind = bp_json_text(item, "kind");
        bp_facts_view_add(view, BP_TOPIC_PYTHON, label, "%s would be imported from %s%s%s%s",
                          package ? package : "a package", path ? path : "elsewhere",
                          kind ? " (" : "", kind ? kind : "", kind ? ")" : "");
        label = "";
    }
}

void bp_facts_view_python(struct bp_facts_view *view) {
    const cJSON *interpreters = bp_json_at(view->snapshot, "/python/interpreters");
    const cJSON *interpreter;
    bool first = true;
    if (!cJSON_IsArray(interpreters)) {
        bp_facts_view_add_unknown(view, BP_TOPIC_PYTHON, "Interpreter", "/python/interpreters",
                                  true);
    } else if (!interpreters->child) {
        bp_facts_view_add(view, BP_TOPIC_PYTHON, "Interpreter", "none found");
    }
    cJSON_ArrayForEach(interpreter, interpreters) {
        add_interpreter(view, interpreter, first);
        add_torch(view, interpreter);
        add_packages(view, interpreter);
        add_shadowing(view, interpreter);
        first = false;
    }
}
