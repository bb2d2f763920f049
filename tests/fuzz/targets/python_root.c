/* Finds interpreters, environments and packages in a root, with the collectors that do. */
#include "tests/fuzz/fuzz_facts.h"

#define SITE "/venv/lib/python3.12/site-packages"

void fuzz_one(const uint8_t *data, size_t size) {
    static const char *const paths[] = {"/usr/bin/python3",
                                        "/usr/lib/python3.12/os.py",
                                        "/usr/lib/python3.12/site.py",
                                        "/usr/bin/python3.12",
                                        "/venv/bin/python",
                                        "/venv/pyvenv.cfg",
                                        SITE "/a.pth",
                                        SITE "/__editable___bitsandbytes_finder.py",
                                        SITE "/torch/version.py",
                                        SITE "/torch/__init__.py",
                                        SITE "/torch-2.1.0.dist-info/METADATA",
                                        SITE "/bitsandbytes-0.45.0.dist-info/RECORD",
                                        "/opt/conda/bin/python",
                                        "/opt/conda/conda-meta/history",
                                        "/opt/conda/lib/python3.11/os.py",
                                        NULL};
    fuzz_write_tree(paths, data, size);
    cJSON *snapshot = cJSON_CreateObject();
    fuzz_collect(bp_collect_python, snapshot);
    fuzz_collect(bp_collect_bitsandbytes, snapshot);
    fuzz_collect(bp_collect_libraries, snapshot);
    cJSON_Delete(snapshot);
}
