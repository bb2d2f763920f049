"""The GPU code inside libraries, held against NVIDIA's and LLVM's own listers."""

import collections
import json
import os
import struct
import subprocess

import pytest

from support import binaries, gpu_code, wheels
from support.program import find_tool

KERNEL = """
__global__ void kernel(int *out) { *out = 1; }
extern "C" void launch(int *out) { kernel<<<1, 1>>>(out); }
"""

TARGETS = {
    "sm_75": ("arch=compute_75,code=sm_75", ("cubin", "sm_75")),
    "sm_90a": ("arch=compute_90a,code=sm_90a", ("cubin", "sm_90a")),
    "sm_100f": ("arch=compute_100f,code=sm_100f", ("cubin", "sm_100f")),
    "sm_120": ("arch=compute_120,code=sm_120", ("cubin", "sm_120")),
    "PTX": ("arch=compute_80,code=compute_80", ("ptx", "compute_80")),
    "PTX a": ("arch=compute_90a,code=compute_90a", ("ptx", "compute_90a")),
    "PTX f": ("arch=compute_120f,code=compute_120f", ("ptx", "compute_120f")),
}
# How nvcc is told to compress, and what it then does to cubins and to PTX where that is known.
MODES = {
    "default": ([], None),
    "-Xfatbin -compress-all": (["-Xfatbin", "-compress-all"], True),
    "-no-compress": (["-no-compress"], False),
    "-compress-mode=none": (["-compress-mode=none"], False),
    "-compress-mode=size": (["-compress-mode=size"], True),
    "-compress-mode=speed": (["-compress-mode=speed"], None),
    "-compress-mode=balance": (["-compress-mode=balance"], None),
}


@pytest.fixture(scope="session")
def lister():
    """lister(FILES...): the facts of each file, from the project's own readers."""
    program = find_tool("bnb-probe-binary")

    def run(*files):
        done = subprocess.run([str(program), *map(str, files)], capture_output=True, text=True,
                              check=False)
        assert done.returncode == 0 and not done.stderr, done.stderr
        facts = [json.loads(line) for line in done.stdout.splitlines()]
        assert [one["path"] for one in facts] == [str(file) for file in files]
        return facts

    return run


def build(folder, *options):
    """A library of the kernel above; with -dc an object file."""
    source = folder / "kernel.cu"
    source.write_text(KERNEL)
    library = folder / "libkernel.so"
    done = subprocess.run(
        [gpu_code.nvcc(), *([] if "-dc" in options else ["-shared"]), "-Xcompiler", "-fPIC",
         "-o", str(library), *options, str(source)],
        capture_output=True, text=True, check=False)
    if done.returncode != 0 and "Unsupported gpu architecture" in done.stderr:
        pytest.skip("needs an nvcc that knows sm_75 to sm_120")
    assert done.returncode == 0, done.stderr
    return library


def options_for(targets):
    return [word for option, _ in targets for word in ("-gencode", option)]


@pytest.mark.parametrize("mode", MODES)
def test_built_here(mode, lister, tmp_path):
    options, compressed = MODES[mode]
    library = build(tmp_path, *options_for(TARGETS.values()), *options)
    listed = gpu_code.own(lister(library)[0])
    assert listed == gpu_code.listed_by_cuobjdump(library)
    assert {target for _, target in TARGETS.values()} <= {row[:2] for row in listed}
    if compressed is not None:
        assert {row[2] for row in listed} == {compressed}


@pytest.mark.parametrize("name", TARGETS)
def test_one_target(name, lister, tmp_path):
    library = build(tmp_path, *options_for([TARGETS[name]]))
    listed = gpu_code.own(lister(library)[0])
    # nvcc adds what belongs to its run-time library: for the same target.
    assert {row[:2] for row in listed} == {TARGETS[name][1]}
    assert listed == gpu_code.listed_by_cuobjdump(library)


def test_separate_compilation(lister, tmp_path):
    """As bitsandbytes is built: linked cubins, and the pieces with the PTX beside them."""
    library = build(tmp_path, "-rdc=true", "-gencode", "arch=compute_75,code=sm_75",
                    "-gencode", "arch=compute_90,code=[sm_90,compute_90]")
    listed = gpu_code.own(lister(library)[0])
    assert listed == gpu_code.listed_by_cuobjdump(library)
    assert {row[:2] for row in listed} == {
        ("cubin", "sm_75"), ("cubin", "sm_90"), ("ptx", "compute_90")}


def test_object_file_for_link_time_optimization(lister, tmp_path):
    target = build(tmp_path, "-dc", "-gencode", "arch=compute_89,code=lto_89",
                   "-gencode", "arch=compute_90a,code=lto_90a")
    listed = gpu_code.own(lister(target)[0])
    assert {row[:2] for row in listed} == {("lto", "lto_89"), ("lto", "lto_90a")}
    assert listed == gpu_code.listed_by_cuobjdump(target)


def test_without_section_headers(lister, tmp_path):
    library = build(tmp_path, "-gencode", "arch=compute_90,code=[sm_90,compute_90]")
    content = bytearray(library.read_bytes())
    content[40:48] = bytes(8)  # e_shoff
    content[58:64] = bytes(6)  # size, number and names of section headers
    stripped = tmp_path / "stripped.so"
    stripped.write_bytes(content)
    whole, searched = lister(library, stripped)
    assert gpu_code.own(searched) == gpu_code.own(whole) == gpu_code.listed_by_cuobjdump(library)


def test_library_without_gpu_code(lister, tmp_path):
    library = binaries.compile_library(tmp_path / "libplain.so", "int one(void) { return 1; }")
    facts, = lister(library)
    assert facts["gpu_code"] == [] and "gpu_code_error" not in facts


# --- real wheels ---

def facts_in_report(report, venv):
    document = report(env=venv.active)
    return {one["name"]: one for one in document["snapshot"]["bitsandbytes"]["native_libraries"]}


@pytest.mark.parametrize("release", wheels.VERSIONS)
def test_cuda_libraries_of_a_release(release, wheel_venv, report):
    venv = wheel_venv(release)
    facts = facts_in_report(report, venv)
    libraries = [file for file in venv.native_libraries() if "_cuda" in file.name]
    assert libraries
    # All of the newest; of the others what the oldest and the newest toolchain made.
    for library in libraries if release == "newest" else (libraries[0], libraries[-1]):
        listed = gpu_code.own(facts[library.name])
        assert listed and listed == gpu_code.listed_by_cuobjdump(library), library


@pytest.mark.parametrize("release", ("0.49.2", "newest"))
def test_rocm_libraries_of_a_release(release, wheel_venv, report, tmp_path):
    venv = wheel_venv(release)
    facts = facts_in_report(report, venv)
    libraries = [file for file in venv.native_libraries() if "_rocm" in file.name]
    assert libraries
    for library in libraries:
        listed = gpu_code.own(facts[library.name])
        assert listed and listed == gpu_code.listed_in_bundles(library, tmp_path), library


@pytest.mark.parametrize("release", ("0.49.2", "newest"))
def test_rocm_libraries_as_llvm_lists_them(release, wheel_venv, report, tmp_path):
    program = gpu_code.offload_bundler()
    venv = wheel_venv(release)
    facts = facts_in_report(report, venv)
    held = 0
    for library in (file for file in venv.native_libraries() if "_rocm" in file.name):
        bundles = gpu_code.hip_bundles(library, tmp_path)
        listed = [gpu_code.listed_by_llvm(program, *bundle, tmp_path) for bundle in bundles]
        if None not in listed:
            expected = collections.Counter(("hip", one, True) for part in listed for one in part)
            assert gpu_code.own(facts[library.name]) == expected, library
            held += 1
    assert held


@pytest.mark.parametrize("name", ("cpu", "xpu"))
def test_libraries_without_cuda_or_hip_code(name, wheel_venv, report):
    facts = facts_in_report(report, wheel_venv("newest"))
    found = [one for library, one in facts.items() if f"_{name}" in library]
    assert found
    for one in found:
        assert one["gpu_code"] == [] and one.get("gpu_code_error") is None


def test_windows_libraries(lister, tmp_path):
    """The newest release for Windows, each DLL as an ELF file for those who read no other."""
    site = tmp_path / "site"
    wheels.unpack(wheels.wheel("newest", "win_amd64"), site)
    libraries = sorted((site / "bitsandbytes").glob("libbitsandbytes_*.dll"))
    assert libraries
    for library, facts in zip(libraries, lister(*libraries)):
        listed = gpu_code.own(facts)
        assert bool(listed) == ("_cuda" in library.name or "_rocm" in library.name)
        if "_cuda" in library.name:
            elf = gpu_code.as_elf(library, tmp_path)
            assert listed == gpu_code.listed_by_cuobjdump(elf), library
        else:
            assert listed == gpu_code.listed_in_bundles(library, tmp_path), library


# --- cost ---

ENTRIES, STORED = 64, 16 << 20


def write_large_library(path):
    """An ELF file with a fat binary of 1 GiB, which takes next to no place on the disk."""
    names = b"\0.nv_fatbin\0.shstrtab\0"
    entry = struct.pack("<HHIQIIHHIIIQQQ", 2, 0x101, 64, STORED, 0, 0, 7, 1, 90, 0, 0, 0x11, 0, 0)
    size = 16 + ENTRIES * (len(entry) + STORED)
    tables = 64 + size + len(names) + 7 & ~7
    header = b"\x7fELF\2\1\1".ljust(16, b"\0") + struct.pack(
        "<HHIQQQIHHHHHH", 3, 62, 1, 0, 0, tables, 0, 64, 56, 0, 64, 3, 2)
    sections = [(0, 0, 0, 0), (1, 1, 64, size), (12, 3, 64 + size, len(names))]
    with open(path, "wb") as file:
        file.write(header + struct.pack("<IHHQ", 0xBA55ED50, 1, 16, size - 16))
        for _ in range(ENTRIES):
            file.write(entry)
            file.seek(STORED, os.SEEK_CUR)
        file.write(names)
        file.seek(tables)
        for name, kind, offset, length in sections:
            file.write(struct.pack("<IIQQQQIIQQ", name, kind, 2, 0, offset, length, 0, 0, 8, 0))


def peak_kb(program, path, out):
    """The most memory that the program held while it read a file, its mapped pages included."""
    actions = [(os.POSIX_SPAWN_OPEN, 1, str(out), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)]
    pid = os.posix_spawn(program, [program, str(path)], {"PATH": "/usr/bin:/bin"},
                         file_actions=actions)
    _, status, usage = os.wait4(pid, 0)
    assert status == 0
    return usage.ru_maxrss


def test_only_headers_are_touched(tmp_path):
    program = str(find_tool("bnb-probe-binary"))
    small = binaries.compile_library(tmp_path / "libsmall.so", "int one(void) { return 1; }")
    large = tmp_path / "liblarge.so"
    write_large_library(large)
    out = tmp_path / "out"
    base = peak_kb(program, small, out)
    peak = peak_kb(program, large, out)
    row, = json.loads(out.read_text())["gpu_code"]
    assert (row["target"], row["count"]) == ("sm_90", ENTRIES)
    # The kernel may map some pages around each that is touched.
    assert peak - base < ENTRIES * 256
