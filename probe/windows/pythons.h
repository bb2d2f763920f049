/*
 * Python on Windows: which interpreters there are, and what their files say of them. None is
 * run, on the machine itself no more than in another root: where its folders lie and which
 * version it is can be read.
 */
#ifndef BP_PROBE_WINDOWS_PYTHONS_H
#define BP_PROBE_WINDOWS_PYTHONS_H

#include "probe/python.h"

/*
 * Those asked for with --python, else the one a person would get: an active virtual or conda
 * environment, the first python on PATH, the py launcher's choice.
 */
void bp_windows_python_choose(const struct bp_probe *probe, struct bp_interpreters *list);

/* The interpreters that a laid-out drive holds, bitsandbytes' first; none is no error. */
void bp_windows_python_find_in_root(const struct bp_probe *probe, struct bp_interpreters *list);

/* Fills "what it says of itself" from the files around its executable. */
void bp_windows_python_read_layout(const struct bp_probe *probe,
                                   struct bp_interpreter *interpreter);

/*
 * Works out the rest of the search path and the user site as its site module would on Windows;
 * prefix and PYTHONPATH are as everywhere (bp_python_find_paths).
 * https://docs.python.org/3/using/windows.html, https://docs.python.org/3/library/site.html
 */
void bp_windows_python_find_paths(const struct bp_probe *probe, struct bp_interpreter *interpreter);

/* As bp_python_kind; "store" is a Python of the Microsoft Store. */
const char *bp_windows_python_kind(const struct bp_interpreter *interpreter);

/* The python.exe in the folder of an environment or installation, or NULL. Caller frees. */
char *bp_windows_python_in(const struct bp_root *root, const char *folder);

/*
 * "PythonSoftwareFoundation.Python.3.11_qbz5n2kfra8p0", the family of the Store package that the
 * folder `path` is of or lies in, or NULL. The caller frees it.
 */
char *bp_windows_python_store_family(const char *path);

#endif
