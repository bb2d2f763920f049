#!/usr/bin/env python3
"""Unpacks the recorded machines that the tests look at, once, and prints their folder.

They are what /proc and /sys of real machines held, as hwloc's own tests keep them (tests/hwloc/linux in
its sources); they come from the archive of hwloc that a release is built with.
"""

import io
import os
import pathlib
import shutil
import sys
import tarfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "end_to_end")]
from release_build import Trouble, sources  # noqa: E402
from support.recorded import MACHINES  # noqa: E402


def unpack(archive, names, folder):
    """Those machines of hwloc's archive, each into a folder of its name."""
    with tarfile.open(archive) as outer:
        for member in outer:
            name = pathlib.PurePosixPath(member.name).name.removesuffix(".tar.bz2")
            if name not in names or "/tests/hwloc/linux/" not in f"/{member.name}":
                continue
            with tarfile.open(fileobj=io.BytesIO(outer.extractfile(member).read())) as inner:
                inner.extractall(folder / f"{name}.new")
            (top,) = (folder / f"{name}.new").iterdir()
            top.rename(folder / name)
            (folder / f"{name}.new").rmdir()


def main():
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    folder = cache / "bnb-probe-tests" / "machines"
    folder.mkdir(parents=True, exist_ok=True)
    missing = [name for name in MACHINES if not (folder / name).is_dir()]
    if missing:
        for name in missing:
            shutil.rmtree(folder / f"{name}.new", ignore_errors=True)
        (hwloc,) = [library for library in sources.libraries() if library.key == "hwloc"]
        try:
            unpack(sources.archive(hwloc, cache / "bnb-probe-release"), missing, folder)
        except (Trouble, OSError, tarfile.TarError) as error:
            sys.exit(f"recorded machines: {error}")
        missing = [name for name in MACHINES if not (folder / name).is_dir()]
        if missing:
            sys.exit(f"recorded machines: {hwloc} holds no {', '.join(missing)}")
    print(folder)


if __name__ == "__main__":
    main()
