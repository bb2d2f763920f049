/*
 * The exit codes with which Windows ends a process that an exception stopped: values of NTSTATUS
 * ([MS-ERREF] 2.3). Programs count them as 3221225477, as -1073741819 or as 0xC0000005.
 */
#ifndef BP_BASE_NT_STATUS_H
#define BP_BASE_NT_STATUS_H

#include <stdbool.h>
#include <stdint.h>

/* Whether an exit code is one of an exception rather than one that a program chose. */
bool bp_nt_status_is_exception(uint32_t code);

/* Its name ("STATUS_ACCESS_VIOLATION"), or NULL. */
const char *bp_nt_status_name(uint32_t code);

/* What that means, as the end of a sentence about a process, or NULL. */
const char *bp_nt_status_means(uint32_t code);

#endif
