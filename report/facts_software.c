/* Lines about Python, bitsandbytes, build tools, the session, the environment. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
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
    const char *build = cuda    ? cuda
                        : hip   ? hip
                        : xpu   ? xpu
                        : known ? "built for CPU only"
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

static void add_python(struct bp_facts_view *view) {
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

static char *join(const cJSON *array, const char *separator) {
    struct bp_str line = BP_STR_EMPTY;
    const cJSON *item;
    cJSON_ArrayForEach(item, array) {
        if (cJSON_IsString(item)) {
            bp_str_addf(&line, "%s%s", line.length ? separator : "", item->valuestring);
        }
    }
    return bp_str_detach(&line);
}

static void add_library(struct bp_facts_view *view, const char *label, const cJSON *library) {
    const char *name = bp_json_text(library, "name");
    const char *machine = bp_json_text(library, "machine");
    const char *error = bp_json_text(library, "error");
    const char *glibc = bp_json_text_at(library, "/requires/GLIBC");
    char *needed = join(bp_json_get(library, "needed"), " ");
    struct bp_str line = BP_STR_EMPTY;
    bp_str_addf(&line, "%s: %s", name ? name : "unnamed", machine ? machine : "unknown machine");
    if (glibc) {
        bp_str_addf(&line, ", glibc %s", glibc);
    }
    if (*needed) {
        bp_str_addf(&line, ", needs %s", needed);
    }
    if (error) {
        bp_str_addf(&line, ", damaged: %s", error);
    }
    bp_facts_view_add(view, BP_TOPIC_BITSANDBYTES, label, "%s", line.data);
    bp_str_free(&line);
    free(needed);
}

/* "libbitsandbytes_cuda124.so" is shown as "cuda124" in the short form. */
static char *short_name(const char *name) {
    const char *start = bp_starts_with(name, "libbitsandbytes_") ? name + 16 : name;
    return bp_strndup(start, strcspn(start, "."));
}

static void add_libraries(struct bp_facts_view *view, const cJSON *libraries) {
    const char *label = "Native libraries";
    struct bp_str line = BP_STR_EMPTY;
    const cJSON *library;
    if (!cJSON_IsArray(libraries)) {
        bp_facts_view_add_unknown(view, BP_TOPIC_BITSANDBYTES, label,
                                  "/bitsandbytes/native_libraries", true);
        return;
    }
    cJSON_ArrayForEach(library, libraries) {
        const char *name = bp_json_text(library, "name");
        if (view->verbose) {
            add_library(view, label, library);
            label = "";
            continue;
        }
        char *shown = short_name(name ? name : "unnamed");
        bp_str_addf(&line, "%s%s%s", line.length ? ", " : "", shown,
                    bp_json_text(library, "error") ? " (damaged)" : "");
        free(shown);
    }
    if (!libraries->child) {
        bp_facts_view_add(view, BP_TOPIC_BITSANDBYTES, label, "none in the package");
    } else if (!view->verbose) {
        bp_facts_view_add(view, BP_TOPIC_BITSANDBYTES, label, "%s", line.data);
    }
    bp_str_free(&line);
}

static void add_copies(struct bp_facts_view *view, const cJSON *copies) {
    const cJSON *copy;
    if (cJSON_GetArraySize(copies) < 2) {
        return;
    }
    cJSON_ArrayForEach(copy, copies) {
        const char *version = bp_json_text(copy, "version");
        const char *place = bp_json_text(copy, "place");
        bp_facts_view_add(view, BP_TOPIC_BITSANDBYTES, copy == copies->child ? "Copies" : "",
                          "%s in %s", version ? version : "unknown version",
                          place ? place : "unknown place");
    }
}

static void add_installed(struct bp_facts_view *view, const cJSON *bnb) {
    const char *version = bp_json_text(bnb, "version");
    const char *installer = bp_json_text(bnb, "installer");
    const char *path = bp_json_text(bnb, "path");
    const char *checkout = bp_json_text(bnb, "source_checkout");
    char *tags = join(bp_json_get(bnb, "wheel_tags"), ", ");
    bp_facts_view_add(view, BP_TOPIC_BITSANDBYTES, "Version", "%s%s%s%s",
                      version ? version : "unknown", installer ? ", installed by " : "",
                      installer ? installer : "",
                      bp_json_is_true(bnb, "editable") ? ", editable" : "");
    bp_facts_view_add(view, BP_TOPIC_BITSANDBYTES, "Place", "%s", path ? path : "unknown");
    if (*tags) {
        bp_facts_view_add(view, BP_TOPIC_BITSANDBYTES, "Wheel", "%s", tags);
    }
    if (checkout) {
        bp_facts_view_add(view, BP_TOPIC_BITSANDBYTES, "Source tree", "%s", checkout);
    }
    add_copies(view, bp_json_get(bnb, "copies"));
    add_libraries(view, bp_json_get(bnb, "native_libraries"));
    free(tags);
}

static void add_bitsandbytes(struct bp_facts_view *view) {
    const cJSON *bnb = bp_json_get(view->snapshot, "bitsandbytes");
    const cJSON *installed = bp_json_get(bnb, "installed");
    if (cJSON_IsFalse(installed)) {
        bp_facts_view_add(view, BP_TOPIC_BITSANDBYTES, "Version", "not installed");
    } else if (cJSON_IsTrue(installed)) {
        add_installed(view, bnb);
    } else {
        bp_facts_view_add_unknown(view, BP_TOPIC_BITSANDBYTES, "Version", "/bitsandbytes/installed",
                                  true);
    }
}

static void add_tools(struct bp_facts_view *view) {
    struct bp_str absent = BP_STR_EMPTY;
    const cJSON *tool;
    cJSON_ArrayForEach(tool, bp_json_get(view->snapshot, "tools")) {
        const char *path = bp_json_text(tool, "path");
        const char *version = bp_json_text(tool, "version");
        const char *name = bp_equal(tool->string, "gxx") ? "g++" : tool->string;
        if (path) {
            bp_facts_view_add(view, BP_TOPIC_TOOLS, name, "%s, %s",
                              version ? version : "of unknown version", path);
        } else if (cJSON_IsObject(tool)) {
            bp_str_addf(&absent, "%s%s", absent.length ? ", " : "", name);
        }
    }
    if (absent.length) {
        bp_facts_view_add(view, BP_TOPIC_TOOLS, "Not installed", "%s", absent.data);
    }
    bp_str_free(&absent);
}

/* Of the person's Python processes those that hold a bitsandbytes library. */
static void add_processes(struct bp_facts_view *view, const cJSON *processes) {
    const char *label = "Python processes";
    const cJSON *process;
    cJSON_ArrayForEach(process, processes) {
        const char *name = bp_json_text(process, "name");
        const cJSON *libraries = bp_json_get(process, "libraries");
        const char *state = "runs";
        const cJSON *library;
        cJSON_ArrayForEach(library, libraries) {
            bool deleted = bp_json_is_true(library, "deleted");
            bool other = cJSON_IsFalse(bp_json_get(library, "same_file"));
            state = deleted ? "holds a bitsandbytes library that has been deleted"
                    : other ? "holds a bitsandbytes library that has been replaced"
                            : "holds a bitsandbytes library";
        }
        if (view->verbose || (libraries && libraries->child)) {
            bp_facts_view_add(view, BP_TOPIC_SESSION, label, "%.0f (%s) %s",
                              bp_json_number(process, "pid", 0), name ? name : "unnamed", state);
            label = "";
        }
    }
}

static void add_session(struct bp_facts_view *view) {
    const cJSON *session = bp_json_get(view->snapshot, "session");
    const char *notebook = bp_json_text(session, "notebook");
    const cJSON *variable;
    if (notebook && (view->verbose || !bp_equal(notebook, "none"))) {
        bp_facts_view_add(view, BP_TOPIC_SESSION, "Notebook", "%s", notebook);
    }
    add_processes(view, bp_json_get(session, "processes"));
    cJSON_ArrayForEach(variable, bp_json_get(view->snapshot, "environment")) {
        /* What hides GPUs stands with the GPUs. */
        bool shown = bp_equal(variable->string, "CUDA_VISIBLE_DEVICES") &&
                     bp_json_text_at(view->snapshot, "/cuda/driver/visible_devices");
        if (cJSON_IsString(variable) && !shown) {
            bp_facts_view_add(view, BP_TOPIC_SESSION, variable->string, "\"%s\"",
                              variable->valuestring);
        }
    }
}

void bp_facts_view_software(struct bp_facts_view *view) {
    add_python(view);
    add_bitsandbytes(view);
    add_tools(view);
    add_session(view);
}
