/*
 * Whether torch can use the GPU of a Mac (its MPS backend) and what bitsandbytes makes of that. It
 * decides about no native library: no release has one for MPS that its Python files would open.
 */
#ifndef BP_CHECKS_LOADER_MPS_H
#define BP_CHECKS_LOADER_MPS_H

#include "checks/loader/era.h"
#include "checks/loader/machine.h"
#include "checks/loader/torch.h"

struct bp_mps {
    enum bp_answer available; /* what torch.backends.mps.is_available() would say */
    char *says;               /* a sentence; NULL: this is no Mac */
};

/* The caller frees `says`. */
struct bp_mps bp_mps_of(const struct bp_machine *machine, const struct bp_torch *torch);

/*
 * How this release computes on a Mac's GPU, a clause behind "bitsandbytes"; NULL: not at all, or
 * not known.
 */
const char *bp_mps_used_by(const struct bp_era_found *found);

#endif
