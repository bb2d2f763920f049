"""scripts/releases: what is written about the releases is what their wheels hold."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

import pytest

from support import wheels

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "releases"
WRITTEN = ROOT / "checks" / "releases.json"


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """A cache with two real wheels, one of another machine."""
    folder = tmp_path_factory.mktemp("releases")
    for wheel in (wheels.wheel("0.46.1"), wheels.wheel("0.49.2", "manylinux_2_24_aarch64")):
        os.symlink(wheel, folder / wheel.name)
    return folder


@pytest.fixture(scope="module")
def releases(cache):
    """releases(ARGUMENTS...): runs the script on the two wheels, without the index."""
    def run(*arguments):
        return subprocess.run(
            [sys.executable, SCRIPT, "--offline", "--cache", cache, *map(str, arguments)],
            capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return run


def test_the_written_file_is_what_the_wheels_hold(releases, tmp_path):
    """Nothing changed, and nobody edited it by hand: written again, it is the same to the byte."""
    copy = tmp_path / "releases.json"
    shutil.copy(WRITTEN, copy)
    done = releases("--output", copy)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 wheels, 0 changes, 0 complaints" in done.stdout
    assert copy.read_bytes() == WRITTEN.read_bytes()


def test_a_change_is_named_and_check_writes_nothing(releases, tmp_path):
    document = json.loads(WRITTEN.read_text(encoding="utf-8"))
    row = next(row for row in document["releases"] if row["version"] == "0.46.1")
    row["python"] = ">=3.6"
    row["wheels"]["manylinux_2_24_x86_64"].pop()
    old = tmp_path / "releases.json"
    old.write_text(json.dumps(document), encoding="utf-8")
    before = old.read_bytes()
    done = releases("--check", "--output", old, "--only", "0.46.1")
    assert done.returncode == 1
    assert "0.46.1: python was >=3.6, is >=3.9" in done.stdout
    assert "0.46.1 manylinux_2_24_x86_64: new file libbitsandbytes_cuda129.so" in done.stdout
    assert "1 wheels, 2 changes, 0 complaints" in done.stdout
    assert old.read_bytes() == before


def test_a_part_is_written_into_the_rest(releases, tmp_path):
    document = json.loads(WRITTEN.read_text(encoding="utf-8"))
    document["releases"] = [row for row in document["releases"] if row["version"] != "0.46.1"]
    part = tmp_path / "releases.json"
    part.write_text(json.dumps(document), encoding="utf-8")
    done = releases("--output", part, "--only", "0.46.1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "new release 0.46.1: manylinux_2_24_x86_64" in done.stdout
    after = json.loads(part.read_text(encoding="utf-8"))
    versions = [row["version"] for row in after["releases"]]
    assert versions == [row["version"] for row in json.loads(WRITTEN.read_text())["releases"]]
    assert releases("--check", "--output", part).returncode == 0


def test_a_damaged_wheel_is_named(cache, tmp_path):
    """A library that is not the one that RECORD lists."""
    name = "bitsandbytes-0.46.1-py3-none-manylinux_2_24_x86_64.whl"
    with zipfile.ZipFile(cache / name) as good, zipfile.ZipFile(tmp_path / name, "w") as damaged:
        for entry in good.namelist():
            data = good.read(entry)
            if entry.endswith("_cpu.so"):
                data = data[:-1] + bytes([data[-1] ^ 1])
            elif entry.endswith(".so"):
                continue
            damaged.writestr(entry, data)
    done = subprocess.run([sys.executable, SCRIPT, "--offline", "--check", "--cache", tmp_path],
                          capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 1
    assert "bitsandbytes/libbitsandbytes_cpu.so is not the file that RECORD lists" in done.stdout
    assert "manylinux_2_24_x86_64: libbitsandbytes_cuda118.so is gone" in done.stdout


def test_a_release_that_is_not_there(releases):
    done = releases("--only", "0.1.0")
    assert done.returncode == 3
    assert "no wheel of 0.1.0 in " in done.stderr
