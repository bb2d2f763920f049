"""What every file keeps to, and that each gate is shut to a file that does not."""

import shutil
import subprocess

import pytest

from machines import files
from release_build import Trouble, gates, program

ARCHITECTURES = ("x86_64", "aarch64")
PROGRAM = "#include <stdio.h>\nint main(void) { return puts(\"hello\") < 0; }\n"
SEALED = ("-Wl,-z,relro,-z,now", "-Wl,-z,noexecstack")


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_files(architecture):
    gates.check_linux(files.program(architecture), files.driver_part(architecture), architecture)


@pytest.fixture
def compiled(tmp_path):
    def compile_program(*options, source=PROGRAM):
        if not shutil.which("gcc"):
            pytest.skip("needs gcc")
        (tmp_path / "program.c").write_text(source)
        subprocess.run(["gcc", "-O1", "-o", str(tmp_path / "program"), str(tmp_path / "program.c"),
                        *options], check=True, capture_output=True)
        return tmp_path / "program"
    return compile_program


def test_static(compiled):
    gates.check_static(compiled("-static-pie"))
    with pytest.raises(Trouble, match="needs libc.so.6"):
        gates.check_static(compiled())
    with pytest.raises(Trouble, match="needs a loader"):
        gates.check_static(compiled("-nostdlib", "-Wl,--dynamic-linker=/lib/ld.so", "-pie",
                                    source="void _start(void) {}"))


def test_stack(compiled):
    gates.check_segments(compiled(), "x86_64")
    with pytest.raises(Trouble, match="writable and executable: GNU_STACK"):
        gates.check_segments(compiled("-z", "execstack"), "x86_64")


def test_stack_that_is_not_mentioned(compiled):
    file = compiled()
    subprocess.run(["objcopy", "--remove-section=.note.GNU-stack", str(file)], check=True)
    found = file.read_bytes()
    # PT_GNU_STACK becomes PT_NULL.
    header = found.index((0x6474E551).to_bytes(4, "little"), 64)
    file.write_bytes(found[:header] + bytes(4) + found[header + 4:])
    with pytest.raises(Trouble, match="says nothing of its stack"):
        gates.check_segments(file, "x86_64")


def test_writable_code(compiled):
    with pytest.raises(Trouble, match="writable and executable: LOAD"):
        gates.check_segments(compiled("-Wl,--omagic", "-static", "-no-pie", "-nostdlib",
                                      "-Wl,-z,noexecstack", source="int x = 1; void _start(void) { x++; }"),
                             "x86_64")


def test_alignment(compiled):
    gates.check_segments(compiled("-Wl,-z,max-page-size=0x10000"), "aarch64")
    with pytest.raises(Trouble, match="aligned to 0x1000, less than 0x10000"):
        gates.check_segments(compiled("-Wl,-z,max-page-size=0x1000"), "aarch64")


def test_sealed(compiled):
    gates.check_sealed(compiled(*SEALED, "-pie"))
    gates.check_sealed(compiled(*SEALED, "-static-pie"))
    for options in (["-Wl,-z,norelro,-z,now", "-pie"], ["-Wl,-z,relro,-z,lazy", "-pie"]):
        with pytest.raises(Trouble, match="not bound and sealed"):
            gates.check_sealed(compiled(*options))
    with pytest.raises(Trouble, match="one fixed address"):
        gates.check_sealed(compiled(*SEALED, "-no-pie"))


def test_libraries_of_the_driver_part(compiled, tmp_path):
    # A program of two symbols that every glibc has.
    gates.check_needs_of_driver_part(compiled(
        "-nostartfiles", source="#include <unistd.h>\nvoid _start(void) { _exit(0); }"))
    other = str(tmp_path / "libother.so")
    subprocess.run(["gcc", "-shared", "-Wl,-soname,libother.so", "-o", other, "-x", "c", "/dev/null"],
                   check=True)
    with pytest.raises(Trouble, match="needs libother.so"):
        gates.check_needs_of_driver_part(compiled("-Wl,--no-as-needed", other))


def test_glibc_of_the_driver_part(compiled):
    file = compiled()  # by this machine's compiler, for this machine's glibc
    with pytest.raises(Trouble, match=r"needs GLIBC_2\.[3-9]"):
        gates.check_needs_of_driver_part(file)
    assert program.OLDEST_GLIBC == "2.17"


def test_size(tmp_path):
    file = tmp_path / "program"
    file.write_bytes(bytes(gates.SIZE_LIMIT))
    gates.check_size(file)
    file.write_bytes(bytes(gates.SIZE_LIMIT + 1))
    with pytest.raises(Trouble, match="more than"):
        gates.check_size(file)
