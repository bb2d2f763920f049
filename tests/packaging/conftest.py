"""Fixtures of the tests of what people install: wheels, the source archive, the action."""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

import pytest
from packaged import SOURCE, program, sbom, wheel

HERE = pathlib.Path(__file__).resolve().parent
# One of each thing that has a licence, as sbom.licences names them.
LICENCES = [*sbom.LICENCES, *(runtime.name for runtime in sbom.RUNTIMES), "bnb-probe"]

# What pipx wants to install into an environment of its own where it works with pip.
PIPX_NEEDS = "pip==26.3"


def cache_folder():
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return pathlib.Path(cache) / "bnb-probe-tests"


def make_tools(folder):
    """The environment of requirements.txt; why it could not be made, or nothing."""
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [folder / "bin" / "python", "-m", "pip"]
    for words in (["install", "--requirement", HERE / "requirements.txt"],
                  ["download", "--no-deps", "--dest", folder / "wheels", PIPX_NEEDS]):
        done = subprocess.run([*pip, *words, "--quiet"], check=False, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            return (done.stderr.strip().splitlines() or ["pip says nothing"])[-1]
    (folder / "complete").touch()
    return None


class Tools:
    """Programs of the tests' own environment."""

    def __init__(self, folder):
        self.bin = folder / "bin"
        self.wheels = folder / "wheels"
        self.python = self.bin / "python"

    def module(self, name):
        return [str(self.python), "-m", name]

    def program(self, name):
        return str(self.bin / name)


@pytest.fixture(scope="session")
def tools():
    wanted = (HERE / "requirements.txt").read_bytes() + (PIPX_NEEDS + sys.version).encode()
    folder = cache_folder() / f"packaging-{hashlib.sha256(wanted).hexdigest()[:12]}"
    if not (folder / "complete").exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        why = make_tools(folder)
        if why:
            pytest.skip(f"needs tests/packaging/requirements.txt from the package index: {why}")
    return Tools(folder)


@pytest.fixture(scope="session")
def licences(tmp_path_factory):
    folder = tmp_path_factory.mktemp("licences")
    paths = [folder / f"{name}.txt" for name in LICENCES]
    for path in paths:
        path.write_text(f"The licence of {path.stem}.\n")
    return paths


@pytest.fixture(scope="session")
def linux_program():
    """The everyday build, which runs here."""
    path = pathlib.Path(os.environ.get("BNB_PROBE_RELEASE") or SOURCE / "build" / "bnb-probe")
    if not path.exists():
        pytest.fail(f"no program at {path}: run scripts/run, or name one in BNB_PROBE_RELEASE")
    return path


@pytest.fixture(scope="session")
def linux_wheel(linux_program, licences, tmp_path_factory):
    """The wheel of the machine that the tests run on: BNB_PROBE_RELEASE_FILES's, or the everyday build's."""
    platform = f"linux-{os.uname().machine}"
    if platform not in wheel.TAGS:
        pytest.skip(f"there is no wheel for {platform}")
    released = os.environ.get("BNB_PROBE_RELEASE_FILES")
    if released:
        found = list(pathlib.Path(released).glob(f"*{wheel.TAGS[platform][0]}*.whl"))
        assert len(found) == 1, f"{released} holds {len(found)} wheels for {platform}"
        return found[0]
    return wheel.write(linux_program, platform, tmp_path_factory.mktemp("wheel"), licences)


@pytest.fixture(scope="session")
def version():
    return program.version()
