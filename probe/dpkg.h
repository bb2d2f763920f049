/*
 * Debian's package database, read as files (deb-version(7), and dpkg's /var/lib/dpkg/status
 * and info/PACKAGE.list). It tells a program's version without starting the program, and in
 * another root too, where nothing may be started.
 */
#ifndef BP_PROBE_DPKG_H
#define BP_PROBE_DPKG_H

#include "base/str.h"
#include "probe/os/files.h"

/*
 * The upstream version of the first of the packages that is installed and owns the file at
 * `path` (links resolved), with *package pointing to its name in the list. NULL where none
 * does, or where its version is not plainly upstream's: digits and dots once the epoch, the
 * Debian revision and a repacking mark are off. The caller frees it.
 */
char *bp_dpkg_version(const struct bp_root *root, const struct bp_strs *packages, const char *path,
                      const char **package);

/* The upstream part of a Debian version under the same rule, or NULL. The caller frees it. */
char *bp_dpkg_upstream(const char *version);

#endif
