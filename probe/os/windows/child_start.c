#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/os/windows/child_handles.h"
#include "probe/os/windows/command_line.h"
#include "probe/os/windows/wide.h"

/*
 * A batch file is run by cmd.exe, which takes the command line apart in its own way: what was one
 * argument may become a command.
 */
static bool is_batch_file(const char *program) {
    const char *dot = strrchr(program, '.');
    return dot && (_stricmp(dot, ".bat") == 0 || _stricmp(dot, ".cmd") == 0);
}

/* The top of the drive that Windows is on. The caller frees it. */
static char *top_folder(void) {
    wchar_t folder[MAX_PATH + 1] = L"";
    UINT length = GetSystemWindowsDirectoryW(folder, MAX_PATH);
    return bp_format("%c:/", length && length < MAX_PATH ? (char)folder[0] : 'C');
}

int bp_child_start_program(struct bp_child *child, const char *program,
                           const char *const arguments[], const char *folder,
                           char *const environment[], struct bp_err *err) {
    struct bp_child_inside inside;
    if (is_batch_file(program)) {
        return bp_fail(err, BP_E_DENIED, "%s is a batch file, which is not run", program);
    }
    if (bp_child_handles_make(child, &inside, err) != 0) {
        return -1;
    }
    char *top = folder ? bp_strdup(folder) : top_folder();
    wchar_t *wide_program = bp_wide_native_path(program);
    wchar_t *wide_folder = bp_wide_native_path(top);
    const struct bp_child_launch launch = {
        .program = wide_program,
        .command_line = bp_command_line(arguments),
        .folder = wide_folder,
        .environment = environment ? bp_environment_block(environment) : NULL,
        .standard_output = inside.output,
    };
    int result = bp_child_handles_launch(child, &inside, &launch, err);
    free(launch.environment);
    free(launch.command_line);
    free(wide_folder);
    free(wide_program);
    free(top);
    return result;
}
