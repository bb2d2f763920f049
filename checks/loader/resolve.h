/*
 * How the dynamic loader would satisfy one needed library of a file that ctypes opens after
 * torch was imported. The rules and their order are those of ld.so(8).
 */
#ifndef BP_CHECKS_LOADER_RESOLVE_H
#define BP_CHECKS_LOADER_RESOLVE_H

#include "checks/loader/machine.h"
#include "checks/loader/torch.h"

enum bp_need_outcome {
    BP_NEED_UNKNOWN,   /* facts are missing; `reason` says which */
    BP_NEED_MAPPED,    /* in the process before the search begins */
    BP_NEED_FOUND,     /* at `path`, because of `rule` */
    BP_NEED_UNUSABLE,  /* found, and the load fails all the same; `reason` says why */
    BP_NEED_NOT_FOUND, /* `reason` says where it was looked for */
};

/* What is wrong with one that is unusable. */
enum bp_need_trouble {
    BP_TROUBLE_NONE,
    BP_TROUBLE_FILE,    /* the file itself is no library that can be mapped */
    BP_TROUBLE_NEEDS,   /* a library that it needs is not found: `lacks` */
    BP_TROUBLE_VERSION, /* it lacks a symbol version: `lacks` */
    BP_TROUBLE_LIBC,    /* the system's libc lacks a symbol version: `lacks` */
};

struct bp_need {
    char *library; /* the needed soname */
    enum bp_need_outcome outcome;
    enum bp_need_trouble trouble;
    char *path;   /* where it is found; NULL: nowhere, or not known */
    char *rule;   /* by which rule */
    char *reason; /* a clause */
    char *lacks;  /* what is lacking, by name */
};

/*
 * Resolves `library` for `requester` (header facts: a native library or a candidate).
 * End with bp_need_free.
 */
struct bp_need bp_resolve(const struct bp_machine *machine, const struct bp_torch *torch,
                          const cJSON *requester, const char *library);

void bp_need_free(struct bp_need *need);

/* The schema's word for an outcome. */
const char *bp_need_word(enum bp_need_outcome outcome);

/* Whether a soname belongs to the C library itself (libc, libm, libpthread, ld-linux ...). */
bool bp_is_libc_part(const char *library);

/*
 * The first symbol version that `requester` asks of `library` and `provider` (header facts)
 * does not define. BP_NO: none is lacking. The caller frees *lacking, set when BP_YES.
 */
enum bp_answer bp_lacks_version(const cJSON *requester, const char *library, const cJSON *provider,
                                char **lacking);

/* The same of the system's C library, whose version is `libc_version`. */
enum bp_answer bp_libc_lacks_version(const cJSON *requester, const char *library,
                                     const char *libc_version, char **lacking);

#endif
