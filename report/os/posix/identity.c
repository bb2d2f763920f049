#include "report/identity.h"

#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/memory.h"
#include "report/os/posix/account.h"

static char *variable(const char *name) {
    const char *value = getenv(name);
    return value && *value ? bp_strdup(value) : NULL;
}

struct bp_identity bp_identity_of_system(void) {
    struct bp_identity identity = {
        .user = variable("USER"), .home = variable("HOME"), .account = variable("SUDO_USER")};
    struct utsname names;
    if (!identity.user) {
        identity.user = variable("LOGNAME");
    }
    bp_account_of_user(&identity);
    if (!identity.user) {
        identity.user = bp_strdup(identity.account);
    }
    if (uname(&names) == 0) {
        identity.host = bp_strdup(names.nodename);
    }
    return identity;
}
