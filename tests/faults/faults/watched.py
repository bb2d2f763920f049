"""Running the program and seeing what it leaves behind."""

import dataclasses
import os
import pathlib
import re
import signal
import subprocess
import time


# glibc's setlocale loses some bytes where memory runs out: no leak of the program.
_LOST_BY_OTHERS = "leak:_nl_normalize_codeset\n"
# hwloc asks for as much memory as a number of processors of -1 would take, and goes on without.
_HARMLESS = re.compile(r"^==\d+==WARNING: AddressSanitizer failed to allocate")


@dataclasses.dataclass
class Watched:
    """How a run ended, and what was left of it."""
    code: int
    out: bytes
    err: str
    seconds: float
    left_running: list   # "number: command" of processes that outlived it
    left_files: list     # names of files that it did not take away again
    complaints: list     # of the sanitizers

    @property
    def err_lines(self):
        return [line for line in self.err.splitlines() if line.strip()]


def _processes_of(session):
    """The living processes of a session, by number."""
    found = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                stat = pathlib.Path(entry.path, "stat").read_text(errors="replace")
            except OSError:
                continue
            name, _, rest = stat.partition("(")[2].rpartition(")")
            state, _, _, its_session = rest.split()[:4]
            if int(its_session) == session and state not in "ZX":
                found[int(entry.name)] = f"{entry.name}: {name} ({state})"
    return found


def left_of(session, patience=2.0):
    """
    What still runs of a session. What was killed in the very last moment is given time to go.
    Whatever is left is ended: it was started here.
    """
    until = time.monotonic() + patience
    left = _processes_of(session)
    while left and time.monotonic() < until:
        time.sleep(0.02)
        left = _processes_of(session)
    for number in left:
        try:
            os.kill(number, signal.SIGKILL)
        except ProcessLookupError:
            pass
    return sorted(left.values())


class World:
    """Folders of one run's own: home, working folder, temporary folder, output."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.home, self.work, self.temporary, self.out, self.complaints = (
            self.folder / name for name in ("home", "work", "tmp", "out", "complaints"))
        for made in (self.folder, self.home, self.work, self.temporary, self.out, self.complaints):
            made.mkdir(exist_ok=True)
        self.suppressions = self.folder / "suppressions"
        self.suppressions.write_text(_LOST_BY_OTHERS)

    def environment(self, changes=None):
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.home), "LANG": "C.UTF-8",
                       "USER": "tester", "TMPDIR": str(self.temporary)}
        where = f"log_path={self.complaints}/complaint"
        environment["ASAN_OPTIONS"] = (
            f"exitcode=99:handle_segv=0:handle_abort=0:handle_sigbus=0:allocator_may_return_null=1:{where}")
        environment["LSAN_OPTIONS"] = f"suppressions={self.suppressions}:print_suppressions=0"
        environment["UBSAN_OPTIONS"] = f"print_stacktrace=1:{where}"
        environment.update({name: str(value) for name, value in (changes or {}).items()
                            if value is not None})
        for name, value in (changes or {}).items():
            if value is None:
                environment.pop(name, None)
        return environment

    def take_complaints(self):
        found = []
        for file in sorted(self.complaints.iterdir()):
            said = file.read_text(errors="replace")
            file.unlink()
            if not _HARMLESS.search(said):
                found.append(said[:3000])
        return found

    def files(self):
        """Names of what stands in the folders where nothing is to be left."""
        return sorted(str(file.relative_to(self.folder)) for part in (self.work, self.temporary, self.out)
                      for file in part.rglob("*"))

    def run(self, command, environment, patience=60, stdout=subprocess.PIPE, then=None, **how):
        """`then` is called when it has ended, before it is looked what still runs."""
        before = set(self.files())
        started = time.monotonic()
        process = subprocess.Popen(
            [str(word) for word in command], env=environment, cwd=how.pop("cwd", self.work),
            stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, start_new_session=True,
            **how)
        try:
            out, err = process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            err += b"\nbnb-probe was ended: it did not come to an end by itself"
        seconds = time.monotonic() - started
        if then:
            then()
        left = left_of(process.pid)
        return Watched(process.returncode, out or b"", err.decode(errors="replace"), seconds, left,
                       sorted(set(self.files()) - before), self.take_complaints())
