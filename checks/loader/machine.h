/*
 * What the loader model reads of a snapshot, found once. Everything points into the
 * snapshot and is NULL where the fact is not known.
 */
#ifndef BP_CHECKS_LOADER_MACHINE_H
#define BP_CHECKS_LOADER_MACHINE_H

#include <cjson/cJSON.h>
#include <stdbool.h>

/* Three-valued: what is not known is neither yes nor no. */
enum bp_answer { BP_NO, BP_YES, BP_UNKNOWN };

struct bp_machine {
    const cJSON *snapshot;
    const cJSON *package;     /* /bitsandbytes */
    const cJSON *libraries;   /* its native libraries, an array */
    const cJSON *interpreter; /* the interpreter that it belongs to */
    const cJSON *candidates;  /* /libraries/candidates */
    const cJSON *search;      /* /libraries/search */
    const cJSON *environment;
    const char *os;      /* linux, windows, macos */
    const char *machine; /* of the process that would load, as `uname -m` says it */
    const char *libc;    /* glibc, musl ... */
    const char *libc_version;
};

/* The view of `snapshot`, which must outlive it. */
struct bp_machine bp_machine_of(const cJSON *snapshot);

/* The value of an environment variable; NULL where it is not set or nothing is known. */
const char *bp_machine_variable(const struct bp_machine *machine, const char *name);

/* Whether the package holds a native library of that file name. */
enum bp_answer bp_machine_has_library(const struct bp_machine *machine, const char *name);

/* Number of copies of a package that the interpreter finds: no, yes, or not known. */
enum bp_answer bp_machine_has_package(const struct bp_machine *machine, const char *package);

/* The copy of a package that would be imported, or NULL. */
const cJSON *bp_machine_package(const struct bp_machine *machine, const char *package);

/*
 * One name for one kind of machine: amd64 and AMD64 are x86_64, arm64 is aarch64, i386 to
 * i586 are i686. NULL for NULL.
 */
const char *bp_machine_kind(const char *machine);

/* Word size of the process that would load, in bits; 0: not known. */
int bp_machine_bits(const struct bp_machine *machine);

/*
 * A member as a whole number from 0 to 1000000; `fallback` where it is not there or outside of
 * that, which no number of bits, devices or interpreters is.
 */
int bp_small_number(const cJSON *object, const char *key, int fallback);

/* "12.4" or "12.4.127" gives 12 and 4. False where there are not two numbers. */
bool bp_two_numbers(const char *text, int *major, int *minor);

#endif
