/* The folders in which DLLs may lie on a Windows machine, and why each is looked into. */
#ifndef BP_PROBE_WINDOWS_DLL_FOLDERS_H
#define BP_PROBE_WINDOWS_DLL_FOLDERS_H

#include <cjson/cJSON.h>

#include "base/str.h"
#include "probe/collector.h"
#include "probe/library_folders.h"

struct bp_dll_folders {
    struct bp_library_folders all; /* in the order in which they are asked */
    struct bp_strs added;          /* those that os.add_dll_directory adds for torch */
    struct bp_strs path;           /* those of PATH */
    char *system;                  /* System32 */
};

/*
 * Those for what the interpreter's bitsandbytes in the folder `package` (or NULL) needs: that
 * folder, python.exe's, those that torch/__init__.py adds, System32; and behind them those that
 * Windows does not search, wheels, toolkits, ROCm, PATH. End with bp_dll_folders_free.
 */
void bp_dll_folders_find(struct bp_dll_folders *folders, const struct bp_probe *probe,
                         const cJSON *interpreter, const char *package);
void bp_dll_folders_free(struct bp_dll_folders *folders);

/* Appends the CUDA toolkits' folders, and beside each by what it was found. */
void bp_windows_toolkits(const struct bp_probe *probe, struct bp_strs *folders,
                         struct bp_strs *found_from);

/* Appends the folders of AMD's HIP SDK. */
void bp_windows_hip_sdks(const struct bp_probe *probe, struct bp_strs *folders);

#endif
