/* Every CUDA runtime library that lies in a place known here, needed by anything or not. */
#ifndef BP_PROBE_CUDA_LIBRARIES_H
#define BP_PROBE_CUDA_LIBRARIES_H

#include <cjson/cJSON.h>

#include "probe/library_search.h"

/*
 * An array of the JSON Schema's "candidate": libcudart, libcublas, libcublasLt, libcusparse,
 * libcurand, libnvrtc and libnvJitLink of each folder of the search and of the loader's
 * cache. Of the names that lead to one file in one folder the SONAME is listed, and the bare
 * libcudart.so besides, since early bitsandbytes looks for that. The caller deletes it.
 */
cJSON *bp_cuda_libraries(struct bp_library_search *search);

#endif
