#include "probe/os/user.h"

#include <unistd.h>

bool bp_user_is_one(void) {
    return getuid() == geteuid() && getgid() == getegid();
}
