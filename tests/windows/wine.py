"""Running programs for Windows on Linux, through wine, in a Windows of the tests' own."""

import functools
import os
import pathlib
import shlex
import shutil
import subprocess
import sys

import pytest

SOURCE = pathlib.Path(__file__).parents[2]
sys.path[:0] = [str(SOURCE / "scripts"), str(SOURCE / "tests" / "end_to_end")]

from release_build import zig  # noqa: E402
from support import windows_drive  # noqa: E402

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))
PREFIX = CACHE / "bnb-probe-tests" / "wine"
PROGRAMS = pathlib.Path(__file__).parent / "programs"
# Windows would open no debugger for a program that crashed, and has no browser of Mono's or Gecko's.
NO_DEBUGGER = r"HKLM\Software\Microsoft\Windows NT\CurrentVersion\AeDebug"


class Drive(windows_drive.Drive):
    """Drive C of the tests' own Windows, on which a test may lay out what it needs."""

    def __init__(self, folder):  # Windows' own files are there
        self.folder = folder
        self.machine = "x86_64"


def wine():
    """The wine of 64 bits, or None."""
    for name in ("wine64", "/usr/lib/wine/wine64"):
        if shutil.which(name):
            return shutil.which(name)
    return None


def environment():
    return {"WINEPREFIX": str(PREFIX), "WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml=",
            "PATH": "/usr/bin:/bin", "HOME": str(PREFIX)}


def processes(mark, name):
    """
    The processes of Linux that run a program of Windows with `name` in its command line, among those
    that got `mark` in their environment. (wine's own tasklist lists nothing.)
    """
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes() and \
                    name.encode() in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue  # ended meanwhile
    return found


def run(*command, **options):
    return subprocess.run([wine(), *map(str, command)], env=environment(), check=False, timeout=120,
                          stdin=subprocess.DEVNULL, capture_output=True, **options)


def prepare_or_exit():
    """The same where no test is running yet that could be skipped."""
    if not wine():
        pytest.exit("needs wine64: scripts/test windows installs it", returncode=0)
    prepare()


@functools.cache
def prepare():
    """Makes the tests' own Windows, and keeps its server for the calls that follow."""
    if not wine():
        pytest.skip("needs wine64: scripts/test windows installs it")
    if not (PREFIX / "ready").exists():
        PREFIX.mkdir(parents=True, exist_ok=True)
        run("wineboot", "--init")
        done = run("reg", "add", NO_DEBUGGER, "/v", "Auto", "/d", "0", "/f")
        assert done.returncode == 0, done.stderr
        run("reg", "delete", NO_DEBUGGER, "/v", "Debugger", "/f")
        (PREFIX / "ready").touch()
    # The server starts with the first program and would end a moment after the last.
    subprocess.Popen([wine(), "cmd.exe", "/c", "ping -n 600 127.0.0.1 > nul"], env=environment(),
                     stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                     stderr=subprocess.DEVNULL, start_new_session=True)
    return PREFIX / "drive_c"


def program_under_test():
    path = pathlib.Path(os.environ.get("BNB_PROBE_WINDOWS") or
                        SOURCE / "build-windows" / "bnb-probe.exe")
    if not path.exists():
        pytest.skip(f"needs a program for Windows: there is none at {path}")
    return path.resolve()


def write_launcher(folder, program=None):
    """
    A program of Linux that starts a program of Windows, with the environment that it is given: what
    other tests run in bnb-probe's place.
    """
    launcher = folder / "bnb-probe"
    settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment().items()
                        if name.startswith("WINE"))
    launcher.write_text(f"#!/bin/sh\nexport {settings}\n"
                        f"exec {shlex.quote(wine())} {shlex.quote(str(program or program_under_test()))}"
                        ' "$@"\n', encoding="utf-8")
    launcher.chmod(0o755)
    return launcher


def compiler():
    return zig.compiler(CACHE / "bnb-probe-release")


def build(source, target, *options, machine="x86_64"):
    """A program or DLL for Windows from one C file."""
    done = subprocess.run([compiler(), "cc", "-target", f"{machine}-windows-gnu", "-O1", "-Wall",
                           "-fno-sanitize=all", *options, "-o", target, source],
                          check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    return target


def windows_path(path):
    """How wine calls a file of Linux."""
    return "Z:" + str(path).replace("/", "\\")
