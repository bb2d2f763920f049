/* Xcode and the command line tools, and the programs in /usr/bin that only start theirs. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/macos/macos.h"

/*
 * Where xcrun looks: what the person has set, what xcode-select has chosen (a link), and the two
 * usual places.
 */
static char *chosen_folder(const struct bp_probe *probe) {
    const char *variable = bp_probe_env(probe, "DEVELOPER_DIR");
    if (variable && variable[0] == '/') {
        return bp_strdup(variable);
    }
    char *link = bp_root_link(probe->root, "/var/db/xcode_select_link", NULL);
    return link ? link : bp_root_link(probe->root, "/private/var/db/xcode_select_link", NULL);
}

char *bp_macos_developer_tools(const struct bp_probe *probe) {
    static const char *const usual[] = {"/Applications/Xcode.app/Contents/Developer",
                                        "/Library/Developer/CommandLineTools"};
    char *chosen = chosen_folder(probe);
    /* An application may be named instead of the folder in it. */
    char *inside = chosen ? bp_join(chosen, "Contents/Developer") : NULL;
    char *found = inside && bp_root_is_folder(probe->root, inside)   ? bp_strdup(inside)
                  : chosen && bp_root_is_folder(probe->root, chosen) ? bp_strdup(chosen)
                                                                     : NULL;
    for (size_t i = 0; i < sizeof usual / sizeof *usual && !found; i++) {
        char *bin = bp_join(usual[i], "usr/bin");
        found = bp_root_is_folder(probe->root, bin) ? bp_strdup(usual[i]) : NULL;
        free(bin);
    }
    free(inside);
    free(chosen);
    return found;
}

bool bp_macos_is_stub(const struct bp_root *root, const char *path) {
    static const char *const stubs[] = {"python3", "pip3",  "gcc",  "g++", "cc",
                                        "c++",     "clang", "make", "git", "clang++"};
    if (!bp_starts_with(path, "/usr/bin/") || !bp_macos_is(root)) {
        return false;
    }
    for (size_t i = 0; i < sizeof stubs / sizeof *stubs; i++) {
        if (strcmp(path + strlen("/usr/bin/"), stubs[i]) == 0) {
            return true;
        }
    }
    return false;
}

char *bp_macos_behind_stub(const struct bp_probe *probe, const char *path) {
    char *tools = bp_macos_developer_tools(probe);
    char *found = NULL;
    static const char *const folders[] = {"usr/bin", "Toolchains/XcodeDefault.xctoolchain/usr/bin"};
    for (size_t i = 0; tools && i < sizeof folders / sizeof *folders && !found; i++) {
        char *program = bp_format("%s/%s/%s", tools, folders[i], bp_base_name(path));
        if (bp_root_is_file(probe->root, program)) {
            found = program;
        } else {
            free(program);
        }
    }
    free(tools);
    return found;
}
