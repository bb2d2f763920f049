"""
An aarch64 machine: its processor is qemu, its kernel this one, which starts aarch64 programs with
qemu inside a namespace of the test's own (binfmt_misc, Linux 6.7). The root file system is empty, or
holds Debian's glibc for that architecture.
"""

import pathlib
import shutil
import subprocess
import tempfile

import pytest

from machines import namespace, roots
from release_build import zig
from support import fake_driver, wheels

QEMU = "/usr/bin/qemu-aarch64-static"
# The first bytes of a program for it, and which of their bits count.
MAGIC = r"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00"
MASK = r"\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff"
# F: qemu is opened now, and need not be in the root file system.
RULE = f":aarch64:M::{MAGIC}:{MASK}:{QEMU}:F"


class Root(roots.Root):
    """`page_size`: bytes in a page of memory."""

    SCRIPT = """
        mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
        printf '%s' "$1" > /proc/sys/fs/binfmt_misc/register
        shift
    """ + roots.Root.SCRIPT

    def __init__(self, root, page_size):
        super().__init__(root.path, root.shared)
        self.page_size = page_size

    def enter(self, kernel_folders=True):
        kind = "whole" if kernel_folders else "bare"
        inside = ["env", f"QEMU_PAGESIZE={self.page_size}"]
        return [*inside, *namespace.unshare(self.SCRIPT, RULE, self.path, kind, self.shared, user=True)]


def compiler():
    """zig, which compiles for it, as scripts/release has it."""
    cache = wheels.cache_folder().with_name("bnb-probe-release")
    program = cache / f"zig-{zig.pinned_version()}" / "ziglang" / "zig"
    if not program.exists():
        pytest.skip("needs the compiler of scripts/release, which has not run here")
    return [str(program), "cc", "-target", "aarch64-linux-gnu.2.17"]


def compile_for(target, *arguments):
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run([*compiler(), "-O1", "-o", str(target), *map(str, arguments)], check=True,
                       capture_output=True,
                       env={"PATH": "/usr/bin:/bin", "ZIG_LOCAL_CACHE_DIR": scratch,
                            "ZIG_GLOBAL_CACHE_DIR": str(
                                wheels.cache_folder().with_name("bnb-probe-release") / "zig-cache")})


def glibc_package():
    folder = wheels.cache_folder() / "debian"
    folder.mkdir(exist_ok=True)
    if not list(folder.glob("libc6-arm64-cross_*.deb")):
        done = subprocess.run(["apt-get", "download", "libc6-arm64-cross"], cwd=folder, text=True,
                              capture_output=True, check=False, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            pytest.skip(f"needs Debian's glibc for aarch64: {done.stderr.strip()[-200:]}")
    return next(folder.glob("libc6-arm64-cross_*.deb"))


def without_libc(folder, page_size):
    if not pathlib.Path(QEMU).exists():
        pytest.skip("needs qemu-aarch64-static")
    root = Root(roots.empty(folder), page_size)
    done = subprocess.run([*namespace.unshare(
        "mount -t binfmt_misc none /proc/sys/fs/binfmt_misc; exec \"$@\"", user=True), "true"],
        check=False, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"needs a kernel whose namespaces have their own binfmt_misc: {done.stderr.strip()}")
    return root


def with_glibc(folder, page_size):
    """With a /bin/sh that names the loader, and the fake driver library in /driver."""
    root = without_libc(folder, page_size)
    subprocess.run(["dpkg-deb", "-x", str(glibc_package()), str(folder / "package")], check=True)
    shutil.copytree(folder / "package" / "usr" / "aarch64-linux-gnu" / "lib", root.path / "lib",
                    symlinks=True)
    (root.path / "bin").mkdir()
    source = folder / "sh.c"
    source.write_text('#include <stdio.h>\n#include <unistd.h>\nint main(void) {\n'
                      '    return printf("pages of %ld bytes\\n", sysconf(_SC_PAGESIZE)) < 0;\n}\n')
    compile_for(root.path / "bin" / "sh", source)
    (root.path / "driver").mkdir()
    compile_for(root.path / "driver" / "libcuda.so.1", "-shared", "-fPIC", "-Wl,-soname,libcuda.so.1",
                fake_driver.SOURCE)
    return root
