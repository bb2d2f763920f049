#include "probe/os/machine_numbers.h"

#include <stddef.h>

#include <windows.h>

bool bp_machine_memory_read(struct bp_machine_memory *memory) {
    MEMORYSTATUSEX status = {.dwLength = sizeof status};
    *memory = (struct bp_machine_memory){0};
    if (!GlobalMemoryStatusEx(&status)) {
        return false;
    }
    *memory = (struct bp_machine_memory){
        .total_bytes = (double)status.ullTotalPhys,
        .available_bytes = (double)status.ullAvailPhys,
        /* What may be committed is memory and page files together. */
        .swap_bytes = status.ullTotalPageFile > status.ullTotalPhys
                          ? (double)(status.ullTotalPageFile - status.ullTotalPhys)
                          : 0,
    };
    return true;
}

/* IsProcessorFeaturePresent's numbers (winnt.h), of which older headers lack some. */
void bp_machine_processor_flags(struct bp_strs *flags) {
    static const struct {
        DWORD feature;
        const char *flag;
    } features[] = {
        {39, "avx"}, {40, "avx2"}, {41, "avx512f"}, {19, "asimd"}, {46, "sve"},
    };
    SYSTEM_INFO system;
    GetSystemInfo(&system);
    bool arm = system.wProcessorArchitecture == PROCESSOR_ARCHITECTURE_ARM64;
    for (size_t i = 0; i < sizeof features / sizeof *features; i++) {
        bool of_arm = features[i].flag[0] != 'a' || features[i].flag[1] == 's';
        if (of_arm == arm && IsProcessorFeaturePresent(features[i].feature)) {
            bp_strs_add(flags, features[i].flag);
        }
    }
}
