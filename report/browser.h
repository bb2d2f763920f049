/* The person's browser. */
#ifndef BP_REPORT_BROWSER_H
#define BP_REPORT_BROWSER_H

#include "base/error.h"

/*
 * Has an address (https://...) or a file (an absolute path) shown: by a command of $BROWSER,
 * which may stand for several with ":" between, else by what the system has for it. Nothing
 * goes through a shell. Returns the name of the program that took it, which the caller frees;
 * NULL where none did, and *err says why.
 *
 * A program of $BROWSER where there is no display is one for the terminal: it gets the terminal
 * and is waited for. Any other goes on by itself.
 */
char *bp_browser_show(const char *what, struct bp_err *err);

#endif
