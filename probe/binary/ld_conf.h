/* The folders that /etc/ld.so.conf names, from which the loader's cache is made: ldconfig(8). */
#ifndef BP_PROBE_LD_CONF_H
#define BP_PROBE_LD_CONF_H

#include "base/error.h"
#include "base/str.h"
#include "probe/os/files.h"

#define BP_LD_CONF_PATH "/etc/ld.so.conf"
/* Files read, and how deep one may include another. */
#define BP_LD_CONF_FILE_LIMIT 256
#define BP_LD_CONF_DEPTH_LIMIT 8
/* Folders listed. */
#define BP_LD_CONF_FOLDER_LIMIT 4096

/*
 * Appends the folders that the file at `path`, and the files that it includes, name: in
 * order, each once, as written. A file that is included twice counts once. An included
 * file that cannot be read is passed over, as ldconfig does.
 */
int bp_ld_conf_read(const struct bp_root *root, const char *path, struct bp_strs *folders,
                    struct bp_err *err);

#endif
