/* What the terminal at the other end can show. */
#ifndef BP_REPORT_TERMINAL_H
#define BP_REPORT_TERMINAL_H

#include "report/options.h"
#include "report/render.h"

/*
 * Colour: --color, else NO_COLOR (https://no-color.org), else CLICOLOR_FORCE (for CI, whose log
 * shows colours and is no terminal), else whether the output is a terminal other than TERM=dumb.
 * Width: COLUMNS, else the terminal's, else 80; from 40 to 100. ASCII where the locale's character
 * set, by its name, is not UTF-8.
 */
struct bp_text_style bp_terminal_style(const struct bp_options *options);

/* The same for what goes to `descriptor`, or to a file where that is negative. */
struct bp_text_style bp_terminal_style_of(const struct bp_options *options, int descriptor);

/* Whether the name of a locale (de_DE.UTF-8@euro, C.utf8, macOS' bare UTF-8) says UTF-8. */
bool bp_locale_is_utf8(const char *locale);

#endif
