/*
 * A Mac, be it this machine or one whose files are looked at in another root. Most of what is
 * collected here comes from files, so that a copy of a Mac's file system tells it anywhere.
 */
#ifndef BP_PROBE_MACOS_H
#define BP_PROBE_MACOS_H

#include <stdbool.h>

#include "probe/collector.h"
#include "probe/python.h"

/* Whether the root holds a macOS. */
bool bp_macos_is(const struct bp_root *root);

/*
 * "arm64" or "x86_64": the processor of the Mac, by its kernel or by the shared cache of system
 * libraries that it starts from. NULL where neither tells; *from then stays as it is.
 */
const char *bp_macos_machine(const struct bp_root *root, const char **from);

/* The part of a universal program that this Mac runs: "arm64", or NULL where that is not known. */
const char *bp_macos_slice(const struct bp_root *root);

/* /host of a Mac. */
void bp_macos_host(const struct bp_probe *probe, struct bp_facts *facts);

/* /hardware/memory and /hardware/cpu of a Mac. */
void bp_macos_hardware(const struct bp_probe *probe, struct bp_facts *facts);

/* /libraries of a Mac: what dyld would see. */
void bp_macos_libraries(const struct bp_probe *probe, const cJSON *interpreter,
                        struct bp_facts *facts);

/* Appends the folders in which a Mac's interpreters stand: each with its own python3. */
void bp_macos_python_folders(const struct bp_root *root, struct bp_strs *folders);

/* The home that is meant where none is named: the only one in /Users, or NULL. Owned. */
char *bp_macos_only_home(const struct bp_root *root);

/*
 * Whether `base_prefix` is that of a framework build (python.org's, Homebrew's, Xcode's), whose
 * user site lies in ~/Library/Python.
 */
bool bp_macos_is_framework(const char *base_prefix);

/* The folder of Xcode's or the command line tools' programs, or NULL. The caller frees it. */
char *bp_macos_developer_tools(const struct bp_probe *probe);

/*
 * Programs such as /usr/bin/python3 and /usr/bin/gcc are Apple's: each starts the one of the same
 * name that belongs to the developer tools and, where there are none, opens a window that offers
 * to install them.
 */
bool bp_macos_is_stub(const struct bp_root *root, const char *path);

/* The program that a stub starts, or NULL where there are no tools or they lack it. Owned. */
char *bp_macos_behind_stub(const struct bp_probe *probe, const char *path);

/* Whether the torch beside `version_file` is built with MPS; null where it cannot be told. */
cJSON *bp_macos_torch_mps(const struct bp_root *root, const char *version_file);

#endif
