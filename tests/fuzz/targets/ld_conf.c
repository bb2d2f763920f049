/* Reads the loader's configuration, with files that include one another. */
#include "probe/binary/ld_conf.h"

#include "probe/opened_files.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *data, size_t size) {
    static const char *const paths[] = {"/etc/ld.so.conf", "/etc/ld.so.conf.d/a.conf",
                                        "/etc/ld.so.conf.d/b.conf", "/etc/ld.so.preload", NULL};
    struct bp_strs folders = {0};
    struct bp_strs names = {0};
    fuzz_write_tree(paths, data, size);
    bp_ld_conf_read(fuzz_root(), BP_LD_CONF_PATH, &folders, NULL);
    bp_preload_file_names(fuzz_root(), &names);
    bp_strs_free(&folders);
    bp_strs_free(&names);
}
