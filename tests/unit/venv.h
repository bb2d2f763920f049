/* A real virtual environment, made anew for each test. */
#ifndef BP_TESTS_VENV_H
#define BP_TESTS_VENV_H

#include "tests/unit/python_probe.h"

/* A virtual environment and its site-packages folder. */
struct venv {
    char *scratch;
    char *python;
    char *site;
};

static inline int venv_set_up(void **state) {
    struct venv *venv = bp_alloc(sizeof *venv);
    static const char *const variables[] = {"PATH=/usr/bin:/bin", "HOME=/nonexistent", NULL};
    only_environment(variables);
    venv->scratch = scratch_make();
    must("%s -m venv --without-pip %s/venv", SYSTEM_PYTHON, venv->scratch);
    venv->python = bp_join(venv->scratch, "venv/bin/python");
    char *command = bp_format("echo %s/venv/lib/python3*/site-packages", venv->scratch);
    venv->site = said_by(command);
    free(command);
    *state = venv;
    return 0;
}

static inline int venv_tear_down(void **state) {
    struct venv *venv = *state;
    scratch_remove(venv->scratch);
    free(venv->scratch);
    free(venv->python);
    free(venv->site);
    free(venv);
    return 0;
}

#endif
