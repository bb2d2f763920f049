"""Wheels for Windows, Windows on Arm and macOS, read on this machine and held against LIEF."""

import json
import random
import shutil
import subprocess

import pytest

from support import foreign_oracle, torch_layout, wheels
from support.program import find_tool, finding

# (version, platform): two releases for each system that has had two, one before 0.50.
WHEELS = (
    ("0.49.2", "win_amd64"),
    ("newest", "win_amd64"),
    ("newest", "win_arm64"),
    ("0.49.2", "macosx_14_0_arm64"),
    ("newest", "macosx_14_0_arm64"),
)
MACHINES = {"win_amd64": "x86_64", "win_arm64": "aarch64", "macosx_14_0_arm64": "arm64"}


def native_libraries(package):
    return sorted(file for file in package.iterdir()
                  if file.name.startswith("libbitsandbytes") and
                  file.suffix in (".dll", ".dylib"))


@pytest.fixture(params=WHEELS, ids=lambda one: "-".join(one))
def unpacked(request, tmp_path_factory):
    """(version asked for, platform, package folder of that wheel)."""
    version, platform = request.param
    site = tmp_path_factory.mktemp("site")
    wheels.unpack(wheels.wheel(version, platform), site)
    yield version, platform, site / "bitsandbytes"
    shutil.rmtree(site)


@pytest.fixture
def readers_say(probe):
    """What the developers' tool beside the program says of files, one dictionary a file."""
    tool = find_tool("bnb-probe-binary")

    def say(files):
        done = subprocess.run([str(tool), *map(str, files)], capture_output=True, text=True,
                              check=True, env=probe.environment())
        probe.assert_no_complaint()
        return [json.loads(line) for line in done.stdout.splitlines()]

    return say


def assert_equal(seen, expected, name):
    for key in ("format", "machine", "bits", "needed", "soname"):
        assert seen[key] == expected[key], (name, key)
    for key in ("delay_needed", "rpath", "build_id", "weak_needed", "signed"):
        assert seen.get(key) == expected.get(key), (name, key)
    assert seen["exported_count"] == len(expected["exported"]), name
    for symbol, present in seen["symbols"].items():
        assert present is (symbol in expected["exported"]), (name, symbol)
    if expected.get("oldest"):
        major, minor, patch = expected["oldest"]
        version = f"{major}.{minor}" + (f".{patch}" if patch else "")
        assert seen["requires"] == {"macOS": version}, name
    assert "error" not in seen, name


def test_published_libraries(unpacked, readers_say):
    _, platform, package = unpacked
    files = native_libraries(package)
    assert files
    expected = foreign_oracle.read(files)
    for file, seen, known in zip(files, readers_say(files), expected, strict=True):
        assert seen["machine"] == MACHINES[platform], file.name
        assert seen["symbols"], file.name
        assert_equal(seen, known, file.name)


OTHERS = (
    ("numpy==1.26.4", "win32"),
    ("numpy==1.26.4", "win_amd64"),
    ("numpy==1.26.4", "macosx_10_9_x86_64"),
    ("markupsafe==2.1.5", "macosx_10_9_universal2"),
)


def other_wheel(requirement, platform):
    """A small wheel of another project, kept between runs."""
    folder = wheels.cache_folder() / "wheels" / platform / requirement.replace("==", "-")
    if not list(folder.glob("*.whl")):
        done = wheels.pip("download", "-q", "--no-deps", "--only-binary=:all:", "--retries", "1",
                          "--timeout", "20", "--python-version", "3.11", "--platform", platform,
                          "-d", folder, requirement)
        if done.returncode != 0:
            if not wheels.UNREACHABLE.search(done.stderr):
                raise RuntimeError(f"pip download {requirement} failed: {done.stderr}")
            pytest.skip(f"needs the package index: {requirement} for {platform}")
    return next(folder.glob("*.whl"))


@pytest.mark.parametrize("requirement, platform", OTHERS, ids=lambda one: str(one))
def test_libraries_of_other_compilers(requirement, platform, readers_say, tmp_path):
    """32 bits, MinGW, gfortran, universal files: what bitsandbytes' own libraries are not."""
    wheels.unpack(other_wheel(requirement, platform), tmp_path)
    endings = {".dll", ".pyd", ".exe"} if platform.startswith("win") else {".dylib", ".so"}
    files = sorted(file for file in tmp_path.rglob("*") if file.suffix in endings)
    assert files
    for file, seen, known in zip(files, readers_say(files), foreign_oracle.read(files),
                                 strict=True):
        assert_equal(seen, known, file.name)


@pytest.mark.parametrize("swapped", [False, True])
def test_universal_library_for_the_interpreter(swapped, report, wheel_venv, tmp_path):
    """Of a file for several machines the part counts that the interpreter would load."""
    wheels.unpack(other_wheel("markupsafe==2.1.5", "macosx_10_9_universal2"), tmp_path / "other")
    data = bytearray(next((tmp_path / "other").rglob("*.so")).read_bytes())
    if swapped:  # the two rows of 20 bytes that say where each part stands
        data[8:48] = data[28:48] + data[8:28]
    venv = wheels.linked_copy(wheel_venv("0.49.2"), tmp_path / "venv")
    (venv.package / "libbitsandbytes_mps.dylib").write_bytes(data)
    document = report("--with-ghosts", "--python", venv.python)
    library = next(one for one in document["snapshot"]["bitsandbytes"]["native_libraries"]
                   if one["name"].endswith(".dylib"))
    machine = document["snapshot"]["python"]["interpreters"][0]["machine"]
    assert library["machine"] == {"x86_64": "x86_64", "aarch64": "arm64"}[machine]
    saved = tmp_path / "saved.json"
    saved.write_text(json.dumps(document))
    assert report("--from", saved) == document


def test_cut_library(readers_say, tmp_path):
    """A file of which a part is missing says so, and still tells what its headers hold."""
    wheels.unpack(wheels.wheel("newest", "win_arm64"), tmp_path)
    file = tmp_path / "bitsandbytes" / "libbitsandbytes_cpu.dll"
    whole = file.read_bytes()
    for length in (3, 100, 1024, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:length])
        seen, = readers_say([file])
        assert seen["error"], length
        if length >= 1024:
            assert "cut short" in seen["error"] and seen["machine"] == "aarch64"


@pytest.mark.parametrize("platform", ["win_arm64", "macosx_14_0_arm64"])
def test_random_damage_to_published_libraries(platform, readers_say, tmp_path):
    """Mutants of real headers and tables: an answer for each, and no finding of a sanitizer."""
    wheels.unpack(wheels.wheel("newest", platform), tmp_path)
    file = next(file for file in native_libraries(tmp_path / "bitsandbytes") if "cpu" in file.name)
    whole = file.read_bytes()
    chance = random.Random(platform)
    mutants = []
    for number in range(400):
        mutant = bytearray(whole)
        reach = len(whole) if number % 2 else 4096
        for _ in range(chance.randint(1, 12)):
            mutant[chance.randrange(reach)] = chance.choice((0, 1, 0x7F, 0xFF, chance.randrange(256)))
        mutants.append(tmp_path / f"{number}")
        mutants[-1].write_bytes(mutant)
    seen = readers_say(mutants)
    assert len(seen) == len(mutants)
    assert all(one["format"] for one in seen)
    assert any(one.get("error") for one in seen)


@pytest.mark.parametrize("version, platform", [
    ("newest", "win_amd64"),
    ("newest", "macosx_14_0_arm64"),
])
def test_copied_site_packages(version, platform, report, tmp_path):
    """A site-packages folder copied from another system: the report tells what it holds."""
    venv = wheels.make_venv(tmp_path / "venv")
    wheels.unpack(wheels.wheel(version, platform), venv.site)
    torch_layout.add_torch(venv.site, "2.5.1+cpu")
    document = report(env=venv.active)
    seen = document["snapshot"]["bitsandbytes"]["native_libraries"]
    assert [one["name"] for one in seen] == [file.name for file in native_libraries(venv.package)]
    assert {one["machine"] for one in seen} == {MACHINES[platform]}
    assert all(one["needed"] and one["exported_count"] for one in seen)
    assert document["loader"]["outcome"] == "file-missing"
    assert {one["outcome"] for one in document["loader"]["files"]} == {"wrong-format"}
    assert finding(document, "native-library-load-failure")
