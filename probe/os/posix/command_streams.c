/* The outputs of a command: pseudo-terminals and pipes, read here and written on. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/memory.h"
#include "probe/os/posix/command_parts.h"
#include "probe/os/posix/system.h"

enum {
    READ_SIZE = 65536,
    /* Where a pipe or a terminal is ready for writing, so much goes into it without waiting. */
    WRITE_SIZE = 4096,
};

/* A descriptor that was closed at the start holds the null device the wrong way round. */
static bool was_closed(int fd) {
    int flags = fcntl(fd, F_GETFL);
    int wrong = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    return flags < 0 || ((flags & O_ACCMODE) == wrong && !isatty(fd));
}

/* Whether both are the same open file, so that what goes into one follows what went into the other.
 */
static bool same_open_file(int left, int right) {
    struct stat one;
    struct stat other;
    if (fstat(left, &one) != 0 || fstat(right, &other) != 0 || one.st_dev != other.st_dev ||
        one.st_ino != other.st_ino) {
        return false;
    }
    /* A regular file may be open twice, each with its own place; of the rest there is one place. */
    return !S_ISREG(one.st_mode) || bp_system_same_open_file(left, right);
}

static void set_size(int master, int terminal) {
    struct winsize size;
    if (ioctl(terminal, TIOCGWINSZ, &size) == 0) {
        ioctl(master, TIOCSWINSZ, &size);
    }
}

/* The other end of a pseudo-terminal, or -1. By its name where the kernel (before 4.13) needs it.
 */
static int open_slave(int master) {
    char name[64]; /* "/dev/pts/N" */
    if (grantpt(master) != 0 || unlockpt(master) != 0) {
        return -1;
    }
    int slave = bp_system_open_peer(master);
    if (slave < 0 && ptsname_r(master, name, sizeof name) == 0) {
        slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    }
    return slave;
}

/*
 * The slave is set as the terminal is, save that it changes no byte: line ends are made by the
 * real one, which is written to in the end.
 */
static bool open_terminal(struct bp_stream *stream) {
    struct termios settings;
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0) {
        return false;
    }
    int slave = open_slave(master);
    if (slave < 0 || tcgetattr(stream->to, &settings) != 0) {
        close(master);
        if (slave >= 0) {
            close(slave);
        }
        return false;
    }
    settings.c_oflag &= ~(tcflag_t)OPOST;
    tcsetattr(slave, TCSANOW, &settings);
    set_size(master, stream->to);
    stream->settings = settings;
    stream->from = master;
    stream->inside = slave;
    stream->terminal = true;
    return true;
}

static int open_stream(struct bp_streams *streams, int to, struct bp_err *err) {
    struct bp_stream *stream = &streams->items[streams->count];
    struct stat status;
    int ends[2];
    *stream = (struct bp_stream){.from = -1, .inside = -1, .to = to};
    stream->whole_writes = fstat(to, &status) == 0 && S_ISREG(status.st_mode);
    if (!isatty(to) || !open_terminal(stream)) {
        if (pipe2(ends, O_CLOEXEC) != 0) {
            return bp_fail_errno(err, errno, "cannot make a pipe for the command's output");
        }
        stream->from = ends[0];
        stream->inside = ends[1];
    }
    fcntl(stream->from, F_SETFL, O_NONBLOCK);
    stream->pending = bp_alloc(READ_SIZE);
    streams->stream_of[to] = (int)streams->count++;
    return 0;
}

int bp_streams_open(struct bp_streams *streams, struct bp_err *err) {
    *streams = (struct bp_streams){.stream_of = {-1, -1, -1}};
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        streams->closed[fd] = was_closed(fd);
    }
    bool output = !streams->closed[STDOUT_FILENO];
    bool error = !streams->closed[STDERR_FILENO];
    if (output && open_stream(streams, STDOUT_FILENO, err) != 0) {
        return -1;
    }
    if (output && error && same_open_file(STDOUT_FILENO, STDERR_FILENO)) {
        streams->stream_of[STDERR_FILENO] = streams->stream_of[STDOUT_FILENO];
    } else if (error && open_stream(streams, STDERR_FILENO, err) != 0) {
        return -1;
    }
    return 0;
}

void bp_streams_enter(const struct bp_streams *streams) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (streams->stream_of[fd] >= 0) {
            dup2(streams->items[streams->stream_of[fd]].inside, fd);
        } else if (streams->closed[fd]) {
            close(fd);
        }
    }
}

static void close_fd(int *fd) {
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}

void bp_streams_close_inside(struct bp_streams *streams) {
    for (size_t i = 0; i < streams->count; i++) {
        close_fd(&streams->items[i].inside);
    }
}

void bp_streams_resize(const struct bp_streams *streams) {
    for (size_t i = 0; i < streams->count; i++) {
        if (streams->items[i].terminal && streams->items[i].from >= 0) {
            set_size(streams->items[i].from, streams->items[i].to);
        }
    }
}

static bool same_settings(const struct termios *left, const struct termios *right) {
    return left->c_iflag == right->c_iflag && left->c_lflag == right->c_lflag &&
           memcmp(left->c_cc, right->c_cc, sizeof left->c_cc) == 0;
}

/* A process in the background would be stopped for setting its terminal. */
static bool mirror(struct bp_stream *stream) {
    struct termios now;
    struct termios real;
    if (tcgetattr(stream->from, &now) != 0 || same_settings(&now, &stream->settings) ||
        tcgetpgrp(stream->to) != getpgrp() || tcgetattr(stream->to, &real) != 0) {
        return false;
    }
    stream->settings = now;
    real.c_iflag = now.c_iflag;
    real.c_lflag = now.c_lflag;
    memcpy(real.c_cc, now.c_cc, sizeof real.c_cc);
    return tcsetattr(stream->to, TCSANOW, &real) == 0;
}

bool bp_streams_mirror_settings(struct bp_streams *streams) {
    bool changed = false;
    for (size_t i = 0; i < streams->count; i++) {
        if (streams->items[i].terminal && streams->items[i].from >= 0) {
            changed |= mirror(&streams->items[i]);
        }
    }
    return changed;
}

bool bp_stream_read(struct bp_stream *stream) {
    ssize_t got = read(stream->from, stream->pending, READ_SIZE);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return true;
    }
    if (got <= 0) { /* a pseudo-terminal that nobody holds any more says EIO */
        close_fd(&stream->from);
        return false;
    }
    stream->pending_at = 0;
    stream->pending_length = (size_t)got;
    return true;
}

/* Where that cannot be learned it is tried: at worst it waits for the reader. */
static bool can_write(int fd) {
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    return poll(&ready, 1, 0) != 0;
}

void bp_stream_write(struct bp_stream *stream) {
    while (stream->pending_at < stream->pending_length) {
        size_t left = stream->pending_length - stream->pending_at;
        if (!stream->whole_writes) {
            left = left < WRITE_SIZE ? left : WRITE_SIZE;
            if (!can_write(stream->to)) {
                return;
            }
        }
        ssize_t written = write(stream->to, stream->pending + stream->pending_at, left);
        if (written < 0 && (errno == EAGAIN || errno == EINTR)) {
            return;
        }
        if (written < 0) {
            /* Nobody reads it any more: the command is to learn that from its own next write. */
            close_fd(&stream->from);
            stream->pending_at = stream->pending_length;
            return;
        }
        stream->pending_at += (size_t)written;
    }
}

void bp_streams_free(struct bp_streams *streams) {
    bp_streams_close_inside(streams);
    for (size_t i = 0; i < streams->count; i++) {
        close_fd(&streams->items[i].from);
        free(streams->items[i].pending);
        streams->items[i].pending = NULL;
    }
}
