#include <stdlib.h>

#include "base/memory.h"
#include "probe/os/windows/batch_resume.h"
#include "probe/os/windows/wide.h"
#include "report/command.h"
#include "report/os/windows/console.h"
#include "report/output.h"

#include <windows.h>

static int run(int count, char *arguments[]) {
    int code = count == 2 ? bp_batch_resume(arguments[1]) : -1;
    if (code < 0) {
        struct bp_identity identity = bp_identity_of_system();
        struct bp_console before = bp_console_prepare();
        code = bp_program(count, arguments, &identity);
        bp_console_put_back(&before);
        bp_identity_free(&identity);
    }
    return code;
}

/* Windows' own entry: its arguments are whole, whatever the code page. */
int wmain(int argc, wchar_t *argv[]);

int wmain(int argc, wchar_t *argv[]) {
    bp_memory_install();
    bp_output_prepare();
    /* A crash or a missing disk is an answer, and no window on a screen that nobody may see. */
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
    char **arguments = bp_alloc_array((size_t)argc + 1, sizeof *arguments);
    for (int i = 0; i < argc; i++) {
        arguments[i] = bp_narrow(argv[i]);
    }
    int code = run(argc, arguments);
    for (int i = 0; i < argc; i++) {
        free(arguments[i]);
    }
    free(arguments);
    return code;
}
