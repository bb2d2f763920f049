#include "probe/os/user.h"

#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

bool bp_user_is_one(void) {
    return getuid() == geteuid() && getgid() == getegid();
}

bool bp_user_is_another(void) {
    static const char *const callers[] = {"SUDO_UID", "DOAS_USER", "PKEXEC_UID"};
    bool called = !bp_user_is_one();
    for (size_t i = 0; i < sizeof callers / sizeof *callers; i++) {
        called = called || (geteuid() == 0 && getenv(callers[i]));
    }
    return called;
}
