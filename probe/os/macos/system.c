#include "probe/os/posix/system.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/event.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

/* How often a child looks whether its parent is still there. */
enum { LOOK_EACH_US = 250000 };

static void end_without_parent(int number) {
    (void)number;
    if (getppid() == 1) {
        _exit(127);
    }
}

/*
 * Nothing tells a process of macOS that its parent has ended. A collector looks for it from time
 * to time. A program cannot be made to: a timer, which outlasts execve, ends it when it has had
 * its time, whoever is left to see to that.
 */
void bp_system_tie_to_parent(int parent, bool program, double left_ms) {
    struct itimerval timer = {{0, LOOK_EACH_US}, {0, LOOK_EACH_US}};
    if (getppid() != parent) {
        _exit(127);
    }
    if (program) {
        double left = left_ms > 1 ? left_ms : 1;
        timer.it_interval = (struct timeval){0, 0};
        timer.it_value.tv_sec = (time_t)(left / 1e3);
        timer.it_value.tv_usec = (suseconds_t)((left - (double)(long)(left / 1e3) * 1e3) * 1e3);
    } else {
        const struct sigaction action = {.sa_handler = end_without_parent, .sa_flags = SA_RESTART};
        sigaction(SIGALRM, &action, NULL);
    }
    setitimer(ITIMER_REAL, &timer, NULL);
}

int bp_system_watch_end(int pid) {
    int queue = kqueue();
    struct kevent event;
    EV_SET(&event, (uintptr_t)pid, EVFILT_PROC, EV_ADD | EV_ONESHOT, NOTE_EXIT, 0, NULL);
    if (queue >= 0 && kevent(queue, &event, 1, NULL, 0, NULL) != 0) {
        close(queue); /* it has ended already: then its pipes tell */
        queue = -1;
    }
    return queue;
}

int bp_system_open_in_root(int root, const char *below, int flags) {
    (void)root;
    (void)below;
    (void)flags;
    errno = ENOSYS;
    return -1;
}

/* Flags belong to the open file: what one descriptor is told, the other shows. */
bool bp_system_same_open_file(int left, int right) {
    int before = fcntl(left, F_GETFL);
    int other = fcntl(right, F_GETFL);
    if (before < 0 || before != other || fcntl(left, F_SETFL, before ^ O_APPEND) != 0) {
        return false;
    }
    bool same = fcntl(right, F_GETFL) != other;
    fcntl(left, F_SETFL, before);
    return same;
}

int bp_system_open_peer(int master) {
    (void)master;
    return -1;
}

void bp_system_leave_no_core(void) {
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
}
