/* What the name of a DLL says of where it comes from. Case does not count. */
#ifndef BP_CHECKS_LOADER_WINDOWS_NAMES_H
#define BP_CHECKS_LOADER_WINDOWS_NAMES_H

#include <stdbool.h>

/*
 * The name of a contract that Windows 10 and later map to a DLL of their own without any
 * search: api-ms-win-*, ext-ms-win-* ("Windows API sets" in Microsoft's documentation).
 */
bool bp_windows_is_api_set(const char *name);

/* A DLL that is part of every Windows; most are "known DLLs", which are never searched for. */
bool bp_windows_is_part(const char *name);

/* The C runtime that python.exe itself needs, so that it is in every Python process. */
bool bp_windows_is_python_runtime(const char *name);

/*
 * The runtimes of Visual C++ that torch opens before its own DLLs, which need them: a
 * process in which torch is imported has them.
 */
bool bp_windows_is_torch_runtime(const char *name);

/*
 * A CUDA DLL that torch's Windows wheels for that CUDA version ("12.4") bring along in
 * torch\lib, as they have no packages of NVIDIA's to take it from.
 */
bool bp_windows_torch_brings(const char *name, const char *cuda);

#endif
