"""The file for macOS, which cannot be run here: what it is, by readers other than the gates' own."""

import re
import shutil
import struct
import subprocess

import pytest

from machines import files
from release_build import Trouble, macos
from support.mac_root import PROGRAM, SIGNATURE, mach_o, put


@pytest.fixture
def program():
    return files.find("bnb-probe-macos-arm64")


def test_gates(program):
    macos.check(program)


@pytest.fixture
def headers(program):
    tool = shutil.which("llvm-objdump")
    if not tool:
        pytest.skip("needs llvm-objdump")

    def read(*options):
        return subprocess.run([tool, "--macho", *options, str(program)], check=True, text=True,
                              capture_output=True).stdout
    return read


def test_libraries(headers):
    needed = re.findall(r"^\t(\S+) \(", headers("--dylibs-used"), re.M)
    assert needed == ["/usr/lib/libSystem.B.dylib"]


def test_header_and_commands(headers):
    header = headers("--private-header").splitlines()[-1].split()
    assert header[:2] == ["MH_MAGIC_64", "ARM64"] and header[4] == "EXECUTE" and "PIE" in header
    commands = headers("--private-headers")
    version = re.search(r"cmd LC_BUILD_VERSION.*?platform (\S+).*?minos (\S+)", commands, re.S)
    assert version.groups() == ("macos", "11.0")
    assert commands.count("LC_CODE_SIGNATURE") == 1
    assert "LC_RPATH" not in commands


def test_nothing_of_the_machine_that_built_it(program):
    data = program.read_bytes()
    assert str(files.SOURCE).encode() not in data
    assert b"/bnb-probe-release-" not in data  # where scripts/release builds


# --- the gates are shut to what does not keep to them ---


@pytest.fixture
def made(tmp_path):
    def make(**how):
        data = bytearray(mach_o(**{"kind": PROGRAM, "needed": ["/usr/lib/libSystem.B.dylib"],
                                   **how}))
        struct.pack_into("<I", data, 24, how.pop("flags", macos.PIE))
        return put(tmp_path / "program", bytes(data))
    return make


@pytest.mark.parametrize("how, words", [
    ({"machine": "x86_64"}, "no program for macOS on arm64"),
    ({"kind": 6}, "no program for macOS on arm64"),
    ({"oldest": (13, 0)}, "from 13.0 on"),
    ({"needed": ["/usr/lib/libSystem.B.dylib", "/opt/homebrew/lib/libhwloc.15.dylib"]},
     "needs /opt/homebrew/lib/libhwloc.15.dylib"),
    ({"weak": ["@rpath/libomp.dylib"]}, "needs @rpath/libomp.dylib"),
    ({"signed": False}, "no code signature"),
    ({}, "signature is damaged"),
])
def test_gates_are_shut(made, how, words):
    with pytest.raises(Trouble, match=re.escape(words)):
        macos.check(made(**how))


def test_gate_of_the_address(made):
    path = made()
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, 24, 0)
    path.write_bytes(data)
    with pytest.raises(Trouble, match="one fixed address"):
        macos.check(path)


def test_gate_of_what_was_signed(program, tmp_path):
    """Any byte before the signature that is another one is found, and a signature with other words."""
    whole = program.read_bytes()
    signature = macos.Image(whole).of_kind(SIGNATURE)[0]
    start, = struct.unpack_from("<I", signature, 8)
    for at in (40, 0x4000, start // 2, start - 1):
        data = bytearray(whole)
        data[at] ^= 1
        with pytest.raises(Trouble):
            macos.check(put(tmp_path / "changed", bytes(data)))
