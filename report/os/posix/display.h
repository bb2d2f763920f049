/* What shows a page to the person who sits at this machine. */
#ifndef BP_REPORT_OS_POSIX_DISPLAY_H
#define BP_REPORT_OS_POSIX_DISPLAY_H

#include <stdbool.h>

/* Whether a window could be opened. */
bool bp_display_is_there(void);

/* Commands that show what is given to them, best first, ended by NULL. */
extern const char *const bp_display_programs[];

#endif
