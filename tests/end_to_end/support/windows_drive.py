"""A drive C of a Windows machine, laid out in a folder.

Its layouts are those of the installers: python.org, conda, the embeddable package, venv, pip. The
bitsandbytes wheels in it are the published ones; Windows' own files, Python's and torch's DLLs are
made (support/made_dll.py), with the names, needs and versions of the real ones.
"""

import pytest

from support import made_dll, torch_layout, wheels

WINDOWS_11 = (10, 0, 22631, 3593)
WINDOWS_SYSTEM = "Microsoft® Windows® Operating System"

# What torch's wheels for CUDA 12 bring into torch\lib, with what each needs.
CUDA_12 = {
    "cudart64_12.dll": ["KERNEL32.dll"],
    "cublas64_12.dll": ["cublasLt64_12.dll", "KERNEL32.dll"],
    "cublasLt64_12.dll": ["KERNEL32.dll"],
    "cusparse64_12.dll": ["nvJitLink_120_0.dll", "KERNEL32.dll"],
    "nvJitLink_120_0.dll": ["KERNEL32.dll"],
}
TORCH_OWN = {
    "c10.dll": ["MSVCP140.dll", "VCRUNTIME140.dll", "VCRUNTIME140_1.dll", "KERNEL32.dll"],
    "torch_cpu.dll": ["c10.dll", "fbgemm.dll", "libiomp5md.dll", "MSVCP140.dll"],
    "fbgemm.dll": ["c10.dll", "MSVCP140.dll"],
    "libiomp5md.dll": ["KERNEL32.dll"],
}


class Drive:
    def __init__(self, folder, machine="x86_64", build=WINDOWS_11):
        self.folder = folder
        self.machine = machine
        for name in ("ntoskrnl.exe", "ntdll.dll", "kernel32.dll"):
            self.dll(f"Windows/System32/{name}", version=build, ProductName=WINDOWS_SYSTEM)

    def at(self, path):
        return self.folder / path

    def dll(self, path, **what):
        return made_dll.write(self.at(path), **{"machine": self.machine, **what})

    def runtime(self, openmp=True):
        """The Visual C++ redistributable."""
        names = ["vcruntime140.dll", "vcruntime140_1.dll", "msvcp140.dll"]
        for name in names + ["vcomp140.dll"] * openmp:
            self.dll(f"Windows/System32/{name}", version=(14, 44, 35211, 0),
                     ProductName="Microsoft® Visual Studio®")

    def driver(self, version=(32, 0, 15, 6094)):
        self.dll("Windows/System32/nvcuda.dll", version=version)

    def python(self, folder, version="3.11.9", library=True):
        """What python.org's installer puts into `folder`; without its library, the embeddable."""
        major, minor, micro = map(int, version.split("."))
        dll = f"python{major}{minor}.dll"
        resource = {"version": (major, minor, micro * 1000 + 150, 1013), "ProductName": "Python",
                    "ProductVersion": version}
        self.dll(f"{folder}/python.exe", needed=[dll, "VCRUNTIME140.dll"], **resource)
        self.dll(f"{folder}/{dll}", needed=["VCRUNTIME140.dll", "KERNEL32.dll"], **resource)
        self.dll(f"{folder}/python3.dll", needed=[dll], **resource)
        self.dll(f"{folder}/vcruntime140.dll", version=(14, 38, 33130, 0))
        self.dll(f"{folder}/vcruntime140_1.dll", version=(14, 38, 33130, 0))
        if library:
            site = self.at(f"{folder}/Lib/site-packages")
            site.mkdir(parents=True)
            (site.parent / "os.py").write_text("")
            (site.parent / "site.py").write_text("")
            self.at(f"{folder}/DLLs").mkdir()
        return self.at(folder)

    def embedded(self, folder, version="3.11.9", site=True):
        self.python(folder, version, library=False)
        major, minor, _ = version.split(".")
        lines = [f"python{major}{minor}.zip", ".", "", "# Uncomment to run site.main()",
                 "import site" if site else "#import site"]
        self.at(f"{folder}/python{major}{minor}._pth").write_text("\r\n".join(lines) + "\r\n")
        packages = self.at(f"{folder}/Lib/site-packages")
        packages.mkdir(parents=True)
        return packages

    def venv(self, folder, home, version="3.11.9", system=False):
        """What python -m venv makes; `home` as Windows writes it."""
        site = self.at(f"{folder}/Lib/site-packages")
        site.mkdir(parents=True)
        self.at(f"{folder}/pyvenv.cfg").write_text(
            f"home = {home}\ninclude-system-site-packages = {str(system).lower()}\n"
            f"version = {version}\nexecutable = {home}\\python.exe\n")
        self.dll(f"{folder}/Scripts/python.exe", needed=["KERNEL32.dll"])
        return site


def install(site, version, platform="win_amd64"):
    """A published bitsandbytes wheel, with what pip writes beside it."""
    wheels.unpack(wheels.wheel(version, platform), site)
    info = next(site.glob("bitsandbytes-*.dist-info"))
    (info / "INSTALLER").write_text("pip\n")
    return site / "bitsandbytes"


def fetched(requirement, python="3.11"):
    """The wheel for Windows that pip takes for a requirement, kept between runs."""
    folder = wheels.cache_folder() / "windows" / requirement
    if not list(folder.glob("*.whl")):
        done = wheels.pip("download", "-q", "--no-deps", "--only-binary=:all:", "--platform",
                          "win_amd64", "--python-version", python, "--retries", "1", "--timeout",
                          "20", "-d", folder, requirement)
        if done.returncode != 0:
            pytest.skip(f"needs the package index: {requirement} for Windows")
    return next(folder.glob("*.whl"))


def add_torch(drive, site, version, cuda=None, hip=None, libraries=None, own=True):
    """torch's files and DLLs; `libraries` as CUDA_12 has them."""
    torch = torch_layout.add_torch_files(site, version, cuda, hip)
    for name, needed in {**(TORCH_OWN if own else {}), **(libraries or {})}.items():
        made_dll.write(torch / "lib" / name, machine=drive.machine, needed=needed)
    return torch
