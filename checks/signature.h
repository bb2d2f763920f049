/* A short code for a root cause, so that a search of a tracker finds its duplicates. */
#ifndef BP_CHECKS_SIGNATURE_H
#define BP_CHECKS_SIGNATURE_H

#include <cjson/cJSON.h>

#include "checks/view.h"

/*
 * {"code": "bnbsig-1a2b3c4d", "cause", "library", "needed_by", "era"}: the pattern's id and,
 * for a pattern that is about loading, the file that is missing, whether the CUDA, ROCm, XPU
 * or CPU library of bitsandbytes needs it, and the loader era. The code is made from these
 * four alone, so that every machine and every issue with that cause has the same; what is not
 * known is null. The caller deletes it.
 */
cJSON *bp_signature_make(const cJSON *pattern, const struct bp_view *view);

#endif
