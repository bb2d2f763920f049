/* Waiting for children, and ending those that do not end. */
#include <stdlib.h>

#include "base/memory.h"
#include "base/nt_status.h"
#include "probe/os/windows/child_handles.h"

/* Read at a time from one child, so that an endless one cannot keep us from the others. */
enum { TURNS = 8 };
/* Where there is more to wait for than Windows waits for at once, it is looked at this often. */
static const double crowded_ms = 5;
/* The exit code of what we end; how it ended is kept apart. */
enum { ENDED_BY_US = 1 };

/* What is being done to a child that is running, after BP_CHILD_LET_RUN. */
enum stage { STAGE_KILL = 1 };

/* --- output --- */

/* Takes what is there, up to `limit` bytes kept. Returns whether more came than that. */
static bool take_bytes(struct bp_child_reader *reader, struct bp_str *kept, size_t limit) {
    for (int turn = 0; turn < TURNS; turn++) {
        size_t got = bp_child_reader_take(reader);
        if (!got) {
            return false;
        }
        if (bp_str_add_within(kept, reader->buffer, got, limit - kept->length)) {
            return true;
        }
    }
    return false;
}

/* --- ending --- */

bool bp_child_is_alive(const struct bp_child *child) {
    return child->handles != NULL;
}

/* Ends it and all that it started. */
static void end(const struct bp_child *child) {
    if (child->handles->job) {
        TerminateJobObject(child->handles->job, ENDED_BY_US);
    } else {
        TerminateProcess(child->handles->process, ENDED_BY_US);
    }
}

/* Windows has no way to ask a process without a window to end. */
static void begin_ending(struct bp_child *child, enum bp_child_state why, double now) {
    child->state = why;
    child->stage = STAGE_KILL;
    child->deadline_ms = now + bp_child_grace(child);
    end(child);
}

void bp_child_read(struct bp_child *child, double now) {
    struct bp_child_handles *handles = child->handles;
    bool flooded = take_bytes(&handles->output, &child->output, bp_child_output_limit(child));
    take_bytes(&handles->noise, &child->noise, BP_CHILD_NOISE_LIMIT);
    if (flooded && child->stage == BP_CHILD_LET_RUN) {
        begin_ending(child, BP_CHILD_FLOODED, now);
    }
}

static void finish(struct bp_child *child, double now) {
    bp_child_handles_free(child);
    child->pid = 0;
    child->ended_ms = now;
}

bool bp_child_reap(struct bp_child *child, double now) {
    DWORD code = 0;
    if (WaitForSingleObject(child->handles->process, 0) != WAIT_OBJECT_0) {
        return false;
    }
    GetExitCodeProcess(child->handles->process, &code);
    if (child->handles->job) {
        TerminateJobObject(child->handles->job, ENDED_BY_US); /* what it left behind */
    }
    bp_child_read(child, now);
    child->exit_code = (int)code;
    child->signal = 0;
    if (child->state == BP_CHILD_RUNNING) {
        child->state = bp_nt_status_is_exception(code) ? BP_CHILD_SIGNALLED : BP_CHILD_EXITED;
    }
    finish(child, now);
    return true;
}

bool bp_child_press(struct bp_child *child, double now) {
    if (now < child->deadline_ms) {
        return false;
    }
    if (child->stage == BP_CHILD_LET_RUN) {
        begin_ending(child, BP_CHILD_TIMED_OUT, now);
        return false;
    }
    child->state = BP_CHILD_ABANDONED;
    finish(child, now);
    return true;
}

/* --- waiting --- */

static void add_reader(HANDLE *handles, DWORD *count, const struct bp_child_reader *reader) {
    if (reader->reading && *count < MAXIMUM_WAIT_OBJECTS) {
        handles[(*count)++] = reader->read.hEvent;
    }
}

void bp_children_sleep(const struct bp_child *children, size_t count) {
    HANDLE handles[MAXIMUM_WAIT_OBJECTS];
    DWORD used = 0;
    double wait = 1000;
    double now = bp_now_ms();
    for (size_t i = 0; i < count; i++) {
        const struct bp_child *child = &children[i];
        if (!bp_child_is_alive(child)) {
            continue;
        }
        double left = child->deadline_ms - now;
        wait = left < wait ? left : wait;
        add_reader(handles, &used, &child->handles->output);
        add_reader(handles, &used, &child->handles->noise);
        if (used < MAXIMUM_WAIT_OBJECTS) {
            handles[used++] = child->handles->process;
        }
    }
    if (used == MAXIMUM_WAIT_OBJECTS && wait > crowded_ms) {
        wait = crowded_ms;
    }
    WaitForMultipleObjects(used, handles, FALSE, wait > 0 ? (DWORD)wait + 1 : 0);
}

bool bp_child_faulted(const struct bp_child *child) {
    return child->state == BP_CHILD_SIGNALLED;
}

char *bp_child_cause(const struct bp_child *child) {
    uint32_t code = (uint32_t)child->exit_code;
    const char *name = bp_nt_status_name(code);
    return bp_format("exception 0x%08lX%s%s%s", (unsigned long)code, name ? " (" : "",
                     name ? name : "", name ? ")" : "");
}
