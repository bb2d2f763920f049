#include "report/identity.h"

#include <stdlib.h>

#include "base/memory.h"
#include "probe/os/variables.h"
#include "probe/os/windows/wide.h"

#include <windows.h>

static char *variable(const char *name) {
    const char *value = bp_variable(name);
    return value && *value ? bp_strdup(value) : NULL;
}

/* The name that the machine has on the network, with its domain. */
static char *host_name(void) {
    DWORD size = 0;
    GetComputerNameExW(ComputerNameDnsFullyQualified, NULL, &size);
    wchar_t *name = bp_alloc_array((size_t)size + 1, sizeof *name);
    bool told = GetComputerNameExW(ComputerNameDnsFullyQualified, name, &size) && *name;
    char *host = told ? bp_narrow(name) : variable("COMPUTERNAME");
    free(name);
    return host;
}

struct bp_identity bp_identity_of_system(void) {
    struct bp_identity identity = {
        .user = variable("USERNAME"), .home = variable("USERPROFILE"), .host = host_name()};
    return identity;
}
