/*
 * Windows cannot copy a process. So this program is started again, with a hidden first argument
 * that names two handles: a piece of memory with what to collect, as JSON, and the pipe for the
 * facts. What vendor code prints goes to standard output and error as with any child.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/batch.h"
#include "probe/os/windows/batch_resume.h"
#include "probe/os/windows/child_handles.h"
#include "probe/os/windows/command_line.h"
#include "probe/os/windows/wide.h"

/* A program is loaded, and often looked through by a virus scanner first. */
const double bp_batch_start_ms = 1000;

static cJSON *describe(const struct bp_batch *batch) {
    const struct bp_probe *probe = batch->probe;
    cJSON *request = cJSON_CreateObject();
    cJSON *rows = cJSON_AddArrayToObject(request, "rows");
    cJSON *pythons = cJSON_AddArrayToObject(request, "pythons");
    for (size_t i = 0; i < batch->count; i++) {
        cJSON_AddItemToArray(rows, cJSON_CreateString(batch->rows[i].name));
    }
    for (size_t i = 0; i < probe->pythons->count; i++) {
        cJSON_AddItemToArray(pythons, cJSON_CreateString(probe->pythons->items[i]));
    }
    bp_json_set_text(request, "pythons_because", probe->pythons_because);
    bp_json_set_text(request, "root", probe->root->live ? NULL : probe->root->path);
    bp_json_set_number(request, "program_deadline_ms", probe->program_deadline_ms);
    bp_json_set_number(request, "program_grace_ms", probe->program_grace_ms);
    cJSON_AddItemReferenceToObject(request, "snapshot", batch->snapshot);
    return request;
}

/* Memory that the child can be given, with `text` and its zero in it; NULL and GetLastError. */
static HANDLE share(const char *text) {
    SECURITY_ATTRIBUTES inherited = {.nLength = sizeof inherited, .bInheritHandle = TRUE};
    size_t size = strlen(text) + 1;
    HANDLE memory = CreateFileMappingW(INVALID_HANDLE_VALUE, &inherited, PAGE_READWRITE,
                                       (DWORD)((uint64_t)size >> 32), (DWORD)size, NULL);
    void *view = memory ? MapViewOfFile(memory, FILE_MAP_WRITE, 0, 0, size) : NULL;
    if (view) {
        memcpy(view, text, size);
        UnmapViewOfFile(view);
    } else if (memory) {
        DWORD error = GetLastError();
        CloseHandle(memory);
        memory = NULL;
        SetLastError(error);
    }
    return memory;
}

/* The file of this program. The caller frees it. */
static wchar_t *own_file(void) {
    for (DWORD size = MAX_PATH;; size *= 2) {
        wchar_t *path = bp_alloc_array(size, sizeof *path);
        if (GetModuleFileNameW(NULL, path, size) < size) {
            return path;
        }
        free(path);
    }
}

static int launch(struct bp_child *child, struct bp_child_inside *inside, HANDLE memory,
                  struct bp_err *err) {
    char *handles =
        bp_format("%s%llx,%llx", bp_batch_argument, (unsigned long long)(uintptr_t)memory,
                  (unsigned long long)(uintptr_t)inside->output);
    const char *const arguments[] = {"bnb-probe", handles, NULL};
    wchar_t *program = own_file();
    const struct bp_child_launch what = {
        .program = program,
        .command_line = bp_command_line(arguments),
        .standard_output = inside->noise,
        .further = {memory, inside->output},
    };
    int result = bp_child_handles_launch(child, inside, &what, err);
    free(what.command_line);
    free(program);
    free(handles);
    return result;
}

int bp_batch_start(struct bp_child *child, const struct bp_batch *batch, struct bp_err *err) {
    struct bp_child_inside inside;
    cJSON *request = describe(batch);
    char *text = bp_json_print(request, false);
    HANDLE memory = share(text);
    DWORD error = GetLastError();
    cJSON_Delete(request);
    free(text);
    if (!memory) {
        return bp_fail_windows(err, error, "cannot share memory with a child");
    }
    int result = bp_child_handles_make(child, &inside, err);
    if (result == 0) {
        result = launch(child, &inside, memory, err);
    }
    CloseHandle(memory);
    return result;
}
