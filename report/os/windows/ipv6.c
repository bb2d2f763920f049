#include "report/ipv6.h"

#include <stddef.h>
#include <string.h>

#include <windows.h>

/* ntdll.dll is in every process; the socket library's own reader would have to be loaded. */
bool bp_is_ipv6(const char *text) {
    typedef LONG(NTAPI read_fn)(const char *text, const char **end, unsigned char address[16]);
    read_fn *read_address = NULL;
    unsigned char address[16];
    const char *end = text;
    HMODULE library = GetModuleHandleW(L"ntdll.dll");
    FARPROC function = library ? GetProcAddress(library, "RtlIpv6StringToAddressA") : NULL;
    if (!function) {
        return false;
    }
    memcpy(&read_address, &function, sizeof read_address);
    return read_address(text, &end, address) == 0 && !*end;
}
