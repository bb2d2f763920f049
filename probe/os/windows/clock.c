#include "probe/os/clock.h"

#include <windows.h>

/* Counted since the system was started, so that processes may tell each other of a moment. */
double bp_now_ms(void) {
    LARGE_INTEGER ticks;
    LARGE_INTEGER per_second;
    QueryPerformanceFrequency(&per_second);
    QueryPerformanceCounter(&ticks);
    return (double)ticks.QuadPart * 1e3 / (double)per_second.QuadPart;
}
