/* Looks at the file system of a Mac, with the collectors that have a way to. */
#include <stdlib.h>

#include "probe/macos/plist.h"
#include "tests/fuzz/fuzz_facts.h"

#define FRAMEWORK "/Library/Frameworks/Python.framework/Versions/3.12"
#define VERSION "/System/Library/CoreServices/SystemVersion.plist"

static void read_list(const uint8_t *data, size_t size) {
    struct bp_str plist = BP_STR_EMPTY;
    bp_str_add_bytes(&plist, data, size);
    free(bp_plist_text(&plist, "ProductVersion", NULL));
    bp_str_free(&plist);
}

void fuzz_one(const uint8_t *data, size_t size) {
    static const char *const paths[] = {VERSION,
                                        FRAMEWORK "/bin/python3.12",
                                        FRAMEWORK "/lib/python3.12/os.py",
                                        FRAMEWORK "/lib/python3.12/site-packages/torch/version.py",
                                        FRAMEWORK "/lib/python3.12/site-packages/torch/__init__.py",
                                        FRAMEWORK "/lib/python3.12/site-packages/a.pth",
                                        "/opt/homebrew/bin/python3",
                                        "/usr/lib/dyld",
                                        "/Library/Developer/CommandLineTools/usr/bin/clang",
                                        NULL};
    read_list(data, size);
    fuzz_write_tree(paths, data, size);
    cJSON *snapshot = cJSON_CreateObject();
    fuzz_collect(bp_collect_host, snapshot);
    fuzz_collect(bp_collect_hardware, snapshot);
    fuzz_collect(bp_collect_python, snapshot);
    fuzz_collect(bp_collect_bitsandbytes, snapshot);
    fuzz_collect(bp_collect_libraries, snapshot);
    fuzz_collect(bp_collect_build_tools, snapshot);
    cJSON_Delete(snapshot);
}
