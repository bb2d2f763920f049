#include "probe/os/posix/system.h"

#include <fcntl.h>
#include <linux/kcmp.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

void bp_system_tie_to_parent(int parent, bool program, double left_ms) {
    (void)program;
    (void)left_ms;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(127); /* the parent died before the line above took hold */
    }
}

int bp_system_watch_end(int pid) {
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

int bp_system_open_in_root(int root, const char *below, int flags) {
    struct open_how how = {.flags = (uint64_t)(unsigned)flags, .resolve = RESOLVE_IN_ROOT};
    return (int)syscall(SYS_openat2, root, below, &how, sizeof how);
}

bool bp_system_same_open_file(int left, int right) {
    return syscall(SYS_kcmp, getpid(), getpid(), KCMP_FILE, left, right) == 0;
}

int bp_system_open_peer(int master) {
    return ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

void bp_system_leave_no_core(void) {
    prctl(PR_SET_DUMPABLE, 0); /* a limit would not count where cores go to a program */
}
