"""A terminal with a person at it: a program run on a pseudo-terminal, typed at and read from."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

PATIENCE_S = 30


class TerminalSession:
    """`arguments` run as the leader of a session of its own, on a terminal of its own."""

    def __init__(self, arguments, env, cwd, size=(24, 80)):
        self.seen = b""
        self.code = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            os.execve(arguments[0], [str(one) for one in arguments], env)
        self.resize(*size)

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, text):
        os.write(self.fd, text.encode())

    def settings(self):
        return termios.tcgetattr(self.fd)

    def _read(self, seconds):
        """Whether the terminal is still open."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return True
        try:
            part = os.read(self.fd, 65536)
        except OSError:
            return False
        self.seen += part
        return bool(part)

    def wait_for(self, pattern, since=0):
        """Reads until the regular expression is there; the match."""
        end = time.monotonic() + PATIENCE_S
        while True:
            found = re.search(pattern.encode(), self.seen[since:])
            if found:
                return found
            assert time.monotonic() < end, f"{pattern!r} never came; there was:\n{self.text}"
            assert self._read(0.2) or re.search(pattern.encode(), self.seen[since:]), \
                f"it ended without {pattern!r}; there was:\n{self.text}"

    @property
    def text(self):
        return self.seen.decode("utf-8", "replace")

    def end(self):
        """Reads to the end and takes the exit code; negative for a signal."""
        end = time.monotonic() + PATIENCE_S
        while self._read(0.2):
            assert time.monotonic() < end, f"it never ended; there was:\n{self.text}"
        _, status = os.waitpid(self.pid, 0)
        os.close(self.fd)
        self.code = os.waitstatus_to_exitcode(status)
        return self.code

    def kill(self):
        if self.code is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                os.close(self.fd)
            except (ProcessLookupError, ChildProcessError, OSError):
                pass
