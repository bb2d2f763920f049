"""The pinned source archives of the libraries, each from its upstream or from Debian's archive.

Names, addresses and checksums stand in cmake/Bundled.cmake and nowhere else.
"""

import hashlib
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request

from . import Trouble

LIST = pathlib.Path(__file__).resolve().parents[2] / "cmake" / "Bundled.cmake"
# What Debian calls the source package, where that is another name.
DEBIAN_NAMES = {"zstd": "libzstd"}
FETCH_SECONDS = 60


class Library:
    """One library: `key` as CMake calls it, NAME-VERSION, address and known checksums."""

    def __init__(self, key, name, url, checksums):
        self.key = key
        self.name, self.version = name.rsplit("-", 1)
        self.url = url
        self.checksums = checksums

    def __str__(self):
        return f"{self.name} {self.version}"


def libraries():
    text = LIST.read_text(encoding="utf-8")
    found = []
    for key, name in re.findall(r"set\((\w+)_NAME (\S+)\)", text):
        url = re.search(rf"set\({key}_URL (\S+)\)", text)
        checksums = re.search(rf"set\({key}_SHA256\s+([0-9a-f\s]+)\)", text)
        if not url or not checksums:
            raise Trouble(f"{LIST} says no address or no checksum of {name}")
        found.append(Library(key, name, url[1], checksums[1].split()))
    return found


def checksum(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fetch_upstream(library, folder):
    target = folder / library.url.rsplit("/", 1)[1]
    try:
        with urllib.request.urlopen(library.url, timeout=FETCH_SECONDS) as answer:
            target.write_bytes(answer.read())
    except OSError as error:
        print(f"release: {library}: upstream cannot be had ({error}); trying Debian's archive",
              file=sys.stderr)
        return None
    return target


def source_list(folder):
    """The machine's own package sources, as sources of source packages."""
    lines = []
    for path in [pathlib.Path("/etc/apt/sources.list"), *pathlib.Path("/etc/apt/sources.list.d").glob("*")]:
        if not path.is_file():
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".sources":
            target = folder / f"{path.stem}.sources"
            target.write_text(re.sub(r"(?m)^Types:.*$", "Types: deb-src", text), encoding="utf-8")
        else:
            lines += [re.sub(r"^deb\s", "deb-src ", line) for line in text.splitlines()
                      if line.startswith("deb ")]
    (folder / "release.list").write_text("\n".join(lines) + "\n", encoding="utf-8")


def fetch_debian(library, folder):
    """With apt, in folders of its own: nothing of the machine's package state changes."""
    if not shutil.which("apt-get"):
        return None
    with tempfile.TemporaryDirectory(prefix="bnb-probe-apt-") as scratch:
        state = pathlib.Path(scratch)
        for part in ("sources", "lists/partial", "cache/archives/partial"):
            (state / part).mkdir(parents=True)
        state.chmod(0o755)
        source_list(state / "sources")
        options = ["-o", "Dir::Etc::SourceList=/dev/null", "-o", f"Dir::Etc::SourceParts={state}/sources",
                   "-o", f"Dir::State::Lists={state}/lists", "-o", f"Dir::Cache={state}/cache",
                   "-o", "APT::Sandbox::User=root", "-qq"]
        name = DEBIAN_NAMES.get(library.key, library.name.lower())
        for words in (["update"], ["source", "--download-only", name]):
            done = subprocess.run(["apt-get", *options, *words], cwd=folder, check=False,
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True)
            if done.returncode != 0:
                print(f"release: {library}: apt-get {words[0]}: {done.stderr.strip()[-300:]}",
                      file=sys.stderr)
    return None


def known(library, folder):
    """The archive of a library in a folder, by its checksum."""
    for path in sorted(folder.glob("*.tar.*")):
        if checksum(path) in library.checksums:
            return path
    return None


def archive(library, cache):
    """The archive of a library, fetched where the cache lacks it."""
    folder = cache / "sources"
    folder.mkdir(parents=True, exist_ok=True)
    for fetch in (fetch_upstream, fetch_debian):
        if not known(library, folder):
            fetch(library, folder)
    found = known(library, folder)
    if not found:
        raise Trouble(f"no archive of {library} with a known checksum could be had; "
                      f"put one into {folder}")
    return found


def archives(cache):
    """A folder that holds every archive, fetched where it lacks one."""
    for library in libraries():
        archive(library, cache)
    return cache / "sources"
