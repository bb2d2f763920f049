"""The program files themselves, one for each system and architecture."""

import os
import pathlib
import shutil
import subprocess

from . import Trouble

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLCHAIN = ROOT / "cmake" / "toolchains" / "zig.cmake"
# The oldest glibc that the part which asks the CUDA driver runs with.
OLDEST_GLIBC = "2.17"
# The first macOS for Apple silicon.
OLDEST_MACOS = "11.0"


class Builder:
    """
    Builds with one compiler from one folder of archives, below one scratch folder. `libc_cache`
    keeps what zig builds of its C libraries, which takes longer than this program.
    """

    def __init__(self, zig, archives, scratch, jobs, libc_cache=None):
        self.zig = zig
        self.libc_cache = libc_cache or scratch / "zig-cache"
        self.archives = archives
        self.scratch = scratch
        self.jobs = jobs

    def run(self, command, log):
        with open(log, "a", encoding="utf-8") as sink:
            # The time in what is built, where a tool puts one, is the same every time.
            environment = {**os.environ, "SOURCE_DATE_EPOCH": str(source_date()),
                           "ZIG_GLOBAL_CACHE_DIR": str(self.libc_cache),
                           "ZIG_LOCAL_CACHE_DIR": str(self.scratch / "zig-cache")}
            done = subprocess.run(command, stdout=sink, stderr=sink, check=False, env=environment,
                                  stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            tail = pathlib.Path(log).read_text(encoding="utf-8", errors="replace")[-3000:]
            raise Trouble(f"{' '.join(map(str, command[:4]))} ... failed:\n{tail}\n(all of it: {log})")

    def build(self, folder, target, cmake_target, *definitions):
        """Configures and builds one CMake target for one of zig's targets."""
        self.scratch.mkdir(parents=True, exist_ok=True)
        log = self.scratch / f"{folder.name}.log"
        self.run(["cmake", "-S", str(ROOT), "-B", str(folder), "-G", "Ninja", "-Wno-dev",
                  f"-DCMAKE_TOOLCHAIN_FILE={TOOLCHAIN}", f"-DBNB_PROBE_ZIG={self.zig}",
                  f"-DBNB_PROBE_TARGET={target}", "-DBNB_PROBE_LIBRARIES=bundled",
                  f"-DBNB_PROBE_ARCHIVES={self.archives}", *definitions], log)
        self.run(["cmake", "--build", str(folder), "-j", str(self.jobs), "--target", cmake_target], log)
        return folder / cmake_target

    def linux(self, architecture, output):
        """
        The one file that runs on any Linux of an architecture; and what it carries, for the few
        machines on which that cannot be started from inside it.
        """
        helper = self.build(self.scratch / f"driver-{architecture}",
                            f"{architecture}-linux-gnu.{OLDEST_GLIBC}", "bnb-probe-driver")
        program = self.build(self.scratch / f"linux-{architecture}", f"{architecture}-linux-musl",
                             "bnb-probe", f"-DBNB_PROBE_DRIVER_HELPER={helper}")
        return (hand_out(program, output / f"bnb-probe-linux-{architecture}"),
                hand_out(helper, output / f"bnb-probe-driver-linux-{architecture}"))

    def windows(self, architecture, output):
        """The program for Windows 10 and later, x86_64 or arm64."""
        machine = {"arm64": "aarch64"}.get(architecture, architecture)
        folder = self.scratch / f"windows-{architecture}"
        self.build(folder, f"{machine}-windows-gnu", "bnb-probe")
        return hand_out(folder / "bnb-probe.exe", output / f"bnb-probe-windows-{architecture}.exe")

    def macos(self, architecture, output):
        """The program for Macs with Apple silicon."""
        machine = {"arm64": "aarch64"}[architecture]
        program = self.build(self.scratch / f"macos-{architecture}",
                             f"{machine}-macos.{OLDEST_MACOS}", "bnb-probe")
        return hand_out(program, output / f"bnb-probe-macos-{architecture}")


def hand_out(program, target):
    shutil.copyfile(program, target)
    target.chmod(0o755)
    return target


def source_date():
    """Seconds since 1970 of the commit that is built."""
    done = subprocess.run(["git", "-C", str(ROOT), "log", "-1", "--format=%ct"], check=False,
                          capture_output=True, text=True)
    return int(done.stdout) if done.returncode == 0 and done.stdout.strip() else 0


def version():
    text = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    return text.split("project(bnb-probe VERSION ", 1)[1].split()[0]
