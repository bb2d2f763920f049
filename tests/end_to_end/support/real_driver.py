"""
NVIDIA's own driver library, from Debian's non-free section. Without a GPU and a kernel
module it still loads, tells its version and refuses with its own error: the one real
driver that a machine without a GPU can have.
"""

import re
import shutil
import subprocess

import pytest

from support import wheels

PACKAGE = "libcuda1"


def _repository():
    """Where this machine's own Debian packages come from, and the release's name."""
    done = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME) $(COMPONENT)",
         "Created-By: Packages"], text=True, capture_output=True, check=False)
    for line in done.stdout.splitlines():
        place, release, section = line.split()
        if section == "main" and "-" not in release and place.rstrip("/").endswith("/debian"):
            return place, release
    pytest.skip("needs the NVIDIA driver library: no Debian repository is set up here")


def _download(folder):
    """Asks the non-free section beside the machine's own set-up, which stays as it is."""
    place, release = _repository()
    (folder / "lists/partial").mkdir(parents=True, exist_ok=True)
    (folder / "archives/partial").mkdir(parents=True, exist_ok=True)
    sources = folder / "sources.list"
    sources.write_text(
        f"deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] {place} {release} non-free\n")
    options = ["-o", f"Dir::Etc::sourcelist={sources}", "-o", "Dir::Etc::sourceparts=/dev/null",
               "-o", f"Dir::State::lists={folder / 'lists'}", "-o", f"Dir::Cache={folder}",
               "-o", "APT::Sandbox::User=root"]
    for command in (["update"], ["download", PACKAGE]):
        done = subprocess.run(["apt-get", *options, *command], cwd=folder, text=True,
                              capture_output=True, check=False, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            pytest.skip(f"needs the NVIDIA driver library: apt-get {' '.join(command)} failed")


def unpack(folder):
    """(folder of libcuda.so.1, driver version), unpacked below `folder`."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        pytest.skip("needs the NVIDIA driver library: no apt-get or dpkg-deb here")
    kept = wheels.cache_folder() / "nvidia"
    kept.mkdir(exist_ok=True)
    if not list(kept.glob(f"{PACKAGE}_*.deb")):
        _download(kept)
    found = list(kept.glob(f"{PACKAGE}_*.deb"))
    if not found:
        pytest.skip("needs the NVIDIA driver library: the package is not to be had")
    subprocess.run(["dpkg-deb", "-x", str(found[0]), str(folder)], check=True)
    library = next(folder.rglob("libcuda.so.1"))
    return library.parent, re.fullmatch(r"libcuda\.so\.(.+)", library.resolve().name)[1]
