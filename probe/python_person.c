#include "probe/python_person.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/os/own_program.h"
#include "probe/own_environment.h"

struct choice {
    const struct bp_python_system *system;
    const struct bp_probe *probe;
    struct bp_own_environment own;
    struct bp_strs folders; /* of PATH */
};

static void choose_asked(const struct bp_python_system *system, const struct bp_probe *probe,
                         const char *asked, struct bp_interpreter *interpreter) {
    interpreter->asked = bp_strdup(asked);
    interpreter->chosen_because =
        bp_strdup(probe->pythons_because ? probe->pythons_because : "asked for");
    if (strpbrk(asked, system->path_marks)) {
        system->take_asked(probe, asked, interpreter);
        return;
    }
    char *found = system->on_path(probe, asked);
    if (found) {
        system->take(probe, interpreter, found);
    } else {
        interpreter->error = bp_format("there is no program %s on PATH", asked);
    }
}

/* An environment that a person may mean without saying so. */
struct candidate {
    char *because;
    char *program; /* NULL where there is no such environment, or it holds no interpreter */
    size_t rank;   /* place of its program folder on PATH; PATH's length where it is not there */
};

static struct candidate find_candidate(const struct choice *choice, const char *environment) {
    struct candidate candidate = {.rank = choice->folders.count};
    candidate.program =
        environment ? choice->system->program_in(choice->probe->root, environment) : NULL;
    if (!candidate.program) {
        return candidate;
    }
    char *named = bp_dir_name(candidate.program);
    char *folder = bp_path_normal("/", named);
    for (size_t i = choice->folders.count; i > 0; i--) {
        if (choice->system->same_folder(choice->folders.items[i - 1], folder)) {
            candidate.rank = i - 1;
        }
    }
    free(folder);
    free(named);
    return candidate;
}

/* One that a variable says is active. */
static struct candidate find_active(const struct choice *choice, const char *variable,
                                    const char *words) {
    char *environment = choice->system->variable(choice->probe, variable);
    struct candidate active = find_candidate(choice, environment);
    active.because = bp_format("%s%s", words,
                               active.rank == choice->folders.count ? ", though not on PATH" : "");
    free(environment);
    return active;
}

/* The one that this program is in, where it is there for more than this program. */
static struct candidate find_own(const struct choice *choice) {
    const char *subject = choice->own.subject;
    struct candidate candidate = find_candidate(choice, subject ? choice->own.folder : NULL);
    candidate.because = bp_format("environment that bnb-probe is installed in together with %s",
                                  subject ? subject : "");
    return candidate;
}

/* Whether one was taken. Where there are several, the earliest on PATH wins, then the first here.
 */
static bool choose_environment(const struct choice *choice, struct bp_interpreters *list) {
    struct candidate candidates[] = {
        find_active(choice, "VIRTUAL_ENV", "active virtual environment"),
        find_active(choice, "CONDA_PREFIX", "active conda environment"),
        find_own(choice),
    };
    enum { CANDIDATES = sizeof candidates / sizeof *candidates };
    struct candidate *chosen = NULL;
    for (size_t i = 0; i < CANDIDATES; i++) {
        if (candidates[i].program && (!chosen || candidates[i].rank < chosen->rank)) {
            chosen = &candidates[i];
        }
    }
    if (chosen) {
        struct bp_interpreter *interpreter = bp_interpreters_add(list);
        interpreter->chosen_because = bp_strdup(chosen->because);
        choice->system->take(choice->probe, interpreter, chosen->program);
        chosen->program = NULL; /* the interpreter owns it now */
    }
    for (size_t i = 0; i < CANDIDATES; i++) {
        free(candidates[i].program);
        free(candidates[i].because);
    }
    return chosen != NULL;
}

/* Adds the first one on PATH. Whether there is one. */
static bool choose_first(const struct choice *choice, struct bp_interpreters *list) {
    char *found = NULL;
    for (size_t i = 0; choice->system->first_names[i] && !found; i++) {
        found = choice->system->on_path(choice->probe, choice->system->first_names[i]);
    }
    if (!found) {
        return false;
    }
    struct bp_interpreter *interpreter = bp_interpreters_add(list);
    interpreter->chosen_because =
        bp_format("first python on PATH%s", bp_own_environment_is_beside_the_point(&choice->own)
                                                ? ", bnb-probe's own environment left out"
                                                : "");
    choice->system->take(choice->probe, interpreter, found);
    return true;
}

/* None stays none: a machine may have no Python. */
static void choose_unasked(const struct choice *choice, struct bp_interpreters *list) {
    if (!choose_environment(choice, list) && !choose_first(choice, list) &&
        choice->system->otherwise) {
        choice->system->otherwise(choice->probe, list);
    }
}

void bp_python_choose_on(const struct bp_python_system *system, const struct bp_probe *probe,
                         struct bp_interpreters *list) {
    for (size_t i = 0; i < probe->pythons->count; i++) {
        choose_asked(system, probe, probe->pythons->items[i], bp_interpreters_add(list));
    }
    if (list->count > 0) {
        return;
    }
    struct choice choice = {.system = system, .probe = probe};
    char *program = bp_own_program();
    bp_own_environment_find(probe->root, program, &choice.own);
    system->path_folders(probe, &choice.folders);
    choose_unasked(&choice, list);
    bp_strs_free(&choice.folders);
    bp_own_environment_free(&choice.own);
    free(program);
}
