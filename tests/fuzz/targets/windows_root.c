/* Looks at a folder that is a Windows drive, with the collectors that have a way to. */
#include "tests/fuzz/fuzz_facts.h"

#define PYTHON "/Program Files/Python312"
#define SITE PYTHON "/Lib/site-packages"

void fuzz_one(const uint8_t *data, size_t size) {
    static const char *const paths[] = {"/Windows/System32/kernel32.dll",
                                        "/Windows/System32/ntoskrnl.exe",
                                        "/Windows/System32/nvcuda.dll",
                                        "/Windows/System32/vcruntime140.dll",
                                        "/Windows/py.ini",
                                        PYTHON "/python.exe",
                                        PYTHON "/python312._pth",
                                        PYTHON "/pyvenv.cfg",
                                        PYTHON "/Lib/os.py",
                                        SITE "/a.pth",
                                        SITE "/torch/version.py",
                                        SITE "/torch/lib/cudart64_12.dll",
                                        SITE "/bitsandbytes-0.45.0.dist-info/RECORD",
                                        SITE "/bitsandbytes/libbitsandbytes_cuda124.dll",
                                        NULL};
    fuzz_be_windows_drive();
    fuzz_write_tree(paths, data, size);
    cJSON *snapshot = cJSON_CreateObject();
    fuzz_collect(bp_collect_host, snapshot);
    fuzz_collect(bp_collect_python, snapshot);
    fuzz_collect(bp_collect_bitsandbytes, snapshot);
    fuzz_collect(bp_collect_libraries, snapshot);
    fuzz_collect(bp_collect_cuda_toolkits, snapshot);
    cJSON_Delete(snapshot);
}
