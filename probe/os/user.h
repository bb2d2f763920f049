/* The user whose process this is. */
#ifndef BP_PROBE_OS_USER_H
#define BP_PROBE_OS_USER_H

#include <stdbool.h>

/* Whether it acts for the user who started it (its real and effective ids are the same). */
bool bp_user_is_one(void);

/*
 * Whether it has the rights of another user than the one who called it: by its file's mode, or by
 * sudo, doas or pkexec, which say so in the environment.
 */
bool bp_user_is_another(void);

#endif
