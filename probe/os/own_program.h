/* Where this program itself is. */
#ifndef BP_PROBE_OS_OWN_PROGRAM_H
#define BP_PROBE_OS_OWN_PROGRAM_H

/*
 * The absolute path by which this program was started, its links not followed: a link's own
 * folder may say more than its target's. NULL where the system does not tell. The caller frees it.
 */
char *bp_own_program(void);

#endif
