/*
 * The interpreters that are registered (PEP 514), and which of them the py launcher starts.
 * https://docs.python.org/3/using/windows.html#python-launcher-for-windows
 */
#ifndef BP_PROBE_WINDOWS_REGISTERED_PYTHONS_H
#define BP_PROBE_WINDOWS_REGISTERED_PYTHONS_H

#include <stddef.h>

#include "probe/collector.h"

struct bp_registered_python {
    char *company;    /* "PythonCore": from python.org or the Store */
    char *tag;        /* "3.11", "3.11-32" */
    char *executable; /* its python.exe, as probe/ writes paths */
};

struct bp_registered_pythons {
    struct bp_registered_python *items;
    size_t count;
};

/* The user's before the machine's. End with bp_registered_pythons_free. */
void bp_registered_pythons_read(struct bp_registered_pythons *list);
void bp_registered_pythons_free(struct bp_registered_pythons *list);

/*
 * What `py` without an argument starts: what PY_PYTHON or py.ini ask for, else the newest.
 * NULL where none is registered. *because says why, in words that the caller frees.
 */
const struct bp_registered_python *
bp_registered_pythons_default(const struct bp_registered_pythons *list,
                              const struct bp_probe *probe, char **because);

#endif
