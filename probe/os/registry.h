/*
 * The registry of a running Windows, read in its 64-bit view: keys of 32-bit programs stand
 * below SOFTWARE\WOW6432Node. Other systems have none: there everything is absent.
 */
#ifndef BP_PROBE_OS_REGISTRY_H
#define BP_PROBE_OS_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum bp_registry {
    BP_REGISTRY_MACHINE, /* HKEY_LOCAL_MACHINE */
    BP_REGISTRY_USER,    /* HKEY_CURRENT_USER */
};

/*
 * The text value `name` (NULL: the default one) of a key, "SOFTWARE\\Python", with variables
 * in it replaced where it is of that kind; of a list, its first text. NULL where there is none.
 * The caller frees it.
 */
char *bp_registry_text(enum bp_registry registry, const char *key, const char *name);

/* A 32-bit number; false where there is none. */
bool bp_registry_number(enum bp_registry registry, const char *key, const char *name,
                        uint32_t *number);

/* Appends the names of a key's subkeys; none where there is no such key. */
void bp_registry_keys(enum bp_registry registry, const char *key, struct bp_strs *names);

#endif
