"""A folder laid out as a real torch wheel with its nvidia wheels, small enough for a test.

The CUDA libraries are made by gcc: right place, SONAME and symbol version, and every symbol
that a given bitsandbytes library takes from them, so that the real loader can load it.
"""

from support import binaries

# Folder of the nvidia wheel per library, as the CUDA 12 wheels have it.
PLACES = {
    "libcudart.so.12": "nvidia/cuda_runtime/lib",
    "libcublas.so.12": "nvidia/cublas/lib",
    "libcublasLt.so.12": "nvidia/cublas/lib",
    "libcusparse.so.12": "nvidia/cusparse/lib",
    "libnvJitLink.so.12": "nvidia/nvjitlink/lib",
}

VERSION_FILE = """\
from typing import Optional

__all__ = ['__version__', 'debug', 'cuda', 'git_version', 'hip', 'xpu']
__version__ = '{version}'
debug = False
cuda: Optional[str] = {cuda}
git_version = '32f585d9346e316e554c8d9bf7548af9f62141fc'
hip: Optional[str] = {hip}
xpu: Optional[str] = {xpu}
"""

METADATA = """\
Metadata-Version: 2.1
Name: {name}
Version: {version}
Summary: What it says of itself
Requires-Dist: filelock
"""


def quoted(value):
    return "None" if value is None else repr(value)


def add_record(site, name, version):
    """What pip notes beside a package."""
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(METADATA.format(name=name, version=version))
    (info / "INSTALLER").write_text("pip\n")
    return info


def add_torch_files(site, version, cuda=None, hip=None, xpu=None):
    """What a torch wheel puts into `site`, without libraries."""
    torch = site / "torch"
    (torch / "lib").mkdir(parents=True)
    (torch / "__init__.py").write_text("from .version import __version__\n")
    (torch / "version.py").write_text(VERSION_FILE.format(
        version=version, cuda=quoted(cuda), hip=quoted(hip), xpu=quoted(xpu)))
    info = add_record(site, "torch", version)
    (info / "WHEEL").write_text("Wheel-Version: 1.0\nRoot-Is-Purelib: false\n"
                                "Tag: cp311-cp311-manylinux1_x86_64\n")
    (info / "RECORD").write_text("torch/__init__.py,,\ntorch/version.py,,\n")
    return torch


def add_torch(site, version, cuda=None, hip=None, libraries=(), used_by=None):
    """Puts torch `version` into `site`, with the CUDA `libraries` named by SONAME beside it."""
    torch = add_torch_files(site, version, cuda, hip)
    made = [add_cuda_library(site, name, used_by) for name in libraries]
    add_torch_libraries(torch / "lib", made)
    return torch


def add_cuda_library(site, soname, used_by=None):
    symbols = sorted({symbol for symbol, version, _ in
                      (binaries.undefined_symbols(used_by) if used_by else [])
                      if version == soname})
    text = "".join(f"void *{symbol}(void) {{ return 0; }}\n" for symbol in symbols)
    return binaries.compile_library(site / PLACES[soname] / soname, text or "int present;\n",
                                    soname=soname, version_node=soname)


def add_torch_libraries(folder, cuda_libraries):
    """libtorch_global_deps.so and friends, with the forced RPATH of the real wheels."""
    places = sorted({place for place in PLACES.values()})
    rpath = ":".join([f"$ORIGIN/../../{place}" for place in places] + ["$ORIGIN"])
    options = ["-Wl,--disable-new-dtags", f"-Wl,-rpath,{rpath}", "-Wl,--no-as-needed",
               *map(str, cuda_libraries)]
    for name in ("libtorch_global_deps.so", "libtorch_cuda.so"):
        binaries.compile_library(folder / name, "int here;\n", soname=name, options=options)
    for name in ("libtorch.so", "libtorch_cpu.so", "libc10.so", "libtorch_python.so"):
        binaries.compile_library(folder / name, "int here;\n", soname=name)


# Run by the environment's own interpreter: maps what torch maps, then opens the library as
# bitsandbytes does. The oracle for the loader model.
OPEN_AS_BITSANDBYTES_DOES = """\
import ctypes, sys
ctypes.CDLL({torch!r} + "/lib/libtorch_global_deps.so", mode=ctypes.RTLD_GLOBAL)
try:
    ctypes.CDLL({library!r})
    print("loads")
except OSError as error:
    print(error)
"""
