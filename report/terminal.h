/* What the terminal at the other end can show. */
#ifndef BP_REPORT_TERMINAL_H
#define BP_REPORT_TERMINAL_H

#include "report/options.h"
#include "report/render.h"

/*
 * Colour: --color, else https://no-color.org, else whether the output is a terminal. Width:
 * COLUMNS, else the terminal's, else 80; from 40 to 100. ASCII where the locale's character
 * set is not UTF-8.
 */
struct bp_text_style bp_terminal_style(const struct bp_options *options);

#endif
