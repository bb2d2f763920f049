#include "report/os/windows/console.h"

#include <windows.h>

#ifndef ENABLE_VIRTUAL_TERMINAL_PROCESSING
#define ENABLE_VIRTUAL_TERMINAL_PROCESSING 0x0004
#endif

static const DWORD outputs[2] = {STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};

/* What the handler below puts back: it runs in a thread of its own, and gets no context. */
static struct bp_console before_all;

/* ^C ends this program at once, and would leave the console as it is now. */
static BOOL WINAPI on_event(DWORD event) {
    (void)event;
    bp_console_put_back(&before_all);
    return FALSE;
}

struct bp_console bp_console_prepare(void) {
    struct bp_console before = {.code_page = GetConsoleOutputCP()};
    if (before.code_page && before.code_page != CP_UTF8) {
        SetConsoleOutputCP(CP_UTF8);
    }
    for (size_t i = 0; i < 2; i++) {
        HANDLE output = GetStdHandle(outputs[i]);
        DWORD mode = 0;
        if (GetConsoleMode(output, &mode) && !(mode & ENABLE_VIRTUAL_TERMINAL_PROCESSING)) {
            before.modes[i] = mode;
            before.changed[i] = SetConsoleMode(output, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
        }
    }
    before_all = before;
    SetConsoleCtrlHandler(on_event, TRUE);
    return before;
}

void bp_console_put_back(const struct bp_console *before) {
    for (size_t i = 0; i < 2; i++) {
        if (before->changed[i]) {
            SetConsoleMode(GetStdHandle(outputs[i]), before->modes[i]);
        }
    }
    if (before->code_page && before->code_page != CP_UTF8) {
        SetConsoleOutputCP(before->code_page);
    }
}
