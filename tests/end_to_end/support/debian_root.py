"""A root file system of unpacked Debian packages."""

import re
import shutil
import subprocess

import pytest

from support import wheels

PACKAGES = ("base-files", "libc6", "libgcc-s1", "libstdc++6", "dash", "python3-minimal",
            "python3.11-minimal", "libpython3.11-minimal")


def _packages():
    """name -> .deb file, fetched once. The test is skipped where that cannot be done."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        pytest.skip("needs Debian packages: no apt-get or dpkg-deb here")
    folder = wheels.cache_folder() / "debian"
    folder.mkdir(exist_ok=True)
    wanting = [name for name in PACKAGES if not list(folder.glob(f"{name}_*.deb"))]
    if wanting:
        done = subprocess.run(["apt-get", "download", *wanting], cwd=folder, text=True,
                              capture_output=True, check=False, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            pytest.skip(f"needs Debian packages: apt-get download {' '.join(wanting)}: "
                        f"{done.stderr.strip().splitlines()[-1]}")
    return {name: next(folder.glob(f"{name}_*.deb")) for name in PACKAGES}


def make(folder):
    """Unpacks the packages into `folder`; the upstream version of each by name."""
    versions = {}
    for name, file in _packages().items():
        subprocess.run(["dpkg-deb", "-x", str(file), str(folder)], check=True)
        full = subprocess.run(["dpkg-deb", "-f", str(file), "Version"], check=True, text=True,
                              capture_output=True).stdout.strip()
        versions[name] = re.sub(r"^\d+:", "", full).rsplit("-", 1)[0]
    return versions
