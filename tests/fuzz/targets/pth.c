/* Reads the .pth files of a site folder. */
#include "probe/python.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *data, size_t size) {
    static const char *const paths[] = {"/site/a.pth", "/site/b.pth", "/site/lib/x.py", NULL};
    const struct bp_pth_rules rules = {.skip_byte_order_mark = size % 2};
    struct bp_strs search_path = {0};
    struct bp_strs code_paths = {0};
    fuzz_write_tree(paths, data, size);
    bp_site_folder_add(fuzz_root(), "/site", &rules, &search_path, &code_paths);
    bp_strs_free(&search_path);
    bp_strs_free(&code_paths);
}
