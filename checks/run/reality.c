/* The libraries that a process really had mapped, against those that the loader model predicted. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "checks/run/parts.h"

enum { MOST_DIFFERENCES = 8 };

struct comparison {
    const struct bp_view *view;
    const cJSON *run;
    const cJSON *subject;
    const cJSON *mapped; /* the subject's libraries */
    const char *chosen;  /* name of the predicted file, or NULL */
    const cJSON *file;   /* the model's verdict on it, or NULL */
    cJSON *differences;
};

static void add_difference(const struct comparison *comparison, const char *about,
                           const char *expected, const char *found, char *says, char *because) {
    if (cJSON_GetArraySize(comparison->differences) < MOST_DIFFERENCES) {
        cJSON *entry = cJSON_CreateObject();
        bp_json_set_text(entry, "about", about);
        bp_json_set_text(entry, "expected", expected);
        bp_json_set_text(entry, "found", found);
        bp_json_set_text(entry, "says", says);
        bp_json_set_text(entry, "because", because);
        cJSON_AddItemToArray(comparison->differences, entry);
    }
    free(says);
    free(because);
}

/* --- what is where --- */

/* The file's place with links resolved, as a memory map shows it, or `path` where that is not
 * known. */
static const char *real_path_of(const cJSON *snapshot, const char *path) {
    const cJSON *list;
    const cJSON *entry;
    cJSON_ArrayForEach(list, bp_json_at(snapshot, "/libraries/candidates")) {
        cJSON_ArrayForEach(entry, list) {
            if (bp_equal(bp_json_text(entry, "path"), path) && bp_json_text(entry, "real_path")) {
                return bp_json_text(entry, "real_path");
            }
        }
    }
    cJSON_ArrayForEach(entry, bp_json_at(snapshot, "/libraries/opened")) {
        if (bp_equal(bp_json_text(entry, "path"), path) && bp_json_text(entry, "real_path")) {
            return bp_json_text(entry, "real_path");
        }
    }
    return path;
}

static const char *package_file(const cJSON *snapshot, const char *name) {
    const cJSON *libraries = bp_json_at(snapshot, "/bitsandbytes/native_libraries");
    const cJSON *file = bp_json_find(libraries, "name", name);
    const char *real = bp_json_text(file, "real_path");
    return real ? real : bp_json_text(file, "path");
}

/* The first mapped library whose name starts with `start`, or NULL. */
static const char *mapped_named(const cJSON *mapped, const char *start) {
    const cJSON *library;
    cJSON_ArrayForEach(library, mapped) {
        const char *path = bp_json_text(library, "path");
        if (path && bp_starts_with(bp_base_name(path), start)) {
            return path;
        }
    }
    return NULL;
}

/* --- variables --- */

/* The value of a variable for the process, or NULL. */
static const char *variable(const struct comparison *comparison, const char *name) {
    return bp_json_text(bp_json_get(comparison->view->snapshot, "environment"), name);
}

/* How it came to have it: ", which is not set outside the command" or "". */
static const char *where_set(const struct comparison *comparison, const char *name) {
    const cJSON *changes = bp_json_get(comparison->run, "environment_changes");
    const cJSON *change = bp_json_find(changes, "name", name);
    if (!change) {
        return "";
    }
    return bp_json_text(change, "here") ? ", which is set otherwise outside the command"
                                        : ", which is not set outside the command";
}

static bool text_has(const struct bp_text *text, const char *words) {
    return text && memmem(text->data, text->length, words, strlen(words)) != NULL;
}

/* --- the interpreter --- */

/* Whether it was another one: then nothing else can be compared. */
static bool compare_interpreter(const struct comparison *comparison) {
    const char *expected =
        bp_json_text_at(comparison->view->snapshot, "/python/interpreters/0/real_executable");
    const char *found = bp_json_text(comparison->subject, "executable");
    if (!expected || !found || bp_equal(expected, found)) {
        return false;
    }
    const char *asked = bp_json_text_at(comparison->view->snapshot, "/python/interpreters/0/asked");
    add_difference(
        comparison, "interpreter", expected, found,
        bp_format("The interpreter looked at is %s, and the command ran %s.", expected, found),
        bp_strdup(asked ? "--python names another one than the command used." : NULL));
    return true;
}

/* --- the library of bitsandbytes --- */

/* Why another file of the package was loaded than the model chose. */
static char *reason_of_choice(const struct comparison *comparison, const char *found) {
    static const char *const names[] = {"BNB_CUDA_VERSION", "BNB_ROCM_VERSION"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = variable(comparison, names[i]);
        if (value) {
            return bp_format("%s=%s was set for the process%s.", names[i], value,
                             where_set(comparison, names[i]));
        }
        if (text_has(comparison->view->text, names[i])) {
            return bp_format("The output names %s, and the process was started without it: the "
                             "program seems to have set it itself.",
                             names[i]);
        }
    }
    const char *visible = variable(comparison, "CUDA_VISIBLE_DEVICES");
    if (bp_starts_with(bp_base_name(found), "libbitsandbytes_cpu")) {
        return visible ? bp_format("CUDA_VISIBLE_DEVICES=\"%s\" was set for the process%s.",
                                   visible, where_set(comparison, "CUDA_VISIBLE_DEVICES"))
                       : bp_strdup("PyTorch may have seen no GPU in that process.");
    }
    return bp_strdup("The program may have set BNB_CUDA_VERSION itself.");
}

static char *reason_of_copy(const struct comparison *comparison, const char *found) {
    const char *path = variable(comparison, "PYTHONPATH");
    char *package = bp_dir_name(found);
    char *folder = bp_dir_name(package);
    char *because =
        path && strstr(path, folder)
            ? bp_format("PYTHONPATH=%s names its folder%s.", path,
                        where_set(comparison, "PYTHONPATH"))
            : bp_strdup("Another copy of the package stands earlier on the program's sys.path, "
                        "whose first entry is the folder of its script.");
    free(folder);
    free(package);
    return because;
}

static void compare_found(const struct comparison *comparison, const char *expected,
                          const char *found) {
    const char *name = bp_base_name(found);
    if (bp_equal(name, comparison->chosen)) {
        add_difference(
            comparison, "copy", expected, found,
            bp_format("The model expected %s, and the process had mapped %s.", expected, found),
            reason_of_copy(comparison, found));
    } else {
        add_difference(comparison, "library", comparison->chosen, name,
                       bp_format("The model expected %s, and the process had mapped %s.",
                                 comparison->chosen, name),
                       reason_of_choice(comparison, found));
    }
}

/* Whether the traceback goes through the package, so that it was being imported or used. */
static bool was_imported(const struct bp_view *view) {
    const cJSON *package;
    cJSON_ArrayForEach(package, bp_json_get(view->about, "packages")) {
        if (bp_equal(cJSON_GetStringValue(package), "bitsandbytes")) {
            return true;
        }
    }
    return false;
}

/* How long before the end it was last seen, in words to end a sentence with. */
static char *when_seen(const struct comparison *comparison) {
    double ended = bp_json_number(comparison->run, "seconds", 0) * 1000;
    double seen = bp_json_number(comparison->subject, "last_seen_ms", 0);
    return bp_format("when it was last seen, %.0f ms before the command's end",
                     ended > seen ? ended - seen : 0);
}

/* "agrees", "differs" or "cannot-tell", with the sentence in *says. */
static const char *compare_library(const struct comparison *comparison, char **says) {
    const char *outcome = bp_json_text(comparison->file, "outcome");
    bool expects = bp_equal(outcome, "loads");
    const char *expected =
        comparison->chosen ? package_file(comparison->view->snapshot, comparison->chosen) : NULL;
    const char *found = mapped_named(comparison->mapped, "libbitsandbytes");
    const char *said = bp_json_text(comparison->view->loader, "outcome");
    if (expects && expected && bp_json_find(comparison->mapped, "path", expected)) {
        *says = bp_format("The process had mapped %s, as predicted.", comparison->chosen);
        return "agrees";
    }
    if (expects && found) {
        compare_found(comparison, expected, found);
        return "differs";
    }
    if (found) {
        add_difference(comparison, "library", NULL, bp_base_name(found),
                       bp_format("The model says %s, and the process had mapped %s.",
                                 said ? said : "nothing", found),
                       NULL);
        return bp_equal(said, "cannot-tell") || !said ? "cannot-tell" : "differs";
    }
    char *when = when_seen(comparison);
    const char *agreement = "cannot-tell";
    if (!expects && said && !bp_equal(said, "cannot-tell")) {
        *says =
            bp_format("The process had no library of bitsandbytes mapped %s, as predicted.", when);
        agreement = "agrees";
    } else if (expects && was_imported(comparison->view)) {
        add_difference(
            comparison, "library", comparison->chosen, NULL,
            bp_format("The model expected %s, and the process had no library of "
                      "bitsandbytes mapped %s.",
                      comparison->chosen, when),
            bp_strdup("It failed before it opened the library, or the library did not open."));
        agreement = "differs";
    } else {
        *says = bp_format("The process had no library of bitsandbytes mapped %s: it may not have "
                          "imported it, or not yet.",
                          when);
    }
    free(when);
    return agreement;
}

/* --- the libraries that it needs --- */

/* The name up to ".so": what two versions of a library have in common. */
static char *stem_of(const char *name) {
    const char *suffix = strstr(name, ".so");
    return bp_strndup(name, suffix ? (size_t)(suffix - name) + 3 : strlen(name));
}

static bool names_folder(const char *list, const char *path) {
    char *folder = bp_dir_name(path);
    bool named = list && strstr(list, folder);
    free(folder);
    return named;
}

static char *reason_of_place(const struct comparison *comparison, const char *found) {
    static const char *const names[] = {"LD_PRELOAD", "LD_LIBRARY_PATH"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = variable(comparison, names[i]);
        if (value && (strstr(value, bp_base_name(found)) || names_folder(value, found))) {
            return bp_format("%s=%s names it or its folder%s.", names[i], value,
                             where_set(comparison, names[i]));
        }
    }
    return bp_strdup("Something else in the program mapped it first.");
}

static void compare_needed(const struct comparison *comparison, const cJSON *need) {
    const char *library = bp_json_text(need, "library");
    const char *path = bp_json_text(need, "path");
    if (!library || !path) {
        return;
    }
    const char *expected = real_path_of(comparison->view->snapshot, path);
    char *stem = stem_of(library);
    const char *found = mapped_named(comparison->mapped, stem);
    if (found && !bp_json_find(comparison->mapped, "path", expected) &&
        !bp_json_find(comparison->mapped, "path", path)) {
        add_difference(comparison, "needed", expected, found,
                       bp_format("%s was expected from %s, and the process had mapped %s.", library,
                                 expected, found),
                       reason_of_place(comparison, found));
    }
    free(stem);
}

static void compare_needs(const struct comparison *comparison) {
    const cJSON *need;
    cJSON_ArrayForEach(need, bp_json_get(comparison->file, "needed")) {
        compare_needed(comparison, need);
    }
}

/* --- all of it --- */

static const char *compare(const struct comparison *comparison, char **says) {
    const char *error = bp_json_text(comparison->subject, "libraries_error");
    const char *reason = bp_json_text(comparison->run, "processes_error");
    if (!comparison->subject) {
        *says = reason ? bp_format("Which libraries it had mapped is not known: %s.", reason)
                       : bp_strdup("No Python process of the command was seen.");
        return "cannot-tell";
    }
    if (!cJSON_IsArray(comparison->mapped)) {
        *says = bp_format("Which libraries it had mapped is not known: %s.",
                          error ? error : "it ended before they could be seen");
        return "cannot-tell";
    }
    if (compare_interpreter(comparison)) {
        return "differs";
    }
    const char *agreement = compare_library(comparison, says);
    if (bp_equal(agreement, "agrees") && mapped_named(comparison->mapped, "libbitsandbytes")) {
        compare_needs(comparison);
    }
    return cJSON_GetArraySize(comparison->differences) ? "differs" : agreement;
}

void bp_run_compare(const struct bp_view *view, cJSON *judged) {
    const cJSON *run = bp_json_get(view->snapshot, "run");
    const cJSON *subject = bp_run_subject(run);
    const char *chosen = bp_json_text(view->loader, "chosen");
    struct comparison comparison = {
        .view = view,
        .run = run,
        .subject = subject,
        .mapped = bp_json_get(subject, "libraries"),
        .chosen = chosen,
        .file = bp_json_find(bp_json_get(view->loader, "files"), "name", chosen),
        .differences = cJSON_CreateArray()};
    char *says = NULL;
    const char *agreement = compare(&comparison, &says);
    const cJSON *first = comparison.differences->child;
    if (first) {
        free(says);
        says = bp_strdup(bp_json_text(first, "says"));
    }
    bp_json_set_text(judged, "agreement", agreement);
    bp_json_set_text(judged, "agreement_says", says);
    cJSON_AddItemToObject(judged, "differences", comparison.differences);
    free(says);
}
