#include "base/nt_status.h"

#include <stddef.h>

static const struct status {
    uint32_t code;
    const char *name;
    const char *means;
} statuses[] = {
    {0x80000003, "STATUS_BREAKPOINT", "it came upon a breakpoint, with no debugger there"},
    {0xC0000005, "STATUS_ACCESS_VIOLATION", "it touched memory that is not its own"},
    {0xC0000006, "STATUS_IN_PAGE_ERROR", "a part of its memory could not be read from its file"},
    {0xC0000017, "STATUS_NO_MEMORY", "memory ran out"},
    {0xC000001D, "STATUS_ILLEGAL_INSTRUCTION", "an instruction that this processor does not have"},
    {0xC0000025, "STATUS_NONCONTINUABLE_EXCEPTION",
     "it went on after an error that allows no such"},
    {0xC0000094, "STATUS_INTEGER_DIVIDE_BY_ZERO", "a whole number was divided by zero"},
    {0xC00000FD, "STATUS_STACK_OVERFLOW", "its calls were nested too deep"},
    {0xC0000135, "STATUS_DLL_NOT_FOUND", "a DLL that it needs was not found"},
    {0xC0000138, "STATUS_ORDINAL_NOT_FOUND", "a DLL that it needs is of another version"},
    {0xC0000139, "STATUS_ENTRYPOINT_NOT_FOUND", "a DLL that it needs lacks a function"},
    {0xC000013A, "STATUS_CONTROL_C_EXIT", "it was interrupted, as ^C does"},
    {0xC0000142, "STATUS_DLL_INIT_FAILED", "a DLL that it needs could not start"},
    {0xC0000374, "STATUS_HEAP_CORRUPTION", "the records of its memory were overwritten"},
    {0xC0000409, "STATUS_STACK_BUFFER_OVERRUN",
     "it gave up by itself, which C and C++ code does on an error it cannot handle"},
    {0xC0000417, "STATUS_INVALID_CRUNTIME_PARAMETER", "a C function was called the wrong way"},
    {0xC06D007E, "a delay-loaded DLL is missing", "a DLL that it needs later was not found"},
    {0xC06D007F, "a delay-loaded function is missing",
     "a DLL that it needs later lacks a function"},
    {0xE06D7363, "a C++ exception", "a C++ exception that nothing caught"},
};

static const struct status *find(uint32_t code) {
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (statuses[i].code == code) {
            return &statuses[i];
        }
    }
    return NULL;
}

/* The two highest bits say "error"; many programs end with -1 or with their own small codes. */
bool bp_nt_status_is_exception(uint32_t code) {
    return find(code) != NULL || (code >= 0xC0000000 && code < 0xC1000000);
}

const char *bp_nt_status_name(uint32_t code) {
    const struct status *status = find(code);
    return status ? status->name : NULL;
}

const char *bp_nt_status_means(uint32_t code) {
    const struct status *status = find(code);
    return status ? status->means : NULL;
}
