#include "report/terminal_system.h"

#include <io.h>

#include "base/str.h"
#include "probe/os/variables.h"

#include <windows.h>

#ifndef ENABLE_VIRTUAL_TERMINAL_PROCESSING
#define ENABLE_VIRTUAL_TERMINAL_PROCESSING 0x0004
#endif

static HANDLE handle_of(int descriptor) {
    return (HANDLE)_get_osfhandle(descriptor);
}

/* NUL counts as a device as well, but has no mode. */
bool bp_terminal_is(int descriptor) {
    DWORD mode;
    return GetConsoleMode(handle_of(descriptor), &mode) != 0;
}

/* Consoles before Windows 10 show the sequences instead. */
bool bp_terminal_colours(int descriptor) {
    DWORD mode = 0;
    return GetConsoleMode(handle_of(descriptor), &mode) &&
           mode & ENABLE_VIRTUAL_TERMINAL_PROCESSING && !bp_equal(bp_variable("TERM"), "dumb");
}

size_t bp_terminal_columns(int descriptor) {
    CONSOLE_SCREEN_BUFFER_INFO screen;
    if (!GetConsoleScreenBufferInfo(handle_of(descriptor), &screen)) {
        return 0;
    }
    int width = screen.srWindow.Right - screen.srWindow.Left + 1;
    return width > 0 ? (size_t)width : 0;
}

/* Ranges of characters that take no column or two (Unicode's UAX #11, the larger ones of them). */
static const struct range {
    uint32_t first;
    uint32_t last;
    size_t columns;
} ranges[] = {
    {0x0300, 0x036F, 0},   {0x0483, 0x0489, 0},   {0x0591, 0x05BD, 0},   {0x0610, 0x061A, 0},
    {0x064B, 0x065F, 0},   {0x0E34, 0x0E3A, 0},   {0x0E47, 0x0E4E, 0},   {0x1100, 0x115F, 2},
    {0x1AB0, 0x1AFF, 0},   {0x1DC0, 0x1DFF, 0},   {0x200B, 0x200F, 0},   {0x202A, 0x202E, 0},
    {0x2060, 0x2064, 0},   {0x20D0, 0x20FF, 0},   {0x231A, 0x231B, 2},   {0x2E80, 0x303E, 2},
    {0x3041, 0x33FF, 2},   {0x3400, 0x4DBF, 2},   {0x4E00, 0x9FFF, 2},   {0xA000, 0xA4CF, 2},
    {0xAC00, 0xD7A3, 2},   {0xF900, 0xFAFF, 2},   {0xFE00, 0xFE0F, 0},   {0xFE20, 0xFE2F, 0},
    {0xFE30, 0xFE6F, 2},   {0xFEFF, 0xFEFF, 0},   {0xFF00, 0xFF60, 2},   {0xFFE0, 0xFFE6, 2},
    {0x1F300, 0x1F64F, 2}, {0x1F680, 0x1F6FF, 2}, {0x1F900, 0x1F9FF, 2}, {0x20000, 0x3FFFD, 2},
};

size_t bp_terminal_columns_of(uint32_t character) {
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (character >= ranges[i].first && character <= ranges[i].last) {
            return ranges[i].columns;
        }
    }
    return 1;
}

/* What is written is UTF-8: the console was told so, and files and pipes are read as such. */
bool bp_terminal_takes_utf8(void) {
    UINT code_page = GetConsoleOutputCP();
    return !code_page || code_page == CP_UTF8;
}
