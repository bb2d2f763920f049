"""Torch as it lies on disks: real wheels, and layouts of other builds made of stand-ins."""

import dataclasses
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from reality import cuda_libraries
from support import binaries, torch_layout, wheels

# Real wheels that import without a GPU, one of each kind of layout, with what bitsandbytes declares that it needs.
REAL = {
    "torch-1.13.1": ("torch==1.13.1", "numpy==1.26.4", "packaging", "setuptools<80"),
    "torch-2.3.1": ("torch==2.3.1", "numpy==1.26.4", "packaging", "setuptools<80"),
    "torch-2.11.0": ("torch==2.11.0", "numpy==1.26.4", "packaging", "setuptools<80"),
}


@dataclasses.dataclass(frozen=True)
class Layout:
    name: str
    kind: str            # real, wheels, bundled, conda, plain, none
    version: str = None
    cuda: str = None
    hip: str = None
    xpu: str = None

    @property
    def real(self):
        return self.kind == "real"

    @property
    def cuda_major(self):
        return int(self.cuda.split(".")[0]) if self.cuda else None


def _wheels(version, cuda):
    return Layout(f"wheels-cu{cuda.replace('.', '')}", "wheels", f"{version}+cu{cuda.replace('.', '')}",
                  cuda)


LAYOUTS = {layout.name: layout for layout in (
    Layout("torch-1.13.1", "real", "1.13.1+cu117", "11.7"),
    Layout("torch-2.3.1", "real", "2.3.1+cu121", "12.1"),
    Layout("torch-2.11.0", "real", "2.11.0+cu130", "13.0"),
    _wheels("2.4.1", "11.8"), _wheels("2.0.1", "11.7"),
    _wheels("2.4.1", "12.1"), _wheels("2.5.1", "12.4"), _wheels("2.6.0", "12.6"),
    _wheels("2.7.1", "12.8"), _wheels("2.8.0", "12.9"), _wheels("2.9.1", "13.0"),
    _wheels("2.12.0", "13.2"),
    Layout("bundled-cu118", "bundled", "2.4.1+cu118", "11.8"),
    Layout("bundled-cu117", "bundled", "1.13.1+cu117", "11.7"),
    Layout("conda-cu121", "conda", "2.4.1", "12.1"),
    Layout("conda-cu118", "conda", "2.4.1", "11.8"),
    Layout("cpu", "plain", "2.5.1+cpu"),
    Layout("xpu", "plain", "2.7.1+xpu", xpu="20250001"),
    Layout("rocm", "plain", "2.6.0+rocm6.2.4", hip="6.2.41134"),
    Layout("no-torch", "none"),
)}

# A torch that has what bitsandbytes' loader asks of it, and opens its libraries as the real
# one does: libtorch_global_deps.so for everyone to use, then its own module with all that it
# needs. It sees no GPU until a test pretends some.
STUB = '''\
"""A stand-in for torch: its layout and the part that bitsandbytes' loader asks."""
import ctypes
import glob
import os
import sys
import types

from . import version
from .version import __version__


def _open_libraries():
    here = os.path.dirname(__file__)
    global_deps = os.path.join(here, "lib", "libtorch_global_deps.so")
    if os.path.exists(global_deps):
        ctypes.CDLL(global_deps, mode=ctypes.RTLD_GLOBAL)
    for module in glob.glob(os.path.join(here, "_C.*.so")):
        try:
            ctypes.CDLL(module)
        except OSError as error:
            raise ImportError(str(error)) from None


_open_libraries()
_C = types.SimpleNamespace()
if tuple(map(int, __version__.split(".")[:2])) >= (2, 3):
    _C._has_xpu = version.xpu is not None


class device:
    def __init__(self, *arguments):
        self.type = arguments[0] if arguments else "cpu"


class _Cuda(types.ModuleType):
    class device:
        def __init__(self, index):
            self.idx = index

    @staticmethod
    def is_available():
        return False

    @staticmethod
    def device_count():
        return 0


cuda = _Cuda("torch.cuda")
sys.modules["torch.cuda"] = cuda
Tensor = type("Tensor", (), {})
'''


def real_site(name):
    """The folder of a real torch and all that it needs, installed once; pytest skips without."""
    kept = wheels.cache_folder() / "torch" / f"{name}-python{sys.version_info[0]}.{sys.version_info[1]}"
    if (kept / ".whole").exists():
        return kept
    if os.environ.get("BNB_PROBE_FETCH_TORCH") != "yes":
        pytest.skip(f"needs {name}, which only scripts/test --real fetches")
    fresh = kept.with_name(f"{kept.name}.{os.getpid()}")
    done = wheels.pip("install", "-q", "--no-cache-dir", "--only-binary=:all:", "--no-compile",
                      "--target", fresh, *REAL[name])
    if done.returncode != 0:
        shutil.rmtree(fresh, ignore_errors=True)
        if not wheels.UNREACHABLE.search(done.stderr):
            raise RuntimeError(f"pip install {name} failed: {done.stderr}")
        pytest.skip(f"needs the package index: {name} ({done.stderr.strip().splitlines()[-1]})")
    _prune(fresh)
    shutil.rmtree(kept, ignore_errors=True)
    fresh.rename(kept)
    (kept / ".whole").touch()
    return kept


def _prune(site):
    """Headers and the like, which nobody imports, double the number of files to link."""
    for unused in ("torch/include", "torch/test", "torch/share", "bin", "include"):
        shutil.rmtree(site / unused, ignore_errors=True)
    for headers in site.glob("nvidia/*/include"):
        shutil.rmtree(headers)
    for archive in site.glob("torch/lib/*.a"):
        archive.unlink()
    # Compiled once here, not in every case anew.
    subprocess.run([sys.executable, "-c", "import torch"], check=False, capture_output=True,
                   env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(site), "HOME": "/nonexistent"})


def _write_packages(site):
    """What some releases import beside torch: there, and empty."""
    for name, version in (("numpy", "1.26.4"), ("scipy", "1.11.4")):
        (site / name).mkdir()
        (site / name / "__init__.py").write_text(f"__version__ = {version!r}\n")
        info = site / f"{name}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def _write_torch(site, layout):
    _write_packages(site)
    torch = torch_layout.add_torch_files(site, layout.version, layout.cuda, layout.hip, layout.xpu)
    (torch / "__init__.py").write_text(STUB)
    return torch


def _link(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    os.link(source, target)
    return target


def _torch_library(path, needs, rpath):
    """One of torch's own libraries, which finds what it needs by a forced RPATH."""
    options = ["-Wl,--disable-new-dtags", f"-Wl,-rpath,{rpath}", "-Wl,--no-as-needed",
               "-Wl,--allow-shlib-undefined", *map(str, needs)]
    return binaries.compile_library(path, "int here;\n", soname=path.name, options=options)


def _torch_libraries(lib, cuda_files, rpath, of_global_deps):
    """
    What torch's module needs, through libtorch_python.so and so on down to the CUDA libraries.
    libtorch_global_deps.so needs only those of them that `of_global_deps` names.
    """
    first = [one for one in cuda_files if one.name.split(".so")[0].split("-")[0] in of_global_deps]
    _torch_library(lib / "libtorch_global_deps.so", first, rpath)
    c10 = _torch_library(lib / "libc10.so", [], rpath)
    needs = [_torch_library(lib / "libtorch_cpu.so", [c10], rpath)]
    if cuda_files:
        needs.append(_torch_library(lib / "libtorch_cuda.so", [*cuda_files, c10, *needs], rpath))
    torch = _torch_library(lib / "libtorch.so", needs, rpath)
    python = _torch_library(lib / "libtorch_python.so", [torch, *needs, c10], rpath)
    tag = f"cpython-{sys.version_info[0]}{sys.version_info[1]}-x86_64-linux-gnu"
    _torch_library(lib.parent / f"_C.{tag}.so", [python], "$ORIGIN/lib")


def _add_wheels(site, layout, releases):
    folders = cuda_libraries.WHEEL_FOLDERS[layout.cuda_major]
    files = cuda_libraries.stand_ins(layout.cuda_major, releases, "$ORIGIN:$ORIGIN/../../nvjitlink/lib")
    placed = [_link(files[soname], site / "nvidia" / folder / "lib" / soname)
              for soname, folder in folders.items()]
    rpath = ":".join(f"$ORIGIN/../../nvidia/{folder}/lib" for folder in sorted(set(folders.values())))
    _torch_libraries(site / "torch" / "lib", placed, f"{rpath}:$ORIGIN", ("libcudart",))


def _add_bundled(site, layout, releases):
    """
    Copies in torch/lib. cudart lies there under a name of its own, by which torch's libraries
    need it, and keeps its SONAME; cusparse is inside libtorch_cuda. (As torch 1.13.1 and 2.0.1
    have it.)
    """
    lib = site / "torch" / "lib"
    files = cuda_libraries.stand_ins(layout.cuda_major, releases)
    hashed = "libcudart-d0da41ae.so.11.0"
    asked_for = cuda_libraries.make(lib / "asked-for" / hashed, hashed, {})
    placed = [asked_for, _link(files["libcublas.so.11"], lib / "libcublas.so.11"),
              _link(files["libcublasLt.so.11"], lib / "libcublasLt.so.11")]
    _torch_libraries(lib, placed, "$ORIGIN", ("libcudart", "libcublas"))
    shutil.rmtree(asked_for.parent)
    _link(files["libcudart.so.11.0"], lib / hashed)


def _add_conda(site, layout, releases):
    """Libraries of the environment, which torch finds four folders up."""
    prefix = site.parents[2]
    next(site.glob("torch-*.dist-info/INSTALLER")).write_text("conda\n")
    files = cuda_libraries.stand_ins(layout.cuda_major, releases)
    placed = []
    for soname, file in files.items():
        placed.append(_link(file, prefix / "lib" / soname))
        plain = prefix / "lib" / (soname.split(".so")[0] + ".so")
        plain.symlink_to(soname)
    meta = prefix / "conda-meta"
    meta.mkdir()
    (meta / "history").touch()
    build = f"py3.11_cuda{layout.cuda}_cudnn8.9.2_0"
    (meta / f"pytorch-{layout.version}-{build}.json").write_text(
        f'{{"name": "pytorch", "version": "{layout.version}", "build": "{build}", '
        f'"channel": "pytorch", "files": ["lib/python3.11/site-packages/torch/__init__.py"]}}\n')
    (meta / f"cuda-cudart-{layout.cuda}.105-0.json").write_text(
        f'{{"name": "cuda-cudart", "version": "{layout.cuda}.105", "build": "0", "files": []}}\n')
    _torch_libraries(site / "torch" / "lib", placed, "$ORIGIN:$ORIGIN/../../../..", ("libcudart",))


def _copy_real(site, name):
    source = real_site(name)
    subprocess.run(["cp", "-al", *map(str, (one for one in source.iterdir()
                                            if one.name not in (".whole", "__pycache__"))), str(site)],
                   check=True)


def put(site, layout, releases):
    """Puts the layout into an empty site-packages."""
    site = pathlib.Path(site)
    if layout.real:
        _copy_real(site, layout.name)
        return
    if layout.kind == "none":
        return
    _write_torch(site, layout)
    add = {"wheels": _add_wheels, "bundled": _add_bundled, "conda": _add_conda}.get(layout.kind)
    if add:
        add(site, layout, releases)
    else:
        _torch_libraries(site / "torch" / "lib", [], "$ORIGIN", ())
