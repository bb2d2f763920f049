#include "probe/os/windows/child_handles.h"

#include <stdlib.h>

#include "base/memory.h"
#include "probe/os/windows/wide.h"

/* Tries for a free name of a pipe. */
enum { NAME_TRIES = 1000 };

/* --- pipes --- */

/*
 * Only pipes with a name can be read while other things go on. A name is taken for one pipe
 * and one reader, so nobody else can have made it before or join later.
 */
static HANDLE make_named(wchar_t **name) {
    HANDLE pipe = INVALID_HANDLE_VALUE;
    LARGE_INTEGER ticks;
    QueryPerformanceCounter(&ticks);
    *name = NULL;
    for (int i = 0; i < NAME_TRIES && pipe == INVALID_HANDLE_VALUE; i++) {
        char *text = bp_format("\\\\.\\pipe\\bnb-probe-%lu-%llx-%d", GetCurrentProcessId(),
                               (unsigned long long)ticks.QuadPart, i);
        free(*name);
        *name = bp_wide(text);
        free(text);
        pipe = CreateNamedPipeW(
            *name, PIPE_ACCESS_INBOUND | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
            PIPE_TYPE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS, 1, 0, BP_CHILD_READ_SIZE, 0,
            NULL);
    }
    return pipe;
}

int bp_child_reader_open(struct bp_child_reader *reader, HANDLE *inside, struct bp_err *err) {
    SECURITY_ATTRIBUTES inherited = {.nLength = sizeof inherited, .bInheritHandle = TRUE};
    wchar_t *name;
    HANDLE pipe = make_named(&name);
    DWORD error = GetLastError();
    *inside = INVALID_HANDLE_VALUE;
    if (pipe != INVALID_HANDLE_VALUE) {
        *inside = CreateFileW(name, GENERIC_WRITE | FILE_READ_ATTRIBUTES, 0, &inherited,
                              OPEN_EXISTING, 0, NULL);
        error = GetLastError();
    }
    free(name);
    if (*inside == INVALID_HANDLE_VALUE) {
        if (pipe != INVALID_HANDLE_VALUE) {
            CloseHandle(pipe);
        }
        return bp_fail_windows(err, error, "cannot make a pipe");
    }
    reader->pipe = pipe;
    reader->buffer = bp_alloc(BP_CHILD_READ_SIZE);
    reader->read.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    return 0;
}

size_t bp_child_reader_take(struct bp_child_reader *reader) {
    DWORD got = 0;
    if (!reader->pipe) {
        return 0;
    }
    if (!reader->reading) {
        reader->reading =
            ReadFile(reader->pipe, reader->buffer, BP_CHILD_READ_SIZE, NULL, &reader->read) ||
            GetLastError() == ERROR_IO_PENDING;
    }
    if (reader->reading && GetOverlappedResult(reader->pipe, &reader->read, &got, FALSE)) {
        reader->reading = false;
        return got;
    }
    if (!reader->reading || GetLastError() != ERROR_IO_INCOMPLETE) {
        reader->reading = false;
        bp_child_reader_close(reader); /* nobody writes any more */
    }
    return 0;
}

void bp_child_reader_close(struct bp_child_reader *reader) {
    if (!reader->pipe) {
        return;
    }
    if (reader->reading) {
        DWORD got;
        CancelIoEx(reader->pipe, &reader->read);
        GetOverlappedResult(reader->pipe, &reader->read, &got, TRUE);
        reader->reading = false;
    }
    CloseHandle(reader->pipe);
    CloseHandle(reader->read.hEvent);
    free(reader->buffer);
    *reader = (struct bp_child_reader){0};
}

int bp_child_handles_make(struct bp_child *child, struct bp_child_inside *inside,
                          struct bp_err *err) {
    struct bp_child_handles *handles = bp_alloc(sizeof *handles);
    child->output = (struct bp_str)BP_STR_EMPTY;
    child->noise = (struct bp_str)BP_STR_EMPTY;
    child->output_fd = child->noise_fd = child->ended_fd = -1;
    child->started_ms = child->ended_ms = bp_now_ms();
    child->handles = handles;
    if (bp_child_reader_open(&handles->output, &inside->output, err) != 0) {
        bp_child_handles_free(child);
        return -1;
    }
    if (bp_child_reader_open(&handles->noise, &inside->noise, err) != 0) {
        CloseHandle(inside->output);
        bp_child_handles_free(child);
        return -1;
    }
    return 0;
}

void bp_child_handles_free(struct bp_child *child) {
    struct bp_child_handles *handles = child->handles;
    if (!handles) {
        return;
    }
    bp_child_reader_close(&handles->output);
    bp_child_reader_close(&handles->noise);
    if (handles->process) {
        CloseHandle(handles->process);
    }
    if (handles->job) {
        CloseHandle(handles->job);
    }
    free(handles);
    child->handles = NULL;
}

/* --- the process --- */

/* A job whose processes end with the last handle to it, that is with us. NULL: there is none. */
static HANDLE make_job(void) {
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
    limits.BasicLimitInformation.LimitFlags =
        JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION;
    HANDLE job = CreateJobObjectW(NULL, NULL);
    if (job) {
        SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits);
    }
    return job;
}

LPPROC_THREAD_ATTRIBUTE_LIST bp_child_inherit_only(HANDLE *handles, size_t count) {
    SIZE_T size = 0;
    InitializeProcThreadAttributeList(NULL, 1, 0, &size);
    LPPROC_THREAD_ATTRIBUTE_LIST list = bp_alloc(size);
    if (!InitializeProcThreadAttributeList(list, 1, 0, &size)) {
        free(list);
        return NULL;
    }
    if (!UpdateProcThreadAttribute(list, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, handles,
                                   count * sizeof *handles, NULL, NULL)) {
        DeleteProcThreadAttributeList(list);
        free(list);
        return NULL;
    }
    return list;
}

void bp_child_inherit_free(LPPROC_THREAD_ATTRIBUTE_LIST list) {
    if (list) {
        DeleteProcThreadAttributeList(list);
        free(list);
    }
}

/* Without a console of ours, Windows would open one on the screen for the child. */
static DWORD console_flag(void) {
    return GetConsoleCP() ? 0 : CREATE_NO_WINDOW;
}

/* Starts it, not yet running. 0, or Windows' error number. */
static DWORD create(const struct bp_child_launch *launch, HANDLE input, HANDLE noise,
                    PROCESS_INFORMATION *process) {
    HANDLE handles[5] = {input, noise};
    size_t count = 2;
    const HANDLE others[] = {launch->standard_output, launch->further[0], launch->further[1]};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (others[i] && others[i] != noise) { /* a handle may stand in the list once */
            handles[count++] = others[i];
        }
    }
    STARTUPINFOEXW start = {.StartupInfo = {.cb = sizeof start,
                                            .dwFlags = STARTF_USESTDHANDLES,
                                            .hStdInput = input,
                                            .hStdOutput = launch->standard_output,
                                            .hStdError = noise},
                            .lpAttributeList = bp_child_inherit_only(handles, count)};
    DWORD flags = CREATE_SUSPENDED | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT |
                  console_flag();
    if (!start.lpAttributeList) {
        return GetLastError();
    }
    BOOL created = CreateProcessW(launch->program, launch->command_line, NULL, NULL, TRUE, flags,
                                  launch->environment, launch->folder, &start.StartupInfo, process);
    DWORD error = created ? 0 : GetLastError();
    bp_child_inherit_free(start.lpAttributeList);
    return error;
}

static void let_run(struct bp_child *child, const PROCESS_INFORMATION *process) {
    struct bp_child_handles *handles = child->handles;
    handles->process = process->hProcess;
    handles->job = make_job();
    if (handles->job && !AssignProcessToJobObject(handles->job, process->hProcess)) {
        CloseHandle(handles->job);
        handles->job = NULL;
    }
    ResumeThread(process->hThread);
    CloseHandle(process->hThread);
    child->pid = (int)process->dwProcessId;
    child->state = BP_CHILD_RUNNING;
    child->stage = BP_CHILD_LET_RUN;
}

int bp_child_handles_launch(struct bp_child *child, struct bp_child_inside *inside,
                            const struct bp_child_launch *launch, struct bp_err *err) {
    SECURITY_ATTRIBUTES inherited = {.nLength = sizeof inherited, .bInheritHandle = TRUE};
    PROCESS_INFORMATION process;
    HANDLE input = CreateFileW(L"NUL", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited,
                               OPEN_EXISTING, 0, NULL);
    DWORD error = create(launch, input, inside->noise, &process);
    CloseHandle(input);
    CloseHandle(inside->output);
    CloseHandle(inside->noise);
    if (error) {
        bp_child_handles_free(child);
        return bp_fail_windows(err, error, "cannot start a child process");
    }
    let_run(child, &process);
    return 0;
}
