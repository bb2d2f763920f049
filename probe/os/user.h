/* The user whose process this is. */
#ifndef BP_PROBE_OS_USER_H
#define BP_PROBE_OS_USER_H

#include <stdbool.h>

/* Whether it acts for the user who started it (its real and effective ids are the same). */
bool bp_user_is_one(void);

#endif
