#include "probe/os/kernel.h"

#include <string.h>

#include "base/memory.h"
#include "base/str.h"

#include <windows.h>

/*
 * GetVersionEx tells a program that does not name the newest Windows in a manifest of an older one;
 * RtlGetVersion of ntdll.dll tells what runs.
 */
static bool read_version(OSVERSIONINFOW *version) {
    typedef LONG(WINAPI get_version_fn)(OSVERSIONINFOW *);
    get_version_fn *get_version = NULL;
    HMODULE library = GetModuleHandleW(L"ntdll.dll");
    FARPROC function = library ? GetProcAddress(library, "RtlGetVersion") : NULL;
    *version = (OSVERSIONINFOW){.dwOSVersionInfoSize = sizeof *version};
    if (!function) {
        return false;
    }
    memcpy(&get_version, &function, sizeof get_version);
    return get_version(version) == 0;
}

static const char *machine_name(void) {
    SYSTEM_INFO system;
    GetNativeSystemInfo(&system);
    switch (system.wProcessorArchitecture) {
    case PROCESSOR_ARCHITECTURE_AMD64:
        return "AMD64";
    case PROCESSOR_ARCHITECTURE_ARM64:
        return "ARM64";
    case PROCESSOR_ARCHITECTURE_INTEL:
        return "x86";
    default:
        return NULL;
    }
}

int bp_kernel_read(struct bp_kernel *kernel) {
    OSVERSIONINFOW version;
    *kernel = (struct bp_kernel){0};
    if (!read_version(&version)) {
        return -1;
    }
    kernel->release = bp_format("%lu.%lu.%lu", version.dwMajorVersion, version.dwMinorVersion,
                                version.dwBuildNumber);
    kernel->machine = bp_strdup(machine_name());
    return 0;
}
