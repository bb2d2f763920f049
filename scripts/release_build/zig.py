"""The pinned zig compiler, from its wheel on the package index that pip is configured for."""

import pathlib
import subprocess
import sys
import zipfile

from . import Trouble

REQUIREMENT = pathlib.Path(__file__).with_name("toolchain.txt")


def pinned_version():
    for line in REQUIREMENT.read_text(encoding="utf-8").splitlines():
        if line.startswith("ziglang=="):
            return line.removeprefix("ziglang==").rstrip(" \\")
    raise Trouble(f"{REQUIREMENT} names no ziglang")


def download(folder):
    """The wheel, its checksum seen to by pip."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet",
               "--no-deps", "--only-binary", ":all:", "--require-hashes",
               "--requirement", str(REQUIREMENT), "--dest", str(folder)]
    if subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode != 0:
        raise Trouble("pip could not download the pinned ziglang (see above)")
    return next(iter(folder.glob(f"ziglang-{pinned_version()}-*.whl")))


def compiler(cache):
    """The path of the zig program, unpacked once into `cache`."""
    home = cache / f"zig-{pinned_version()}"
    program = home / "ziglang" / "zig"
    if not program.exists():
        partial = home.with_suffix(".partial")
        with zipfile.ZipFile(download(cache)) as wheel:
            wheel.extractall(partial)
        (partial / "ziglang" / "zig").chmod(0o755)
        partial.rename(home)
    return program
