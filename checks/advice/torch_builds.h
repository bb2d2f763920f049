/* The builds of PyTorch that its own index publishes, and the change to one of them. */
#ifndef BP_CHECKS_ADVICE_TORCH_BUILDS_H
#define BP_CHECKS_ADVICE_TORCH_BUILDS_H

#include "checks/advice/parts.h"

/* Appends a change to each build that exists for this system, Python and GPU. */
void bp_changes_find_torch(const struct bp_advising *advising, struct bp_changes *changes);

#endif
