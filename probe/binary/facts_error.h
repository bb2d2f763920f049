/* How the readers of all formats tell in the facts what is wrong with a file. */
#ifndef BP_PROBE_FACTS_ERROR_H
#define BP_PROBE_FACTS_ERROR_H

#include <cjson/cJSON.h>

#include "base/error.h"

/* Keeps the first trouble as "error": what follows is often its consequence. Clears *err. */
void bp_binary_note_error(cJSON *facts, struct bp_err *err);

#endif
