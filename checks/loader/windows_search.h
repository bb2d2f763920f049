/*
 * The folders in which Windows looks for a DLL that another needs which ctypes opens by its
 * full path. Since Python 3.8 that is LoadLibraryEx with LOAD_LIBRARY_SEARCH_DEFAULT_DIRS and
 * LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR, whose order is: the folder of the DLL that is opened, the
 * program's, those that os.add_dll_directory added, System32 (Microsoft's "LoadLibraryExW";
 * CPython's documentation of ctypes and os). PATH and the current folder are not among them.
 */
#ifndef BP_CHECKS_LOADER_WINDOWS_SEARCH_H
#define BP_CHECKS_LOADER_WINDOWS_SEARCH_H

#include <stddef.h>

#include "base/str.h"
#include "checks/loader/machine.h"

/* In the order in which they are searched. */
enum bp_dll_rule {
    BP_DLL_OWN_FOLDER,
    BP_DLL_PROGRAM_FOLDER,
    BP_DLL_ADDED_FOLDERS,
    BP_DLL_SYSTEM_FOLDER,
    BP_DLL_RULE_COUNT
};

/* A list of folders a rule. Start with bp_dll_search_start, end with bp_dll_search_end. */
struct bp_dll_search {
    struct bp_strs folders[BP_DLL_RULE_COUNT];
    char *torch_lib; /* torch\lib, of which torch loads every DLL; NULL: not known. Owned */
};

/*
 * The search for what `opened` (header facts with a path) needs. Folders that torch adds are
 * those of the snapshot's /libraries/search/dll_folders or, where it has none, those that
 * torch/__init__.py adds by its rules.
 */
void bp_dll_search_start(struct bp_dll_search *search, const struct bp_machine *machine,
                         const cJSON *opened);
void bp_dll_search_end(struct bp_dll_search *search);

/* What the snapshot saw of a DLL, by name: an array, or NULL where it was not looked for. */
const cJSON *bp_dll_candidates(const struct bp_machine *machine, const char *name);

/* The first of the candidates that the search comes upon, and by which rule, or NULL. */
const cJSON *bp_dll_search_first(const struct bp_dll_search *search, const cJSON *candidates,
                                 enum bp_dll_rule *rule);

/* A rule's name, for a person. */
const char *bp_dll_rule_name(enum bp_dll_rule rule);

/* A clause that says where a DLL was looked for in vain. The caller frees it. */
char *bp_dll_search_places(const struct bp_dll_search *search, const cJSON *candidates);

#endif
