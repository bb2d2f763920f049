"""What a file for Windows has to keep to, and that each rule is seen to be broken."""

import os
import pathlib
import struct

import pytest

import wine
from release_build import Trouble, gates, windows

PROGRAM = """
#include <stdio.h>
int main(void) { puts("hello"); return 0; }
"""


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    """make(OPTIONS...): a small program for Windows."""
    folder = tmp_path_factory.mktemp("made")
    source = folder / "hello.c"
    source.write_text(PROGRAM, encoding="utf-8")

    def build(*options, machine="x86_64"):
        target = folder / f"hello-{abs(hash(options))}-{machine}.exe"
        return pathlib.Path(wine.build(source, target, "-s", *options, machine=machine))

    return build


def changed(path, offset, form, value):
    """The file with one number of its optional header changed."""
    image = windows.Image(path)
    data = bytearray(image.bytes)
    struct.pack_into(form, data, image.optional + offset, value)
    other = path.with_name(f"changed-{offset}-{path.name}")
    other.write_bytes(data)
    return other


def test_program_under_test():
    windows.check(wine.program_under_test(), "x86_64")


def test_file_of_the_other_machine():
    """The file for Arm, where scripts/release has made it: it cannot be run here."""
    folder = os.environ.get("BNB_PROBE_RELEASE_FILES")
    path = pathlib.Path(folder or "/nowhere") / "bnb-probe-windows-arm64.exe"
    if not path.exists():
        pytest.skip("needs the file for Windows on Arm: BNB_PROBE_RELEASE_FILES")
    windows.check(path, "arm64")


@pytest.mark.parametrize("machine, architecture", [("x86_64", "x86_64"), ("aarch64", "arm64")])
def test_good_file(make, machine, architecture):
    path = make(machine=machine)
    windows.check(path, architecture)
    assert any(name.startswith("api-ms-win-crt-") for name in windows.Image(path).needed())


def test_other_machine(make):
    with pytest.raises(Trouble, match="is for machine 0xaa64, not x86_64"):
        windows.check(make(machine="aarch64"), "x86_64")


def test_needs_another_dll(make, tmp_path):
    source = tmp_path / "window.c"
    source.write_text("#include <windows.h>\nint main(void) { return MessageBeep(0); }\n")
    path = pathlib.Path(wine.build(source, tmp_path / "window.exe", "-luser32"))
    with pytest.raises(Trouble, match="needs USER32.dll"):
        windows.check(path, "x86_64")


def test_no_console(make):
    with pytest.raises(Trouble, match="no program for a console"):
        windows.check(changed(make(), 68, "<H", 2), "x86_64")


@pytest.mark.parametrize("bit, name", windows.WANTED.items())
def test_protection(make, bit, name):
    path = make()
    without = windows.Image(path).characteristics & ~bit
    with pytest.raises(Trouble, match=f"lacks {name}"):
        windows.check(changed(path, 70, "<H", without), "x86_64")


def test_too_large(make, monkeypatch):
    monkeypatch.setattr(gates, "SIZE_LIMIT", 1000)
    with pytest.raises(Trouble, match="more than 1000"):
        windows.check(make(), "x86_64")


def test_writable_code(make):
    path = make()
    image = windows.Image(path)
    data = bytearray(image.bytes)
    first = image.optional + image.number("<H", image.optional - 4)
    flags = struct.unpack_from("<I", data, first + 36)[0]
    struct.pack_into("<I", data, first + 36, flags | windows.WRITABLE | windows.EXECUTABLE)
    other = path.with_name("writable.exe")
    other.write_bytes(data)
    with pytest.raises(Trouble, match="writable and executable"):
        windows.check(other, "x86_64")


def test_no_program(tmp_path):
    path = tmp_path / "text.exe"
    path.write_bytes(b"no program" * 100)
    with pytest.raises(Trouble):
        windows.check(path, "x86_64")
