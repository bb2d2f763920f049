/* Between the files that apply assumptions (checks/assume.h), one file a subject. */
#ifndef BP_CHECKS_ASSUME_PARTS_H
#define BP_CHECKS_ASSUME_PARTS_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"

/* The keys that are given once at most, in the order in which they are applied. */
enum bp_assume_key {
    BP_ASSUME_PLATFORM,
    BP_ASSUME_GLIBC,
    BP_ASSUME_MUSL,
    BP_ASSUME_PYTHON,
    BP_ASSUME_GPU,
    BP_ASSUME_DRIVER,
    BP_ASSUME_DRIVER_CUDA,
    BP_ASSUME_TORCH,
    BP_ASSUME_TORCH_CUDA,
    BP_ASSUME_TORCH_HIP,
    BP_ASSUME_BITSANDBYTES,
    BP_ASSUME_KEY_COUNT
};

/* All that is assumed at once. */
struct bp_assumed {
    const char *values[BP_ASSUME_KEY_COUNT]; /* NULL: nothing */
    struct bp_strs libraries;                /* sonames */
    struct bp_strs variables;                /* NAME=VALUE */
};

/* Reads KEY=VALUE texts, which must outlive it. End with bp_assumed_free, also after an error. */
int bp_assumed_read(struct bp_assumed *assumed, const struct bp_strs *assumptions,
                    struct bp_err *err);
void bp_assumed_free(struct bp_assumed *assumed);

/* The snapshot in the making. */
struct bp_assuming {
    cJSON *snapshot;
    const struct bp_releases *releases;
    const struct bp_assumed *assumed;
    cJSON *unknown;     /* pointer to reason, of what became meaningless */
    cJSON *interpreter; /* the one that bitsandbytes belongs to; made where there was none */
    bool moved;         /* to another platform: no file that was found here is there */
    bool shares;        /* the snapshot is deleted before the releases */
};

/* --- values --- */

/* A platform as wheel tags name it: manylinux_2_28_x86_64, win_amd64, macosx_14_0_arm64. */
struct bp_platform {
    const char *os;      /* linux, windows, macos */
    const char *libc;    /* glibc, musl; NULL: not said or none */
    char *version;       /* of the C library or of macOS; owned; NULL: not said */
    const char *machine; /* as `uname -m` says it there */
};

/* False where `text` is none that is known. End with bp_platform_free. */
bool bp_platform_read(const char *text, struct bp_platform *platform);
void bp_platform_free(struct bp_platform *platform);

/* "9.0" for 9.0, sm_90, sm_90a, 90; "gfx942" as it is; NULL for anything else. Caller frees. */
char *bp_gpu_target(const char *text);

/* "12.4" for 12.4, 12.4.1, cu124 and 124; NULL for anything else. The caller frees it. */
char *bp_cuda_version(const char *text);

/* The CUDA version that a kernel driver of that version supports; NULL: not known. */
const char *bp_cuda_of_driver(const char *driver);

/* The lowest branch of the kernel driver that supports a CUDA version ("570"); NULL: not known. */
const char *bp_driver_for_cuda(const char *cuda);

/*
 * The newest PyTorch, in the build that `pip install torch` takes without being told which: its
 * version, and its CUDA version or NULL.
 */
#define BP_NEWEST_TORCH "2.13.0"
const char *bp_newest_torch_cuda(const char *os, const char *machine);

/* The nvidia-* wheel that brings a library. */
struct bp_wheel {
    char *name;   /* nvidia-cusparse-cu12 */
    char *folder; /* nvidia/cusparse/lib, below site-packages */
};

/* False where none is known. End with bp_wheel_free. */
bool bp_wheel_of_library(const char *soname, struct bp_wheel *wheel);
void bp_wheel_free(struct bp_wheel *wheel);

/* The folder into which pip installs beside this interpreter's torch, or NULL. Caller frees. */
char *bp_wheel_site(const cJSON *interpreter);

/* --- changing the snapshot --- */

/* A section that may be changed: made, or made its own, where it has to be. */
cJSON *bp_assuming_section(struct bp_assuming *assuming, const char *name);

/*
 * The map that is the member `map` of a section, to add to: of what is shared nothing but the two
 * is copied. Only for the last change, since what is within stays shared.
 */
cJSON *bp_assuming_map(struct bp_assuming *assuming, const char *name, const char *map);

/* Puts a fact (owned afterwards) at `pointer`. */
void bp_assuming_put(struct bp_assuming *assuming, const char *pointer, cJSON *value);

/* The fact at `pointer`, if there is one, is meaningless now. */
void bp_assuming_forget(struct bp_assuming *assuming, const char *pointer, const char *reason);

/* The candidates by soname, as an object that may be changed. */
cJSON *bp_assuming_candidates(struct bp_assuming *assuming);

/* Puts a candidate (owned afterwards) before the others of that soname. */
void bp_assuming_add_candidate(cJSON *candidates, const char *soname, cJSON *candidate);

/* A library of NVIDIA or AMD as a wheel brings it. The caller owns it. */
cJSON *bp_assuming_wheel_library(const struct bp_assuming *assuming, const char *soname,
                                 const char *found_from);

/* What a build on this machine makes, in `folder` (or NULL); NULL where torch is for no GPU. */
cJSON *bp_assume_built_library(const struct bp_assuming *assuming, const char *folder);

/* What comes with the compiler of a Linux system: sonames, ended by NULL. */
extern const char *const bp_compiler_libraries[];

/*
 * Where a Linux system keeps a library: in the first of its default folders, or in /usr/lib,
 * which becomes one. The caller frees it.
 */
char *bp_assuming_system_path(struct bp_assuming *assuming, const char *soname);

/* The C library, and what a system with it has of the compiler. */
void bp_assume_set_libc(struct bp_assuming *assuming, const char *name, const char *version);

/* --- subjects, in the order in which they are applied --- */

void bp_assume_platform(struct bp_assuming *assuming);
void bp_assume_libc(struct bp_assuming *assuming);
void bp_assume_python(struct bp_assuming *assuming);
void bp_assume_variables(struct bp_assuming *assuming);
void bp_assume_gpu(struct bp_assuming *assuming);
void bp_assume_driver(struct bp_assuming *assuming);
void bp_assume_torch(struct bp_assuming *assuming);
void bp_assume_libraries(struct bp_assuming *assuming);
int bp_assume_package(struct bp_assuming *assuming, struct bp_err *err);

#endif
