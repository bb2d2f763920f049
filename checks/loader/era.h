/*
 * The loader eras of bitsandbytes. Between 0.35.0 and today its code for choosing and
 * opening a native library was rewritten a dozen times; an era is a run of releases that
 * do it alike. Differences between releases inside one era are decided by the version
 * where they matter (checks/loader/choose.c).
 */
#ifndef BP_CHECKS_LOADER_ERA_H
#define BP_CHECKS_LOADER_ERA_H

#include <stdbool.h>

#include "checks/loader/machine.h"

/* What decides the file name. */
enum bp_selection {
    BP_SELECT_CUDART,     /* the version of a libcudart found through variables */
    BP_SELECT_TORCH,      /* torch.version.cuda; ROCm is unknown to it */
    BP_SELECT_NATIVE,     /* torch.version.cuda, hip or xpu, exact file only */
    BP_SELECT_BEST_MATCH, /* the files that are there, best match of the same major */
    BP_SELECT_FORK,       /* the multi-backend previews: CUDA or HIP, then the CPU file */
};

/* Where a failure surfaces. */
enum bp_failure {
    BP_FAILURE_IMPORT,     /* an exception at import, with or without a GPU */
    BP_FAILURE_IMPORT_GPU, /* RuntimeError at import if torch sees a GPU, else a warning */
    BP_FAILURE_NONE_LIB,   /* import succeeds with lib = None; NameError and the like later */
    BP_FAILURE_MOCK,       /* import succeeds; RuntimeError at the first native call */
};

/* How a version that the user sets replaces the chosen one. */
enum bp_override {
    BP_OVERRIDE_NOT_KNOWN,        /* no variable is read */
    BP_OVERRIDE_CUT_SIX,          /* the last six characters of the name are replaced */
    BP_OVERRIDE_STRIP_DIGITS,     /* digits at the end of the stem are replaced, if there are any */
    BP_OVERRIDE_REPLACE,          /* cuda<digits> is replaced */
    BP_OVERRIDE_REPLACE_NOT_ROCM, /* the same; on ROCm the variable is an error */
    BP_OVERRIDE_DIGITS_ONLY, /* must be digits, even empty is an error; own variable for ROCm */
};

struct bp_era {
    const char *id;
    const char *first; /* first release */
    const char *last;  /* last release; NULL: still the newest */
    enum bp_selection selection;
    enum bp_failure failure;
    enum bp_override override;
    bool own_suffix;  /* .dll and .dylib are known; else .so on every system */
    bool nocublaslt;  /* devices below 7.5 get a file of their own */
    bool xpu;         /* has an XPU file */
    bool silent_cpu;  /* says nothing when the library of a CPU or XPU torch fails to load */
    const char *says; /* what it goes by, for a person */
};

struct bp_era_found {
    const struct bp_era *era; /* NULL: not known */
    const char *version;      /* of the package; NULL: not known. Points into the snapshot */
    char *because;            /* a sentence, owned */
};

/*
 * The era of the package: from its version, with the files that tell eras apart
 * (/bitsandbytes/markers) deciding where the version is unknown, is a development version,
 * or belongs to another copy than the files.
 * The caller frees `because`.
 */
struct bp_era_found bp_era_find(const struct bp_machine *machine);

/* Whether the package's version is at least `version`; unknown where it has none. */
enum bp_answer bp_era_at_least(const struct bp_era_found *found, const char *version);

#endif
