/*
 * What `import bitsandbytes` needs beside a native library: modules that a release imports,
 * a torch and a Python that it can be imported with. Only what makes the import itself fail
 * counts here; a torch older than the release asks for may still work.
 */
#ifndef BP_CHECKS_LOADER_PYTHON_NEEDS_H
#define BP_CHECKS_LOADER_PYTHON_NEEDS_H

#include "base/str.h"
#include "checks/loader/era.h"
#include "checks/loader/machine.h"
#include "checks/loader/torch.h"

struct bp_python_trouble {
    char *says;         /* a sentence, owned; NULL: nothing makes the import fail */
    char *error;        /* the exception with its text, owned */
    bool after_library; /* the native library is opened before this fails */
};

/* The first thing that makes the import fail. Free both texts. */
struct bp_python_trouble bp_python_trouble_of(const struct bp_machine *machine,
                                              const struct bp_torch *torch,
                                              const struct bp_era_found *found);

/*
 * Adds sentences about a torch or a Python outside of what the release is made for, and
 * about modules that are not there: what pip would not have installed like this.
 */
void bp_python_note_requirements(const struct bp_machine *machine, const struct bp_torch *torch,
                                 const struct bp_era_found *found, struct bp_strs *because);

#endif
