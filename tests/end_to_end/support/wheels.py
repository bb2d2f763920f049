"""Real bitsandbytes wheels in real virtual environments, kept between runs."""

import functools
import os
import pathlib
import re
import shutil
import subprocess
import sys
import zipfile

import pytest

VERSIONS = ("0.42.0", "0.43.3", "0.45.5", "0.46.1", "0.49.2", "newest")

# What pip says when the index cannot be had, in contrast to a wheel that is not good.
UNREACHABLE = re.compile(
    r"No matching distribution found|Could not find a version|Connection|timed out|resolution"
    r"|Max retries|ProxyError|SSLError|HTTP error|Network is unreachable|Client Error|Server Error",
    re.IGNORECASE,
)


def cache_folder():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = pathlib.Path(base) / "bnb-probe-tests"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def pip(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "pip", *map(str, arguments)],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )


@functools.lru_cache(maxsize=None)
def _download(version, platform):
    """The wheel's path, or a string that says why there is none."""
    folder = cache_folder() / "wheels" / platform / version
    kept = sorted(folder.glob("bitsandbytes-*.whl"))
    if kept and version != "newest":
        return kept[0]
    wanted = "bitsandbytes" if version == "newest" else f"bitsandbytes=={version}"
    options = ["--only-binary=:all:", "--no-deps", "--retries", "1", "--timeout", "20", "-q"]
    if platform != "native":
        options += ["--platform", platform]
    # In a folder of its own first: an interrupted download leaves nothing that looks whole.
    fresh = folder.with_name(f"{version}.{os.getpid()}")
    fresh.mkdir(parents=True, exist_ok=True)
    for wheel in kept:
        shutil.copy2(wheel, fresh)
    done = pip("download", *options, "-d", fresh, wanted)
    if done.returncode != 0:
        shutil.rmtree(fresh)
        if not UNREACHABLE.search(done.stderr):
            raise RuntimeError(f"pip download {wanted} failed: {done.stderr}")
        # Without the index, the newest is the newest that was seen.
        return kept[-1] if kept else done.stderr.strip().splitlines()[-1]
    wheels = sorted(fresh.glob("bitsandbytes-*.whl"), key=lambda wheel: wheel.stat().st_mtime)
    for old in wheels[:-1]:
        old.unlink()
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    return folder / wheels[-1].name


def wheel(version, platform="native"):
    """The path of a wheel. The test is skipped, by name, where it cannot be had."""
    found = _download(version, platform)
    if not isinstance(found, pathlib.Path):
        pytest.skip(f"needs the package index: bitsandbytes {version} for {platform} ({found})")
    return found


def make_venv(folder):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return Venv(folder)


class Venv:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.python = self.folder / "bin" / "python"
        self.site = next((self.folder / "lib").glob("python3*")) / "site-packages"
        self.package = self.site / "bitsandbytes"

    @property
    def active(self):
        """The variables that `activate` would set."""
        return {"VIRTUAL_ENV": str(self.folder), "PATH": f"{self.folder}/bin:/usr/bin:/bin"}

    def install(self, wheel_path, *options):
        done = pip("--python", self.python, "install", "-q", "--no-index", "--no-deps",
                   "--no-compile", *options, wheel_path)
        assert done.returncode == 0, done.stderr

    def says(self, code):
        """What this environment's own interpreter prints for a piece of Python."""
        return subprocess.run([str(self.python), "-c", code], capture_output=True, text=True,
                              check=True, cwd="/").stdout.strip()

    def native_libraries(self):
        return sorted(self.package.glob("libbitsandbytes*.so"))


def kept_venv(version):
    """A virtual environment with one release in it, made once. Not to be changed by a test."""
    path = wheel(version)
    folder = cache_folder() / "venvs" / f"{path.stem}-python{sys.version_info[0]}.{sys.version_info[1]}"
    done = folder / ".whole"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        make_venv(folder).install(path)
        done.touch()
    return Venv(folder)


def linked_copy(venv, folder):
    """A virtual environment like `venv` that a test may change: files are hard links."""
    copy = make_venv(folder)
    for entry in venv.site.iterdir():
        if entry.name.startswith("bitsandbytes"):
            shutil.copytree(entry, copy.site / entry.name, copy_function=_link_or_copy)
    return copy


def _link_or_copy(source, target):
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def unpack(wheel_path, site):
    """What `pip install --target` does, for a wheel of another platform."""
    with zipfile.ZipFile(wheel_path) as archive:
        archive.extractall(site)
