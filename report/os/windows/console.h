/* The console that a program of Windows is shown in. */
#ifndef BP_REPORT_OS_WINDOWS_CONSOLE_H
#define BP_REPORT_OS_WINDOWS_CONSOLE_H

#include <stdbool.h>

/* How it was, to be put back. */
struct bp_console {
    unsigned code_page;     /* 0: there is no console */
    unsigned long modes[2]; /* of standard output and error */
    bool changed[2];
};

/* Has it take UTF-8 and the sequences that colour text, where it can. */
struct bp_console bp_console_prepare(void);

/* It is shared with the shell that started us, and with what that starts next. */
void bp_console_put_back(const struct bp_console *before);

#endif
