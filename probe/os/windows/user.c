#include "probe/os/user.h"

/* Windows has no programs that act for somebody else than who starts them. */
bool bp_user_is_one(void) {
    return true;
}

bool bp_user_is_another(void) {
    return false;
}
