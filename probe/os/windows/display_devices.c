#include "probe/os/display_devices.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/str.h"
#include "probe/os/registry.h"
#include "probe/os/windows/wide.h"

#include <windows.h>

#include <setupapi.h>

/* More than any machine has. */
enum { DEVICE_LIMIT = 256, TEXT_LIMIT = 4096 };

/* GUID_DEVCLASS_DISPLAY of devguid.h, which would need a library of its own. */
static const GUID display_class = {
    0x4d36e968, 0xe325, 0x11ce, {0xbf, 0xc1, 0x08, 0x00, 0x2b, 0xe1, 0x03, 0x18}};

/* A text property, the first text of a list; NULL where there is none. The caller frees it. */
static char *text_of(HDEVINFO list, SP_DEVINFO_DATA *device, DWORD property) {
    wchar_t text[TEXT_LIMIT + 2] = {0};
    DWORD type = REG_NONE;
    bool got = SetupDiGetDeviceRegistryPropertyW(list, device, property, &type, (BYTE *)text,
                                                 TEXT_LIMIT * sizeof *text, NULL) &&
               (type == REG_SZ || type == REG_MULTI_SZ);
    return got && *text ? bp_narrow(text) : NULL;
}

/* A number, or -1. */
static long long number_of(HDEVINFO list, SP_DEVINFO_DATA *device, DWORD property) {
    DWORD number = 0;
    DWORD type = REG_NONE;
    bool got = SetupDiGetDeviceRegistryPropertyW(list, device, property, &type, (BYTE *)&number,
                                                 sizeof number, NULL) &&
               type == REG_DWORD;
    return got ? (long long)number : -1;
}

/* What the driver's key says: {4d36e968-e325-11ce-bfc1-08002be10318}\0000. */
static char *driver_version(HDEVINFO list, SP_DEVINFO_DATA *device) {
    char *driver = text_of(list, device, SPDRP_DRIVER);
    char *key = driver ? bp_format("SYSTEM\\CurrentControlSet\\Control\\Class\\%s", driver) : NULL;
    char *version = key ? bp_registry_text(BP_REGISTRY_MACHINE, key, "DriverVersion") : NULL;
    free(key);
    free(driver);
    return version;
}

static struct bp_display_device describe(HDEVINFO list, SP_DEVINFO_DATA *found) {
    long long bus = number_of(list, found, SPDRP_BUSNUMBER);
    long long address = number_of(list, found, SPDRP_ADDRESS);
    bool placed = bus >= 0 && bus < 256 && address >= 0;
    return (struct bp_display_device){
        .hardware_id = text_of(list, found, SPDRP_HARDWAREID),
        .name = text_of(list, found, SPDRP_DEVICEDESC),
        .service = text_of(list, found, SPDRP_SERVICE),
        .driver_version = driver_version(list, found),
        .bus = placed ? (int)bus : -1,
        .slot = placed ? (int)(address >> 16 & 0x1f) : -1,
        .function = placed ? (int)(address & 0x7) : -1,
    };
}

int bp_display_devices_read(struct bp_display_devices *devices, struct bp_err *err) {
    *devices = (struct bp_display_devices){0};
    HDEVINFO list = SetupDiGetClassDevsW(&display_class, NULL, NULL, DIGCF_PRESENT);
    if (list == INVALID_HANDLE_VALUE) {
        return bp_fail_windows(err, GetLastError(), "Windows does not list its display devices");
    }
    for (DWORD i = 0; i < DEVICE_LIMIT; i++) {
        SP_DEVINFO_DATA found = {.cbSize = sizeof found};
        if (!SetupDiEnumDeviceInfo(list, i, &found)) {
            break;
        }
        devices->items =
            bp_realloc_array(devices->items, devices->count + 1, sizeof *devices->items);
        devices->items[devices->count++] = describe(list, &found);
    }
    SetupDiDestroyDeviceInfoList(list);
    return 0;
}

void bp_display_devices_free(struct bp_display_devices *devices) {
    for (size_t i = 0; i < devices->count; i++) {
        free(devices->items[i].hardware_id);
        free(devices->items[i].name);
        free(devices->items[i].service);
        free(devices->items[i].driver_version);
    }
    free(devices->items);
    *devices = (struct bp_display_devices){0};
}
