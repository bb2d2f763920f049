#include "report/identity.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/memory.h"

static char *variable(const char *name) {
    const char *value = getenv(name);
    return value && *value ? bp_strdup(value) : NULL;
}

/*
 * Read from the file and not asked of getpwuid, which may go to a directory service over
 * the network. Whom the environment names is known without it.
 */
static void take_from_password_file(struct bp_identity *identity) {
    FILE *file = fopen("/etc/passwd", "re");
    const struct passwd *entry;
    if (!file) {
        return;
    }
    while ((entry = fgetpwent(file)) != NULL) {
        if (entry->pw_uid == getuid()) {
            identity->account = identity->account ? identity->account : bp_strdup(entry->pw_name);
            identity->home = identity->home ? identity->home : bp_strdup(entry->pw_dir);
            break;
        }
    }
    fclose(file);
}

struct bp_identity bp_identity_of_system(void) {
    struct bp_identity identity = {
        .user = variable("USER"), .home = variable("HOME"), .account = variable("SUDO_USER")};
    struct utsname names;
    if (!identity.user) {
        identity.user = variable("LOGNAME");
    }
    take_from_password_file(&identity);
    if (!identity.user) {
        identity.user = bp_strdup(identity.account);
    }
    if (uname(&names) == 0) {
        identity.host = bp_strdup(names.nodename);
    }
    return identity;
}

void bp_identity_free(struct bp_identity *identity) {
    free(identity->user);
    free(identity->host);
    free(identity->home);
    free(identity->account);
    *identity = (struct bp_identity){0};
}
