#include "report/os/posix/account.h"

#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "base/memory.h"

/*
 * Read from the file and not asked of getpwuid, which may go to a directory service over
 * the network. Whom the environment names is known without it.
 */
void bp_account_of_user(struct bp_identity *identity) {
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
