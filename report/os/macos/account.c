#include "report/os/posix/account.h"

#include <pwd.h>
#include <unistd.h>

#include "base/memory.h"

/* People's accounts are in no file of macOS: its own service keeps them. */
void bp_account_of_user(struct bp_identity *identity) {
    const struct passwd *entry = getpwuid(getuid());
    if (entry) {
        identity->account = identity->account ? identity->account : bp_strdup(entry->pw_name);
        identity->home = identity->home ? identity->home : bp_strdup(entry->pw_dir);
    }
}
