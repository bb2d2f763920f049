/* Collecting the interpreters of a root in which nothing is run. */
#ifndef BP_PROBE_PYTHON_ROOT_H
#define BP_PROBE_PYTHON_ROOT_H

#include "probe/python.h"

/* So many interpreters are looked at in one root. */
extern const size_t bp_python_root_limit;

/* Appends the interpreter at `path` and reads its layout, unless it is known or too many are. */
void bp_python_root_add(const struct bp_probe *probe, struct bp_interpreters *list,
                        const char *path, const char *asked);

/*
 * Which of them is in use is not known in a root where nobody works: the first that holds
 * bitsandbytes is the one that a question about bitsandbytes is about, else torch.
 */
void bp_python_put_likely_first(const struct bp_probe *probe, struct bp_interpreters *list);

#endif
