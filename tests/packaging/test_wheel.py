"""The wheels: what is in them, who gets which, and that nothing stays behind."""

import ast
import base64
import csv
import email
import hashlib
import os
import pathlib
import re
import stat
import zipfile

import pytest
from packaged import SOURCE, Trouble, bare, check_it_works, make_venv, platform_of, run, sbom, tree, wheel

# The first bytes of a program of each platform: what the wheel is refused without.
HEADS = {
    "linux-x86_64": b"\x7fELF\x02\x01" + bytes(12) + b"\x3e\x00",
    "linux-aarch64": b"\x7fELF\x02\x01" + bytes(12) + b"\xb7\x00",
    "windows-x86_64": b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0\x64\x86",
    "windows-arm64": b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0\x64\xaa",
    "macos-arm64": b"\xcf\xfa\xed\xfe\x0c\x00\x00\x01",
}


@pytest.fixture(scope="module")
def all_wheels(tmp_path_factory, licences):
    """A folder with a wheel of every platform around programs that are no more than their beginning."""
    folder = tmp_path_factory.mktemp("wheels")
    for platform, head in HEADS.items():
        binary = folder / "program"
        binary.write_bytes(head + bytes(64))
        wheel.write(binary, platform, folder, licences)
        binary.unlink()
    return folder


def read(path, end):
    with zipfile.ZipFile(path) as archive:
        name, = [name for name in archive.namelist() if name.endswith(end)]
        return archive.read(name)


def test_there_is_a_wheel_for_every_platform(all_wheels):
    assert {platform_of(path) for path in all_wheels.glob("*.whl")} == set(HEADS) == set(wheel.TAGS)


@pytest.mark.parametrize("platform", HEADS)
@pytest.mark.parametrize("other", HEADS)
def test_a_program_of_another_platform_is_refused(tmp_path, licences, platform, other):
    binary = tmp_path / "program"
    binary.write_bytes(HEADS[other] + bytes(64))
    if platform == other:
        assert wheel.write(binary, platform, tmp_path, licences).exists()
    else:
        with pytest.raises(Trouble, match=platform):
            wheel.write(binary, platform, tmp_path, licences)


@pytest.mark.parametrize("content", [b"", b"MZ", b"\x7fELF", b"#!/bin/sh\n"])
def test_what_is_no_program_is_refused(tmp_path, licences, content):
    (tmp_path / "program").write_bytes(content)
    for platform in HEADS:
        with pytest.raises(Trouble):
            wheel.write(tmp_path / "program", platform, tmp_path, licences)


def test_record_names_every_file_with_its_digest(all_wheels, linux_wheel):
    for path in [*all_wheels.glob("*.whl"), linux_wheel]:
        rows = list(csv.reader(read(path, "/RECORD").decode().splitlines()))
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            assert sorted(row[0] for row in rows) == sorted(archive.namelist())
            for name, digest, size in rows:
                if name.endswith("/RECORD"):
                    assert (digest, size) == ("", "")
                    continue
                data = archive.read(name)
                kind, value = digest.split("=", 1)
                assert kind == "sha256" and int(size) == len(data)
                assert base64.urlsafe_b64decode(value + "=") == hashlib.sha256(data).digest()


def test_only_the_program_is_executable(all_wheels, linux_wheel):
    for path in [*all_wheels.glob("*.whl"), linux_wheel]:
        name = "bnb-probe.exe" if platform_of(path).startswith("windows") else "bnb-probe"
        with zipfile.ZipFile(path) as archive:
            modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
        assert all(stat.S_ISREG(mode) for mode in modes.values())
        programs = [file for file, mode in modes.items() if mode & 0o111]
        assert [re.sub(r"^bnb_probe-[0-9.]+\.data", "", file) for file in programs] == [f"/scripts/{name}"]
        assert {stat.S_IMODE(mode) for mode in modes.values()} == {0o644, 0o755}


def test_tags_are_those_of_the_name(all_wheels, linux_wheel):
    for path in [*all_wheels.glob("*.whl"), linux_wheel]:
        said = email.message_from_bytes(read(path, "/WHEEL"))
        name, version, python, abi, platforms = path.stem.split("-")
        assert (name, python, abi) == ("bnb_probe", "py3", "none")
        assert said.get_all("Tag") == [f"py3-none-{one}" for one in platforms.split(".")]
        assert said["Root-Is-Purelib"] == "false"
        assert email.message_from_bytes(read(path, "/METADATA"))["Version"] == version


def test_licences_are_those_of_what_is_inside(all_wheels):
    for path in all_wheels.glob("*.whl"):
        platform = platform_of(path)
        metadata = email.message_from_bytes(read(path, "/METADATA"))
        with zipfile.ZipFile(path) as archive:
            inside = {pathlib.PurePath(name).name for name in archive.namelist() if "/licenses/" in name}
        assert set(metadata.get_all("License-File")) == inside
        assert {"bnb-probe.txt", *(f"{key}.txt" for key in sbom.LICENCES)} <= inside
        assert ("musl.txt" in inside) == platform.startswith("linux")
        assert ("mingw-w64.txt" in inside) == platform.startswith("windows")
        assert ("ZPL-2.1" in metadata["License-Expression"]) == platform.startswith("windows")


def test_the_same_bytes_again(tmp_path, linux_program, licences, version):
    first, second = (wheel.write(linux_program, "linux-x86_64", tmp_path / name, licences)
                     for name in ("one", "two") if (tmp_path / name).mkdir() is None)
    assert first.read_bytes() == second.read_bytes()
    assert version in first.name


def test_metadata_holds_to_the_standard(tools, all_wheels, linux_wheel, tmp_path):
    run(*tools.module("twine"), "check", "--strict", *all_wheels.glob("*.whl"), linux_wheel)
    # Each field by itself, license expression and files included.
    code = ("import sys; from packaging.metadata import Metadata\n"
            "m = Metadata.from_email(sys.stdin.buffer.read(), validate=True)\n"
            "print(m.license_expression, '|', m.requires_python)")
    for path in all_wheels.glob("*.whl"):
        (tmp_path / "METADATA").write_bytes(read(path, "/METADATA"))
        done = run(tools.python, "-c", code, stdin=read(path, "/METADATA").decode())
        assert "MIT AND BSD-3-Clause AND Zlib" in done.stdout


@pytest.mark.parametrize("tag, platform", [
    ("manylinux2014_x86_64", "linux-x86_64"),
    ("manylinux_2_17_x86_64", "linux-x86_64"),
    ("musllinux_1_1_x86_64", "linux-x86_64"),
    ("manylinux2014_aarch64", "linux-aarch64"),
    ("manylinux_2_17_aarch64", "linux-aarch64"),
    ("musllinux_1_1_aarch64", "linux-aarch64"),
    ("win_amd64", "windows-x86_64"),
    ("win_arm64", "windows-arm64"),
    ("macosx_11_0_arm64", "macos-arm64"),
    ("macosx_15_0_arm64", "macos-arm64"),
    ("manylinux_2_5_x86_64", None),
    ("win32", None),
    ("macosx_10_9_x86_64", None),
    ("manylinux2014_ppc64le", None),
])
def test_pip_picks_the_right_file(tools, all_wheels, tmp_path, tag, platform):
    done = run(*tools.module("pip"), "download", "--no-index", "--no-deps", "--only-binary", ":all:",
               "--find-links", all_wheels, "--platform", tag, "--dest", tmp_path, "bnb-probe",
               check=False, env=bare(tmp_path))
    found = [platform_of(path) for path in tmp_path.glob("*.whl")]
    assert found == ([platform] if platform else []), done.stderr
    assert (done.returncode == 0) == bool(platform)


@pytest.mark.parametrize("target, platform", [
    ("x86_64-manylinux_2_17", "linux-x86_64"),
    ("x86_64-manylinux_2_40", "linux-x86_64"),
    ("x86_64-unknown-linux-musl", "linux-x86_64"),
    ("aarch64-manylinux2014", "linux-aarch64"),
    ("aarch64-unknown-linux-musl", "linux-aarch64"),
    ("x86_64-pc-windows-msvc", "windows-x86_64"),
    ("aarch64-pc-windows-msvc", "windows-arm64"),
    ("aarch64-apple-darwin", "macos-arm64"),
    ("x86_64-apple-darwin", None),
])
def test_uv_picks_the_right_file(tools, all_wheels, tmp_path, target, platform):
    done = run(tools.program("uv"), "pip", "install", "--python", "/usr/bin/python3", "--find-links", all_wheels,
               "--target", tmp_path / "there", "--python-platform", target, "bnb-probe", check=False,
               env=bare(tmp_path))
    assert (done.returncode == 0) == bool(platform), done.stderr
    if platform:
        program, = [path for path in (tmp_path / "there").rglob("bnb-probe*") if path.parent.name == "bin"]
        assert program.read_bytes().startswith(HEADS[platform])


def test_pip_installs_and_removes_it(linux_wheel, tmp_path, version):
    venv = make_venv(tmp_path / "venv", pip=True)
    python, environment = venv / "bin" / "python", bare(tmp_path)
    before = tree(venv)
    run(python, "-m", "pip", "install", "--no-index", "--no-compile", linux_wheel, env=environment)
    check_it_works(venv, version, tmp_path)
    run(python, "-m", "pip", "check", env=environment)
    run(python, "-m", "pip", "uninstall", "--yes", "bnb-probe", env=environment)
    assert tree(venv) == before


def test_uv_installs_and_removes_it(tools, linux_wheel, tmp_path, version):
    venv = make_venv(tmp_path / "venv")
    environment = bare(tmp_path, VIRTUAL_ENV=venv)
    uv = tools.program("uv")
    before = tree(venv)
    run(uv, "pip", "install", linux_wheel, env=environment)
    check_it_works(venv, version, tmp_path)
    run(uv, "pip", "uninstall", "bnb-probe", env=environment)
    assert tree(venv) - before <= {".lock"}


@pytest.mark.parametrize("where", ["target", "user", "prefix"])
def test_the_package_finds_its_program_elsewhere(tools, linux_wheel, tmp_path, where):
    """pip's other ways of installing put the program in other places beside the package."""
    home = tmp_path / "home"
    home.mkdir()
    options, packages, folder = {
        "target": (["--target", tmp_path / "there"], tmp_path / "there", tmp_path / "there" / "bin"),
        "user": (["--user", "--break-system-packages"], None, home / ".local" / "bin"),
        "prefix": (["--prefix", tmp_path / "there"], None, tmp_path / "there"),
    }[where]
    run("/usr/bin/python3", "-m", "pip", "install", "--quiet", "--no-index", "--no-warn-script-location",
        *options, linux_wheel, env=bare(home))
    if where == "prefix":
        packages, = (tmp_path / "there").rglob("bnb_probe/..")
        folder = next((tmp_path / "there").rglob("bnb-probe")).parent
    environment = bare(home, **({"PYTHONPATH": packages} if packages else {}))
    said = run("/usr/bin/python3", "-c", "import bnb_probe; print(bnb_probe.program())", env=environment)
    assert said.stdout.strip() == str(folder / "bnb-probe")


@pytest.fixture
def installed(tools, linux_wheel, tmp_path):
    """An environment with the wheel in it."""
    venv = make_venv(tmp_path / "venv")
    run(tools.program("uv"), "pip", "install", "--python", venv, linux_wheel, env=bare(tmp_path))
    return venv


def test_the_program_is_missing(installed, tmp_path):
    environment = bare(tmp_path, path="/nonexistent")
    (installed / "bin" / "bnb-probe").unlink()
    done = run(installed / "bin" / "python", "-m", "bnb_probe", env=environment, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.count("\n") == 1 and "install bnb-probe again" in done.stderr


def test_errors_of_the_program_are_python_errors(installed, tmp_path):
    code = ("import bnb_probe\ntry:\n    bnb_probe.report(['--from', '/not/there.json'])\n"
            "except bnb_probe.ProbeError as error:\n    print(error)")
    said = run(installed / "bin" / "python", "-c", code, env=bare(tmp_path)).stdout
    assert "/not/there.json" in said


def old_pythons():
    """Other releases of Python on this machine: pyenv's, else none."""
    folder = pathlib.Path(os.environ.get("PYENV_ROOT") or pathlib.Path.home() / ".pyenv")
    found = {path.parent.parent.name: path for path in folder.glob("versions/3.*/bin/python3")}
    return sorted(found.items(), key=lambda item: [int(part) for part in item[0].split(".")])


def test_the_package_runs_on_every_python_it_names(linux_wheel, tmp_path):
    """Without that Python's pip, which may be older than the wheel's tags."""
    found = old_pythons()
    if not found:
        pytest.skip("needs another Python: there are none below ~/.pyenv/versions")
    target = tmp_path / "there"
    run("/usr/bin/python3", "-m", "pip", "install", "--quiet", "--no-index", "--target", target, linux_wheel,
        env=bare(tmp_path))
    code = "import bnb_probe; print(bnb_probe.report(['--timing'], timeout=20)['schema'])"
    for name, python in found:
        said = run(python, "-c", code, env=bare(tmp_path, PYTHONPATH=target))
        assert said.stdout.strip() == "bnb-probe/1", name


def test_the_syntax_is_that_of_the_oldest_python():
    for path in (SOURCE / "python" / "bnb_probe").glob("*.py"):
        ast.parse(path.read_text(), feature_version=(3, 6))


GOOD_CALLER = """
from typing import Any, Dict
import bnb_probe
report: Dict[str, Any] = bnb_probe.report(["--no-redact"], python=None, timeout=5.0)
path: str = bnb_probe.program()
try:
    bnb_probe.report()
except bnb_probe.ProbeError as error:
    print(str(error), report["verdict"], path)
"""
BAD_CALLERS = ["bnb_probe.report(3)", "bnb_probe.report([], 'python')", "bnb_probe.report(timeout='5')",
               "x: int = bnb_probe.program()"]


def test_it_is_typed(tools, installed, tmp_path):
    mypy = [*tools.module("mypy"), "--strict", "--cache-dir", tmp_path / "cache", "--python-executable",
            installed / "bin" / "python"]
    (tmp_path / "good.py").write_text(GOOD_CALLER)
    run(*mypy, tmp_path / "good.py")
    run(*mypy, SOURCE / "python" / "bnb_probe")
    lines = "".join(f"{line}\n" for line in BAD_CALLERS)
    (tmp_path / "bad.py").write_text(f"import bnb_probe\n{lines}")
    done = run(*mypy, tmp_path / "bad.py", check=False)
    wrong = {int(number) for number in re.findall(r"bad\.py:(\d+): error", done.stdout)}
    assert wrong == set(range(2, 2 + len(BAD_CALLERS))), done.stdout
