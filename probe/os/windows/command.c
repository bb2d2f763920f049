/*
 * Running a command to its end. It shares our console, so that ^C reaches it by itself; it sees
 * pipes in the place of the outputs.
 */
#include "probe/os/command.h"

#include <stdlib.h>

#include "base/memory.h"
#include "probe/os/clock.h"
#include "probe/os/windows/command_parts.h"
#include "probe/os/windows/wide.h"

enum {
    /* What may still be read once the command has ended and something else holds its output. */
    MOST_AFTER_END = 256 << 10,
};
static const double silence_after_end_ms = 100; /* without output: then it is not waited for */
static const double longest_after_end_ms = 1000;
static const double longest_wait_ms = 1000;

/* Set by the handler below, which runs in a thread of its own; Windows hands it no context. */
static volatile LONG events_received;

struct running {
    const struct bp_command_watch *watch;
    struct bp_command_end *end;
    struct bp_command_output outputs[2];
    size_t count;
    HANDLE process;
    bool ended;
    double started_ms;
    double look_at_ms;
    double ended_ms;
    double heard_ms; /* when it last printed */
    size_t read_after_end;
};

/* --- ^C --- */

/* The command has got it as well, and decides; this program goes on to tell how it ended. */
static BOOL WINAPI on_event(DWORD event) {
    if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT) {
        return FALSE;
    }
    InterlockedOr(&events_received, 1 << event);
    return TRUE;
}

/* Number N + 1 for event N: 0 is no signal anywhere. */
const char *bp_received_name(int number) {
    return number == CTRL_C_EVENT + 1 ? "^C" : number == CTRL_BREAK_EVENT + 1 ? "^Break" : NULL;
}

const char *bp_signal_name(int number) {
    (void)number; /* Windows has none */
    return NULL;
}

void bp_end_by_signal(int number) {
    (void)number;
}

/* --- start --- */

static HANDLE inheritable(HANDLE handle) {
    HANDLE copy = NULL;
    if (!handle || handle == INVALID_HANDLE_VALUE ||
        !DuplicateHandle(GetCurrentProcess(), handle, GetCurrentProcess(), &copy, 0, TRUE,
                         DUPLICATE_SAME_ACCESS)) {
        return NULL;
    }
    return copy;
}

static int open_outputs(struct running *running, struct bp_err *err) {
    HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
    HANDLE error = GetStdHandle(STD_ERROR_HANDLE);
    running->end->one_stream = bp_command_outputs_are_one(output, error);
    running->count = running->end->one_stream ? 1 : 2;
    if (bp_command_output_open(&running->outputs[0], output, err) != 0) {
        return -1;
    }
    return running->count == 1 ? 0 : bp_command_output_open(&running->outputs[1], error, err);
}

/* 0, or Windows' error number. */
static DWORD create(struct running *running, const struct bp_command_program *program) {
    HANDLE input = inheritable(GetStdHandle(STD_INPUT_HANDLE));
    HANDLE handles[] = {running->outputs[0].inside, running->outputs[running->count - 1].inside,
                        input};
    PROCESS_INFORMATION process;
    /* A handle may stand in the list once, and none that is NULL. */
    LPPROC_THREAD_ATTRIBUTE_LIST list = bp_child_inherit_only(
        handles + (running->count == 1), 1 + running->count - 1 + (input != NULL));
    STARTUPINFOEXW start = {.StartupInfo = {.cb = sizeof start,
                                            .dwFlags = STARTF_USESTDHANDLES,
                                            .hStdInput = input,
                                            .hStdOutput = handles[0],
                                            .hStdError = handles[1]},
                            .lpAttributeList = list};
    DWORD flags =
        CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT | CREATE_DEFAULT_ERROR_MODE;
    BOOL created = list && CreateProcessW(program->file, program->command_line, NULL, NULL, TRUE,
                                          flags, NULL, NULL, &start.StartupInfo, &process);
    DWORD error = created ? 0 : GetLastError();
    bp_child_inherit_free(list);
    if (input) {
        CloseHandle(input);
    }
    if (created) {
        CloseHandle(process.hThread);
        running->process = process.hProcess;
        if (running->watch->started) {
            running->watch->started(running->watch->context, (long)process.dwProcessId);
        }
    }
    return error;
}

static int start(struct running *running, char *const arguments[], struct bp_err *err) {
    struct bp_command_program program;
    int result = bp_command_program_find(&program, arguments, err);
    if (result == 0) {
        running->started_ms = bp_now_ms();
        DWORD error = create(running, &program);
        if (error) {
            result = bp_fail_windows(err, error, "%s cannot be executed", arguments[0]);
            if (err) {
                err->code = BP_E_DENIED;
            }
        }
    }
    for (size_t i = 0; i < running->count; i++) {
        CloseHandle(running->outputs[i].inside);
        running->outputs[i].inside = NULL;
    }
    bp_command_program_free(&program);
    return result;
}

/* --- output --- */

static void look(struct running *running) {
    const struct bp_command_watch *watch = running->watch;
    if (watch->look && !running->ended) {
        running->look_at_ms = bp_now_ms() + watch->look(watch->context);
    }
}

/* Takes what one output has. Returns whether there was something. */
static bool take_output(struct running *running, size_t index) {
    struct bp_command_output *output = &running->outputs[index];
    size_t length = bp_child_reader_take(&output->from);
    if (!length) {
        return false;
    }
    look(running); /* before it goes on: what has failed says so and ends soon after */
    if (running->watch->printed) {
        running->watch->printed(running->watch->context, (int)index, output->from.buffer, length);
    }
    running->heard_ms = bp_now_ms();
    running->read_after_end += running->ended ? length : 0;
    if (!bp_command_output_write(output, output->from.buffer, length)) {
        /* Nobody reads it any more: the command is to learn that from its own next write. */
        bp_child_reader_close(&output->from);
    }
    return true;
}

/* --- the loop --- */

static void look_at_end(struct running *running) {
    DWORD code = 0;
    if (running->ended || WaitForSingleObject(running->process, 0) != WAIT_OBJECT_0) {
        return;
    }
    GetExitCodeProcess(running->process, &code);
    running->ended = true;
    running->ended_ms = running->heard_ms = bp_now_ms();
    running->end->ms = running->ended_ms - running->started_ms;
    running->end->exit_code = (int64_t)code;
}

static bool is_reading(const struct running *running) {
    bool reading = false;
    for (size_t i = 0; i < running->count; i++) {
        reading |= running->outputs[i].from.pipe != NULL;
    }
    return reading;
}

/* Whether all has been done: it has ended, and its output has been passed on. */
static bool is_over(const struct running *running) {
    double now = bp_now_ms();
    return running->ended &&
           (!is_reading(running) || now - running->heard_ms >= silence_after_end_ms ||
            now - running->ended_ms >= longest_after_end_ms ||
            running->read_after_end >= MOST_AFTER_END);
}

static void wait_for_news(const struct running *running) {
    HANDLE handles[3];
    DWORD used = 0;
    double now = bp_now_ms();
    double wait = running->ended         ? silence_after_end_ms - (now - running->heard_ms)
                  : running->watch->look ? running->look_at_ms - now
                                         : longest_wait_ms;
    for (size_t i = 0; i < running->count; i++) {
        if (running->outputs[i].from.reading) {
            handles[used++] = running->outputs[i].from.read.hEvent;
        }
    }
    if (!running->ended) {
        handles[used++] = running->process;
    }
    if (used) {
        WaitForMultipleObjects(used, handles, FALSE, wait > 0 ? (DWORD)wait + 1 : 0);
    }
}

static void relay(struct running *running) {
    while (!is_over(running)) {
        bool heard = false;
        for (size_t i = 0; i < running->count; i++) {
            heard |= take_output(running, i);
        }
        if (!heard) {
            look_at_end(running);
            if (!running->ended && running->watch->look && bp_now_ms() >= running->look_at_ms) {
                look(running);
            }
            wait_for_news(running);
        }
    }
}

int bp_command_run(char *const arguments[], const struct bp_command_watch *watch,
                   struct bp_command_end *end, struct bp_err *err) {
    struct running running = {.watch = watch, .end = end};
    *end = (struct bp_command_end){.exit_code = -1};
    InterlockedExchange(&events_received, 0);
    SetConsoleCtrlHandler(on_event, TRUE);
    int result = open_outputs(&running, err);
    if (result == 0) {
        result = start(&running, arguments, err);
    }
    if (result == 0) {
        look(&running);
        relay(&running);
        end->left_running = is_reading(&running);
        end->received = (uint64_t)InterlockedOr(&events_received, 0) << 1;
        CloseHandle(running.process);
    }
    for (size_t i = 0; i < running.count; i++) {
        bp_command_output_close(&running.outputs[i]);
    }
    SetConsoleCtrlHandler(on_event, FALSE);
    return result;
}
