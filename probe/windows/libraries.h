/* The libraries collector's part for a Windows machine. */
#ifndef BP_PROBE_WINDOWS_LIBRARIES_H
#define BP_PROBE_WINDOWS_LIBRARIES_H

#include "probe/collector.h"

/*
 * Puts /libraries and /cuda/libraries: for every DLL that bitsandbytes' files or torch's need,
 * or that another release's would, each file of that name in the folders of dll_folders.h.
 */
void bp_windows_collect_libraries(const struct bp_probe *probe, const cJSON *interpreter,
                                  struct bp_facts *facts);

#endif
