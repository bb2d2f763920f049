#include "probe/os/registry.h"

#include <stddef.h>

char *bp_registry_text(enum bp_registry registry, const char *key, const char *name) {
    (void)registry;
    (void)key;
    (void)name;
    return NULL;
}

bool bp_registry_number(enum bp_registry registry, const char *key, const char *name,
                        uint32_t *number) {
    (void)registry;
    (void)key;
    (void)name;
    (void)number;
    return false;
}

void bp_registry_keys(enum bp_registry registry, const char *key, struct bp_strs *names) {
    (void)registry;
    (void)key;
    (void)names;
}
