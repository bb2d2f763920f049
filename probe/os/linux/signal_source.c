#include "probe/os/posix/signal_source.h"

#include <sys/signalfd.h>
#include <unistd.h>

int bp_signal_source_open(const sigset_t *signals) {
    return signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

bool bp_signal_source_next(int source, struct bp_signal *next) {
    struct signalfd_siginfo info;
    if (read(source, &info, sizeof info) != (ssize_t)sizeof info) {
        return false;
    }
    *next = (struct bp_signal){.number = (int)info.ssi_signo,
                               .from_system = info.ssi_code > 0,
                               .sender = (int)info.ssi_pid};
    return true;
}

void bp_signal_source_close(int source) {
    close(source);
}
