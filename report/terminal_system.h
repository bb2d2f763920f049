/* What only the system knows of a terminal. */
#ifndef BP_REPORT_TERMINAL_SYSTEM_H
#define BP_REPORT_TERMINAL_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The descriptors that every program is started with. */
enum { BP_STDIN, BP_STDOUT, BP_STDERR };

/* Whether a descriptor is a terminal. */
bool bp_terminal_is(int descriptor);

/* Whether a terminal acts on the sequences that colour text. */
bool bp_terminal_colours(int descriptor);

/* Its width in columns; 0: not known. */
size_t bp_terminal_columns(int descriptor);

/* How many columns a character takes: 0 (one that is put over the last), 1 or 2. */
size_t bp_terminal_columns_of(uint32_t character);

/* Whether text for this person may hold more than ASCII. */
bool bp_terminal_takes_utf8(void);

#endif
