"""Making one chosen call of the program fail: the other side of injection.c."""

import dataclasses
import enum
import mmap
import os
import pathlib
import shutil
import struct
import subprocess
import sys

SOURCE = pathlib.Path(__file__).with_name("injection.c")

# struct control and struct site of injection.c.
HEAD = struct.Struct("<IIQIIII256sIIII32s4Q")
SITE = struct.Struct("<Q32sIIII4Q")
SITES = 1 << 15


class Mode(enum.IntEnum):
    OFF, RECORD, FAIL, OPEN = range(4)


class Kind(enum.IntEnum):
    ERROR, INTERRUPTED, SHORT = range(3)


class Deed(enum.IntEnum):
    HANG, SEGV, EXIT, STOP, MEMORY, FILES = range(6)


@dataclasses.dataclass(frozen=True)
class Site:
    """A place in the program that allocates or calls the system."""
    hash: int
    name: str
    count: int
    child: bool
    memory: bool
    may_be_interrupted: bool
    callers: tuple

    def __str__(self):
        return f"{self.name} at {' '.join(f'{one:#x}' for one in self.callers if one)}"


@dataclasses.dataclass(frozen=True)
class Fault:
    """What is to fail: the call number `skip` at a place, or every one of that sort from then on."""
    site: Site
    kind: Kind = Kind.ERROR
    skip: int = 0
    ever: bool = False

    def __str__(self):
        return (f"{self.site} [{self.kind.name.lower()}, call {self.skip + 1} of {self.site.count}"
                f"{' and all after it' if self.ever else ''}, in {'a child' if self.site.child else 'main'},"
                f" {self.site.hash:#x}]")


def build(folder):
    """The library to be preloaded. The test is skipped where it cannot be."""
    import pytest  # pylint: disable=import-outside-toplevel  # the table is printed without it

    if sys.platform != "linux" or not shutil.which("gcc"):
        pytest.skip("needs Linux and gcc: calls are made to fail by a preloaded library")
    library = folder / "injection.so"
    subprocess.run(["gcc", "-std=gnu17", "-shared", "-fPIC", "-O2", "-fno-omit-frame-pointer",
                    "-foptimize-sibling-calls", "-Wall", "-Wextra", "-Werror", "-o", str(library),
                    str(SOURCE)], check=True, capture_output=True)
    return library


class Control:
    """The file that the program and this side share."""

    def __init__(self, path, named=False):
        self.path = path
        self.named = named  # the file system makes no files without a name

    def _write(self, mode, kind=0, hash=0, skip=0, ever=0, deed=0, path=b""):
        with open(self.path, "wb") as file:
            file.write(HEAD.pack(mode, kind, hash, skip, ever, deed, self.named, path, 0, 0, 0,
                                 0, b"", 0, 0, 0, 0))
            file.truncate(HEAD.size + SITES * SITE.size)

    def record(self):
        self._write(Mode.RECORD)

    def fail(self, fault):
        self._write(Mode.FAIL, fault.kind, fault.site.hash, fault.skip, fault.ever)

    def at_opening(self, path, deed, skip=0):
        """Opening `path` does the deed, when it was opened `skip` times before."""
        self._write(Mode.OPEN, deed=deed, path=os.fsencode(str(path)), skip=skip)

    def _head(self):
        with open(self.path, "rb") as file:
            return HEAD.unpack(file.read(HEAD.size))

    def hits(self):
        return self._head()[8]

    def opened(self):
        return self._head()[9]

    def process(self):
        """The process that met it, or 0."""
        return self._head()[10]

    def sites(self):
        found = []
        with open(self.path, "rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as data:
            for number in range(SITES):
                at = HEAD.size + number * SITE.size
                if data[at:at + 8] != bytes(8):
                    value, name, count, child, memory, may, *callers = SITE.unpack_from(data, at)
                    found.append(Site(value, name.rstrip(b"\0").decode(), count, bool(child),
                                      bool(memory), bool(may), tuple(callers)))
        return found

    def environment(self, library, environment):
        """`environment` with the library preloaded, which takes itself out of it."""
        options = environment.get("ASAN_OPTIONS", "")
        return {**environment, "LD_PRELOAD": str(library), "BNB_FAULT_FILE": str(self.path),
                "ASAN_OPTIONS": f"{options}:verify_asan_link_order=0".lstrip(":")}
