#include "probe/collector.h"

#include <stdlib.h>

#include "probe/os/variables.h"

#include "probe/macos/macos.h"
#include "probe/trusted_program.h"
#include "probe/windows/programs.h"

const char *bp_probe_env(const struct bp_probe *probe, const char *name) {
    return probe->root->live ? bp_variable(name) : NULL;
}

char *bp_probe_find_program(const struct bp_probe *probe, const char *name) {
    if (probe->root->drive) {
        return bp_windows_find_program(probe, name);
    }
    const char *path = bp_probe_env(probe, "PATH");
    if (!path) {
        path = bp_macos_is(probe->root)
                   ? "/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
                   : "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    }
    struct bp_strs folders = {0};
    bp_strs_split(&folders, path, ':', false);
    char *found = NULL;
    for (size_t i = 0; i < folders.count && !found; i++) {
        if (folders.items[i][0] != '/') {
            continue; /* a relative entry means the current folder, which is not trusted */
        }
        char *program = bp_join(folders.items[i], name);
        if (bp_root_is_file(probe->root, program) &&
            bp_root_may(probe->root, program, BP_MAY_EXECUTE) &&
            bp_program_is_trusted(probe->root, program)) {
            found = program;
        } else {
            free(program);
        }
    }
    bp_strs_free(&folders);
    return found;
}
