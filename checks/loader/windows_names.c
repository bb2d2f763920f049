#include "checks/loader/windows_names.h"

#include <stddef.h>

#include "checks/loader/machine.h"
#include "checks/loader/windows_paths.h"

static bool is_one_of(const char *name, const char *const names[], size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (bp_windows_same(name, names[i])) {
            return true;
        }
    }
    return false;
}

bool bp_windows_is_api_set(const char *name) {
    return bp_windows_starts_with(name, "api-ms-") || bp_windows_starts_with(name, "ext-ms-");
}

bool bp_windows_is_part(const char *name) {
    static const char *const names[] = {
        "ntdll.dll",    "kernel32.dll", "kernelbase.dll", "user32.dll",   "gdi32.dll",
        "advapi32.dll", "shell32.dll",  "shlwapi.dll",    "ole32.dll",    "oleaut32.dll",
        "combase.dll",  "rpcrt4.dll",   "sechost.dll",    "msvcrt.dll",   "ucrtbase.dll",
        "ws2_32.dll",   "psapi.dll",    "setupapi.dll",   "imagehlp.dll", "dbghelp.dll",
        "version.dll",  "bcrypt.dll",   "crypt32.dll",    "cfgmgr32.dll", "imm32.dll",
        "nsi.dll",      "wldap32.dll",  "iphlpapi.dll",   "powrprof.dll", "userenv.dll",
    };
    return is_one_of(name, names, sizeof names / sizeof *names);
}

bool bp_windows_is_python_runtime(const char *name) {
    return bp_windows_same(name, "vcruntime140.dll");
}

bool bp_windows_is_torch_runtime(const char *name) {
    static const char *const names[] = {"vcruntime140.dll", "vcruntime140_1.dll", "msvcp140.dll"};
    return is_one_of(name, names, sizeof names / sizeof *names);
}

bool bp_windows_torch_brings(const char *name, const char *cuda) {
    static const struct {
        int major;
        const char *name;
    } brought[] = {
        {11, "cudart64_110.dll"},  {11, "cublas64_11.dll"},   {11, "cublasLt64_11.dll"},
        {11, "cusparse64_11.dll"}, {12, "cudart64_12.dll"},   {12, "cublas64_12.dll"},
        {12, "cublasLt64_12.dll"}, {12, "cusparse64_12.dll"}, {13, "cudart64_13.dll"},
        {13, "cublas64_13.dll"},   {13, "cublasLt64_13.dll"}, {13, "cusparse64_12.dll"},
    };
    int major;
    int minor;
    if (!bp_two_numbers(cuda, &major, &minor)) {
        return false;
    }
    for (size_t i = 0; i < sizeof brought / sizeof *brought; i++) {
        if (brought[i].major == major && bp_windows_same(name, brought[i].name)) {
            return true;
        }
    }
    return false;
}
