/* The python collector: which interpreters, where they look, what is installed there. */
#include "probe/python.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/binary/binary.h"
#include "probe/macos/macos.h"
#include "probe/packages.h"
#include "probe/windows/pythons.h"

static cJSON *user_site_facts(const struct bp_interpreter *interpreter) {
    cJSON *facts = cJSON_CreateObject();
    bp_json_set_text(facts, "path", interpreter->user_site);
    bp_json_set_bool(facts, "enabled", interpreter->user_site_enabled);
    return facts;
}

/* Whether the distribution asks pip to keep off (PEP 668): never in a virtual environment. */
static bool is_externally_managed(const struct bp_root *root,
                                  const struct bp_interpreter *interpreter) {
    if (interpreter->virtual_env || !interpreter->standard_library) {
        return false;
    }
    char *marker = bp_join(interpreter->standard_library, "EXTERNALLY-MANAGED");
    bool managed = bp_root_is_file(root, marker);
    free(marker);
    return managed;
}

static void describe_finding(const struct bp_interpreter *interpreter, cJSON *facts) {
    bp_json_set_text(facts, "asked", interpreter->asked);
    bp_json_set_text(facts, "chosen_because", interpreter->chosen_because);
    bp_json_set_text(facts, "executable", interpreter->executable);
    bp_json_set_text(facts, "shim", interpreter->shim);
    bp_json_set_text(facts, "error", interpreter->error);
}

static void describe_executable(const struct bp_root *root,
                                const struct bp_interpreter *interpreter, cJSON *facts) {
    if (!interpreter->executable) {
        return;
    }
    char *real = bp_root_resolve(root, interpreter->executable, NULL);
    char *machine = real ? bp_binary_machine_wanted(root, real, bp_macos_slice(root)) : NULL;
    bp_json_set_text(facts, "real_executable", real);
    bp_json_set_text(facts, "machine", machine);
    free(machine);
    free(real);
}

static void describe_answer(const struct bp_probe *probe, const struct bp_interpreter *interpreter,
                            cJSON *facts) {
    const char *application = NULL;
    bp_json_set_text(facts, "implementation", interpreter->implementation);
    bp_json_set_text(facts, "version", interpreter->version);
    if (interpreter->bits) {
        bp_json_set_number(facts, "bits", interpreter->bits);
    }
    bp_json_set_text(facts, "prefix", interpreter->prefix);
    bp_json_set_text(facts, "base_prefix", interpreter->base_prefix);
    bp_json_set_text(facts, "kind", bp_python_kind(probe, interpreter, &application));
    bp_json_set_text(facts, "application", application);
    cJSON_AddItemToObject(facts, "search_path", bp_json_of_strs(&interpreter->search_path));
    cJSON_AddItemToObject(facts, "site_folders", bp_json_of_strs(&interpreter->site_folders));
    cJSON_AddItemToObject(facts, "user_site", user_site_facts(interpreter));
    bp_json_set_bool(facts, "externally_managed", is_externally_managed(probe->root, interpreter));
}

static void describe_packages(const struct bp_probe *probe,
                              const struct bp_interpreter *interpreter, const char *pointer,
                              struct bp_facts *facts, cJSON *described) {
    char *packages = bp_format("%s/packages", pointer);
    cJSON *torch = bp_torch_version(probe->root, &interpreter->search_path);
    if (torch && bp_macos_is(probe->root)) {
        cJSON_AddItemToObject(torch, "mps",
                              bp_macos_torch_mps(probe->root, bp_json_text(torch, "path")));
    }
    cJSON_AddItemToObject(described, "packages",
                          bp_packages_find(probe->root, &interpreter->search_path,
                                           interpreter->prefix, facts, packages));
    cJSON_AddItemToObject(described, "shadowing", bp_shadowing(probe, interpreter));
    cJSON_AddItemToObject(described, "torch", torch ? torch : cJSON_CreateNull());
    free(packages);
}

/* Says where the search path worked out here may fall short of the real one. */
static void note_doubts(const struct bp_probe *probe, const struct bp_interpreter *interpreter,
                        const char *pointer, struct bp_facts *facts) {
    const char *home = bp_probe_env(probe, "PYTHONHOME");
    struct bp_str reason = BP_STR_EMPTY;
    if (home && *home) {
        bp_str_addf(&reason, "PYTHONHOME=%s moves the standard library; ", home);
    }
    for (size_t i = 0; i < interpreter->code_paths.count; i++) {
        bp_str_addf(&reason, "%s runs code that may add folders; ",
                    interpreter->code_paths.items[i]);
    }
    if (reason.length > 0) {
        char *search_path = bp_format("%s/search_path", pointer);
        bp_str_truncate(&reason, reason.length - 2);
        bp_facts_unknown(facts, search_path, "%s", reason.data);
        free(search_path);
    }
    bp_str_free(&reason);
}

static void report(const struct bp_probe *probe, struct bp_interpreter *interpreter, size_t index,
                   struct bp_facts *facts) {
    cJSON *described = cJSON_CreateObject();
    char *pointer = bp_format("/python/interpreters/%zu", index);
    describe_finding(interpreter, described);
    describe_executable(probe->root, interpreter, described);
    if (interpreter->known) {
        describe_answer(probe, interpreter, described);
        describe_packages(probe, interpreter, pointer, facts, described);
        note_doubts(probe, interpreter, pointer, facts);
    }
    bp_facts_put(facts, "/python/interpreters/-", described);
    free(pointer);
}

static void say_how_it_went(const struct bp_probe *probe, const struct bp_interpreters *list,
                            struct bp_facts *facts) {
    if (list->count == 0) {
        bp_facts_status(facts, BP_STATUS_ABSENT, "%s",
                        !probe->root->live   ? "no Python interpreter in the root"
                        : probe->root->drive ? "no python is on PATH or registered"
                                             : "neither python3 nor python is on PATH");
    } else if (list->items[0].error && !list->items[0].executable) {
        bp_facts_status(facts, BP_STATUS_ABSENT, "%s", list->items[0].error);
    } else if (list->items[0].error) {
        bp_facts_status(facts, BP_STATUS_ERROR, "%s", list->items[0].error);
    }
}

static void find_interpreters(const struct bp_probe *probe, struct bp_interpreters *list) {
    bool live = probe->root->live;
    if (probe->root->drive) {
        (live ? bp_windows_python_choose : bp_windows_python_find_in_root)(probe, list);
        for (size_t i = 0; live && i < list->count; i++) {
            if (list->items[i].executable) {
                bp_windows_python_read_layout(probe, &list->items[i]);
            }
        }
    } else if (live) {
        bp_python_choose(probe, list);
        bp_python_ask(probe, list);
    } else {
        bp_python_find_in_root(probe, list);
    }
}

void bp_collect_python(const struct bp_probe *probe, struct bp_facts *facts) {
    struct bp_interpreters list = {0};
    char *working_folder = bp_working_folder(probe);
    bp_facts_put_text(facts, "/python/working_folder", working_folder);
    free(working_folder);
    /* Where an interpreter is started, the fence comes after that. */
    if (!probe->root->live) {
        bp_probe_fence(probe);
    }
    find_interpreters(probe, &list);
    if (probe->root->live) {
        bp_probe_fence(probe);
    }
    for (size_t i = 0; i < list.count; i++) {
        if (list.items[i].known) {
            bp_python_find_paths(probe, &list.items[i]);
        }
    }
    if (list.count == 0) {
        bp_facts_put(facts, "/python/interpreters", cJSON_CreateArray());
    }
    for (size_t i = 0; i < list.count; i++) {
        report(probe, &list.items[i], i, facts);
    }
    say_how_it_went(probe, &list, facts);
    bp_interpreters_free(&list);
}
