/* Looks at a folder that is a Windows drive, with the collectors that have a way to. */
#include "tests/fuzz/fuzz_facts.h"

#define PYTHON "/Program Files/Python312"
#define SITE PYTHON "/Lib/site-packages"
#define HOME "/Users/a"
#define TOOLKIT "/Program Files/NVIDIA GPU Computing Toolkit/CUDA/v12.4"

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
                                        SITE "/torch/__init__.py",
                                        SITE "/torch/lib/cudart64_12.dll",
                                        SITE "/bitsandbytes-0.45.0.dist-info/RECORD",
                                        SITE "/bitsandbytes/libbitsandbytes_cuda124.dll",
                                        SITE "/bitsandbytes/__init__.py",
                                        SITE "/torch/lib/torch_cpu.dll",
                                        SITE "/nvidia/cublas/bin/cublas64_12.dll",
                                        PYTHON "/python312.dll",
                                        "/Windows/System32/ntdll.dll",
                                        "/Windows/System32/ServerManager.exe",
                                        HOME "/venv/pyvenv.cfg",
                                        HOME "/venv/Scripts/python.exe",
                                        HOME "/.pyenv/pyenv-win/versions/3.11.9/python.exe",
                                        HOME "/.pyenv/pyenv-win/versions/3.11.9/python311.dll",
                                        HOME
                                        "/AppData/Roaming/Python/Python312/site-packages/b.pth",
                                        "/conda/python.exe",
                                        "/conda/conda-meta/history",
                                        "/conda/envs/e/python.exe",
                                        "/Program Files/WindowsApps/"
                                        "PythonSoftwareFoundation.Python.3.12_3.12.1_x64__qbz5n2/"
                                        "python.exe",
                                        "/ComfyUI/python_embeded/python.exe",
                                        "/ComfyUI/python_embeded/python312._pth",
                                        "/ComfyUI/python_embeded/python312.dll",
                                        TOOLKIT "/bin/nvcc.exe",
                                        TOOLKIT "/bin/cudart64_12.dll",
                                        TOOLKIT "/version.json",
                                        "/Program Files/AMD/ROCm/6.2/bin/hipcc.bin.exe",
                                        "/ProgramData/Microsoft/VisualStudio/Packages/_Instances/a/"
                                        "state.json",
                                        "/VS/VC/Tools/MSVC/14.38.33130/bin/Hostx64/x64/cl.exe",
                                        NULL};
    fuzz_be_windows_drive();
    fuzz_write_tree(paths, data, size);
    cJSON *snapshot = cJSON_CreateObject();
    fuzz_collect(bp_collect_host, snapshot);
    fuzz_collect(bp_collect_python, snapshot);
    fuzz_collect(bp_collect_bitsandbytes, snapshot);
    fuzz_collect(bp_collect_libraries, snapshot);
    fuzz_collect(bp_collect_cuda_kernel, snapshot);
    fuzz_collect(bp_collect_cuda_toolkits, snapshot);
    fuzz_collect(bp_collect_rocm, snapshot);
    fuzz_collect(bp_collect_build_tools, snapshot);
    cJSON_Delete(snapshot);
}
