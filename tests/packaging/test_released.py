"""The wheels and papers that scripts/release left in BNB_PROBE_RELEASE_FILES, each as it is there."""

import email
import hashlib
import json
import os
import pathlib
import shutil
import zipfile

import pytest
from packaged import PROGRAM_FILES, bare, interpreter_of, platform_of, run, sbom, wheel

# The programs of other platforms are started through what stands in for the platform here.
STANDS_IN = {"linux-aarch64": "qemu-aarch64-static", "windows-x86_64": "wine"}


@pytest.fixture(scope="module")
def released():
    folder = os.environ.get("BNB_PROBE_RELEASE_FILES")
    if not folder or not pathlib.Path(folder).is_dir():
        pytest.skip("needs the release files: BNB_PROBE_RELEASE_FILES names no folder with them")
    return pathlib.Path(folder).resolve()


@pytest.fixture(scope="module")
def wheels(released):
    found = sorted(released.glob("*.whl"))
    assert found, f"{released} holds no wheel"
    return {platform_of(path): path for path in found}


def test_each_wheel_holds_the_file_of_its_platform(released, wheels):
    programs = {path.name for path in released.glob("bnb-probe-*")
                if not path.name.endswith(".json") and "-driver-" not in path.name}
    assert programs == {PROGRAM_FILES[platform] for platform in wheels}
    for platform, path in wheels.items():
        with zipfile.ZipFile(path) as archive:
            name, = [name for name in archive.namelist() if ".data/scripts/" in name]
            assert archive.read(name) == (released / PROGRAM_FILES[platform]).read_bytes()


def test_the_checksums_are_of_everything(released, wheels):
    lines = [line.split("  ") for line in (released / "SHA256SUMS").read_text().splitlines()]
    # scripts/test leaves a hidden file there that says when it made them.
    files = {path.name for path in released.iterdir()
             if path.is_file() and not path.name.startswith(".")} - {"SHA256SUMS"}
    assert {name for _, name in lines} == files
    for digest, name in lines:
        assert hashlib.sha256((released / name).read_bytes()).hexdigest() == digest


def test_the_licences_are_whole(released):
    """Each is the text itself: it names a holder of the copyright, or dedicates to the public."""
    names = {path.stem: path.read_text(errors="replace") for path in (released / "licenses").iterdir()}
    assert {"bnb-probe", "cJSON", "hwloc", "pcre2", "zlib", "zstd", "musl", "mingw-w64"} <= set(names)
    for name, text in names.items():
        assert "opyright" in text, name


def test_the_bill_of_materials(tools, released, wheels):
    path, = released.glob("*.spdx.json")
    run(tools.program("pyspdxtools"), "--infile", path)
    document = json.loads(path.read_text())
    packages = {one["name"].lower(): one for one in document["packages"]}
    assert {"bnb-probe", "cjson", "hwloc", "pcre2", "zlib", "zstd", "zig",
            *(runtime.name for runtime in sbom.RUNTIMES)} <= set(packages)
    files = {one["fileName"].removeprefix("./"): one for one in document["files"]}
    for name in [*(one.name for one in wheels.values()), *(PROGRAM_FILES[platform] for platform in wheels)]:
        sums = {one["algorithm"]: one["checksumValue"] for one in files[name]["checksums"]}
        assert sums["SHA256"] == hashlib.sha256((released / name).read_bytes()).hexdigest()


def test_what_a_wheel_says_of_itself(tools, wheels):
    run(*tools.module("twine"), "check", "--strict", *wheels.values())
    for path in wheels.values():
        with zipfile.ZipFile(path) as archive:
            name, = [name for name in archive.namelist() if name.endswith("/METADATA")]
            said = email.message_from_bytes(archive.read(name))
        assert said["Name"] == "bnb-probe" and not said.get_all("Requires-Dist")


@pytest.mark.parametrize("platform", STANDS_IN)
def test_pip_unpacks_it_and_it_runs(tools, wheels, tmp_path, version, platform):
    """As far as this machine goes: pip installs for the other platform, and its program starts."""
    if platform not in wheels:
        pytest.skip(f"needs the release file of {platform}")
    if not shutil.which(STANDS_IN[platform]):
        pytest.skip(f"needs {STANDS_IN[platform]}")
    run(*tools.module("pip"), "install", "--no-index", "--no-deps", "--only-binary", ":all:", "--target",
        tmp_path / "there", "--platform", wheel.TAGS[platform][0], wheels[platform], env=bare(tmp_path))
    program, = (tmp_path / "there" / "bin").glob("bnb-probe*")
    said = run(STANDS_IN[platform], program, "--version",
               env=bare(tmp_path, WINEDEBUG="-all", WINEPREFIX=tmp_path / "wine"))
    assert said.stdout.split()[:2] == ["bnb-probe", version]


def test_uvx_on_windows(wheels, released, tmp_path):
    """Laid out as uv does it there, under wine: the person's Python is what is looked at."""
    if "windows-x86_64" not in wheels or not shutil.which("wine"):
        pytest.skip("needs the release file of windows-x86_64, and wine")
    environment = bare(tmp_path, WINEDEBUG="-all", WINEPREFIX=tmp_path / "wine",
                       WINEPATH=r"C:\uv\archive-v0\AbC\Scripts;C:\person")
    run("wine", "wineboot", "--init", env=environment)
    drive = tmp_path / "wine" / "drive_c"
    for folder in ("uv/archive-v0/AbC/Scripts", "person"):
        (drive / folder).mkdir(parents=True)
        # Any program does: what is chosen is told even where it is no Python.
        shutil.copy(released / PROGRAM_FILES["windows-x86_64"], drive / folder / "python.exe")
    shutil.copy(released / PROGRAM_FILES["windows-x86_64"], drive / "uv/archive-v0/AbC/Scripts/bnb-probe.exe")
    (drive / "uv/archive-v0/AbC/pyvenv.cfg").write_text("home = C:\\person\nuv = 0.13\n")
    done = run("wine", r"C:\uv\archive-v0\AbC\Scripts\bnb-probe.exe", "report", "--format", "json", "--no-redact",
               env=environment)
    assert interpreter_of(done.stdout) == (
        r"C:\person\python.exe", "first python on PATH, bnb-probe's own environment left out")
