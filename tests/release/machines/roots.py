"""
Root file systems: Debian's oldest and newest that are still served, one with musl, one with
nothing in it. The first two are made once, with debootstrap, and kept with the other tests' files.
"""

import os
import pathlib
import platform
import shutil
import subprocess

import pytest

from machines import namespace
from support import wheels

# Oldest and newest.
SUITES = ("bullseye", "trixie")
# What the tests use inside: a Python to be asked, a compiler for a driver library.
PACKAGES = ("python3", "python3-venv", "python3-pip", "gcc", "libc6-dev", "binutils", "strace",
            "zstd", "ca-certificates", "procps")
DEBOOTSTRAP_S = 1800


class Root:
    """A root file system. `shared` is a folder of the test's own that shows as /mnt inside."""

    def __init__(self, path, shared):
        self.path = path
        self.shared = shared

    # /mnt is where it is for a program inside, as for the tests.
    SCRIPT = """
        root=$1 kind=$2 shared=$3
        shift 3
        mount --bind "$shared" "$root/mnt"
        if [ "$kind" = whole ]; then
            mount -t proc proc "$root/proc"
            mount --rbind /sys "$root/sys"
            mount --rbind /dev "$root/dev"
        fi
        exec "$(command -v chroot || echo /usr/sbin/chroot)" "$root" "$@"
    """

    def enter(self, kernel_folders=True):
        """A command that runs the command after it inside; with or without /proc, /sys, /dev."""
        kind = "whole" if kernel_folders else "bare"
        return namespace.unshare(self.SCRIPT, self.path, kind, self.shared)

    def run(self, *command):
        """What a command inside prints."""
        done = subprocess.run([*self.enter(), *map(str, command)], check=False, text=True,
                              capture_output=True, stdin=subprocess.DEVNULL,
                              env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"})
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def program(self, file, folder, kernel_folders=True):
        """The program, copied into it."""
        (self.shared / "bin").mkdir(exist_ok=True)
        shutil.copy2(file, self.shared / "bin" / "bnb-probe")
        return namespace.Elsewhere("/mnt/bin/bnb-probe", folder, self.enter(kernel_folders))


def shared_folder(folder):
    shared = folder / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    return shared


def make_debian(suite, target):
    if not shutil.which("debootstrap"):
        pytest.skip("needs debootstrap")
    if os.geteuid() != 0:
        pytest.skip("needs root, once, to make a Debian root file system")
    partial = target.with_suffix(f".{os.getpid()}.partial")
    done = subprocess.run(["debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}",
                           suite, str(partial)], check=False, text=True,
                          capture_output=True, timeout=DEBOOTSTRAP_S, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        shutil.rmtree(partial, ignore_errors=True)
        pytest.skip(f"needs Debian {suite}: debootstrap: {done.stdout.strip()[-200:]}")
    shutil.rmtree(partial / "var" / "cache" / "apt", ignore_errors=True)
    try:
        partial.rename(target)
    except OSError:
        shutil.rmtree(partial)  # somebody else made it meanwhile


def debian(suite, folder):
    namespace.need()
    kept = wheels.cache_folder() / "roots"
    kept.mkdir(parents=True, exist_ok=True)
    target = kept / suite
    if not target.is_dir():
        make_debian(suite, target)
    return Root(target, shared_folder(folder))


def empty(folder):
    """Nothing but folders to mount on."""
    namespace.need()
    root = folder / "root"
    for name in ("mnt", "proc", "sys", "dev"):
        (root / name).mkdir(parents=True)
    return Root(root, shared_folder(folder))


def musl(folder):
    """
    Debian's build of musl with programs for it: what the probe sees of Alpine. Alpine's own
    packages cannot be had from Debian's archive.
    """
    if not shutil.which("musl-gcc"):
        pytest.skip("needs musl-gcc")
    root = empty(folder)
    source = folder / "sh.c"
    source.write_text('#include <stdio.h>\nint main(void) { return puts("a program for musl") < 0; }\n')
    (root.path / "bin").mkdir()
    (root.path / "lib").mkdir()
    subprocess.run(["musl-gcc", "-o", str(root.path / "bin" / "sh"), str(source)], check=True)
    loader = pathlib.Path(f"/lib/ld-musl-{platform.machine()}.so.1")
    shutil.copy2(loader.resolve(), root.path / "lib" / loader.name)
    return root
