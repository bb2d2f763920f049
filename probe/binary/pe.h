/*
 * Which machine a Windows library or program (PE/COFF) is for.
 * Format: Microsoft's "PE Format".
 */
#ifndef BP_PROBE_PE_H
#define BP_PROBE_PE_H

#include <cjson/cJSON.h>

#include "base/cursor.h"

/* Puts "bits" and "machine" (and "error") into `facts`. `file` begins with "MZ". */
void bp_pe_facts(struct bp_cursor file, cJSON *facts);

#endif
