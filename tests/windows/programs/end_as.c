/*
 * Ends as its first argument says: exit NUMBER, null (writes to address 0), abort, overflow (of the
 * stack), breakpoint, sleep SECONDS, or interrupted SECONDS (sleeps, and ends as Windows ends a
 * program at ^C, which wine ends with 0). Prints the further arguments to standard output, and
 * "error:" with each to standard error, first.
 */
#include <fcntl.h>
#include <io.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>

static volatile int sink;

static int overflow(int depth) {
    volatile char filler[4096];
    filler[0] = (char)depth;
    sink += filler[0];
    return overflow(depth + 1) + filler[0];
}

static BOOL WINAPI end_at_event(DWORD event) {
    (void)event;
    ExitProcess((UINT)STATUS_CONTROL_C_EXIT);
}

int main(int argc, char *argv[]) {
    _setmode(1, _O_BINARY);
    _setmode(2, _O_BINARY);
    for (int i = 3; i < argc; i++) {
        printf("%s\n", argv[i]);
        fflush(stdout);
        fprintf(stderr, "error: %s\n", argv[i]);
    }
    const char *how = argc > 1 ? argv[1] : "";
    unsigned number = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 0) : 0;
    if (strcmp(how, "exit") == 0) {
        ExitProcess(number);
    } else if (strcmp(how, "null") == 0) {
        *(volatile int *)(uintptr_t)number = 1;
    } else if (strcmp(how, "abort") == 0) {
        abort();
    } else if (strcmp(how, "overflow") == 0) {
        return overflow(0);
    } else if (strcmp(how, "breakpoint") == 0) {
        DebugBreak();
    } else if (strcmp(how, "sleep") == 0) {
        Sleep(number * 1000);
    } else if (strcmp(how, "interrupted") == 0) {
        SetConsoleCtrlHandler(end_at_event, TRUE);
        printf("waiting\n");
        fflush(stdout);
        Sleep(number * 1000);
    }
    return 0;
}
