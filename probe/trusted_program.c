#include "probe/trusted_program.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/os/user.h"

enum { WRITABLE_BY_ALL = 0002, STICKY = 01000 };

/* Whether everybody can put another file in the place of `path`, or write to it. */
static bool anybody_decides(const struct bp_root *root, const char *path) {
    struct bp_file_status status;
    if (bp_root_status(root, path, &status, NULL) != 0) {
        return true; /* it cannot be told */
    }
    bool anybody = (status.mode & WRITABLE_BY_ALL) != 0;
    bool of_root = status.owner == 0; /* the part that stands in the folder */
    for (char *folder = bp_dir_name(path), *above; folder; folder = above) {
        if (bp_root_status(root, folder, &status, NULL) != 0) {
            anybody = true;
        } else if (status.mode & WRITABLE_BY_ALL) {
            anybody = anybody || !(status.mode & STICKY) || !of_root;
        }
        of_root = status.owner == 0;
        above = strcmp(folder, "/") == 0 || strcmp(folder, ".") == 0 ? NULL : bp_dir_name(folder);
        free(folder);
    }
    return anybody;
}

bool bp_program_is_trusted(const struct bp_root *root, const char *path) {
    if (!root->live || root->drive || !bp_user_is_another()) {
        return true;
    }
    char *real = bp_root_resolve(root, path, NULL);
    bool trusted = real && !anybody_decides(root, path) && !anybody_decides(root, real);
    free(real);
    return trusted;
}
