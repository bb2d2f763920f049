/* The variables of this process's environment, in UTF-8. */
#ifndef BP_PROBE_OS_VARIABLES_H
#define BP_PROBE_OS_VARIABLES_H

#include "base/str.h"

/* The value of a variable, or NULL where it is unset. It holds until that variable is set. */
const char *bp_variable(const char *name);

/* Sets it for this process and what it starts; NULL unsets it. */
void bp_variable_set(const char *name, const char *value);

/* What stands between the folders of PATH and its like. */
extern const char bp_variable_list_separator;

/* Appends the names of all variables. */
void bp_variable_names(struct bp_strs *names);

#endif
