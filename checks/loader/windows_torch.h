/*
 * What `import torch` does on Windows: torch/__init__.py opens every DLL in its lib folder, each
 * by its path, with the search of windows_search.h, and where that fails once more with PATH.
 */
#ifndef BP_CHECKS_LOADER_WINDOWS_TORCH_H
#define BP_CHECKS_LOADER_WINDOWS_TORCH_H

#include "checks/loader/machine.h"
#include "checks/loader/torch.h"

/*
 * What importing torch ends with, or NULL where it succeeds as far as is known. *lacks is then
 * the DLL that is not found or not usable. The caller frees both.
 */
char *bp_windows_torch_error(const struct bp_machine *machine, const struct bp_torch *torch,
                             char **lacks);

#endif
