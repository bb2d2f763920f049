"""
The known problems that a Windows machine can have, each laid out with its smallest mended
neighbour: the same machine but for the one thing that is wrong.

A problem is a function of a Machine and of whether the machine is the sick one. It lays out the
published wheels and made DLLs (support/windows_drive.py) and says what there is beside files. The
same problem is laid out on a drive that is looked at from elsewhere (--root) and on the drive of a
running Windows.
"""

import dataclasses
import shutil

from support import made_dll, torch_layout, wheels, windows_drive
from support.program import finding
from support.windows_drive import CUDA_12

PYTHON = "Python311"


class Machine:
    """
    A drive in the making. `base` is the folder of it, with a / at its end, that a test may use
    ("" for the whole drive).
    """

    def __init__(self, drive, base=""):
        self.drive = drive
        self.base = base
        self.gpu = None  # compute capability
        self.driver_version = None
        self.variables = {}
        self.working_folder = None
        self.programs = {}  # what a program on PATH prints
        self.on_path = []
        self.python_folder = f"{base}{PYTHON}"
        self.site = None

    def at(self, path):
        return self.drive.at(self.base + path)

    def native(self, path):
        return "C:\\" + (self.base + path).replace("/", "\\")

    def python(self, version="3.11.9"):
        self.drive.python(self.python_folder, version)
        self.site = self.drive.at(f"{self.python_folder}/Lib/site-packages")

    def embedded(self, folder, version="3.11.9"):
        self.python_folder = self.base + folder
        self.site = self.drive.embedded(self.python_folder, version)

    def bitsandbytes(self, version, platform="win_amd64"):
        if not self.site:
            self.python()
        return windows_drive.install(self.site, version, platform)

    def torch(self, version="2.6.0+cu124", cuda="12.4", libraries=None, **build):
        wanted = CUDA_12 if libraries is None else libraries
        return windows_drive.add_torch(self.drive, self.site, version, cuda, build.get("hip"),
                                       libraries=wanted if cuda else {})

    def package(self, name, version):
        """A package of Python alone, as far as pip's own record of it goes."""
        torch_layout.add_record(self.site, name, version)
        (self.site / name.replace("-", "_")).mkdir()
        (self.site / name.replace("-", "_") / "__init__.py").touch()

    def has_gpu(self, capability="8.6", driver="560.94"):
        self.gpu, self.driver_version = capability, driver


@dataclasses.dataclass(frozen=True)
class Problem:
    pattern: str
    build: object
    status: str = "confirmed"
    only: str = None  # "drive": needs what wine is not; "running": needs what no drive tells

    @property
    def name(self):
        return f"{self.pattern}-{self.build.__name__}"


PROBLEMS = []


def numbers_of(driver):
    """What nvcuda.dll has for its version where the driver's is 560.94."""
    digits = driver.replace(".", "")
    return 32, 0, 10 + int(digits[0]), int(digits[1:])


def assert_found(problem, document):
    found = finding(document, problem.pattern)
    assert found, [one["pattern"] for one in document["findings"]]
    assert found["status"] == problem.status
    assert found["evidence"]
    sources = {one["from"] for one in found["evidence"]}
    assert sources <= {"snapshot", "loader"}, sources


def assert_mended(problem, document):
    told = [(one["pattern"], one["evidence"]) for one in document["findings"]]
    assert not told, (problem.name, document["loader"]["outcome_says"])


def shows(pattern, **more):
    def add(build):
        PROBLEMS.append(Problem(pattern, build, **more))
        return build

    return add


# --- which library is asked for, and whether it is there ---


@shows("native-library-load-failure")
def no_library_for_this_cuda(machine, sick):
    """0.46.1 has libraries for CUDA up to 12.9, and takes no other than the one asked for."""
    machine.has_gpu(driver="580.88")
    machine.bitsandbytes("0.46.1")
    machine.torch(*(("2.9.0+cu130", "13.0") if sick else ("2.8.0+cu129", "12.9")))


@shows("native-library-load-failure")
def only_the_library_for_the_cpu_is_left(machine, sick):
    """0.43.1 to 0.45.5 go on with it."""
    machine.has_gpu(driver="580.88")
    machine.bitsandbytes("0.45.5")
    machine.torch(*(("2.9.0+cu130", "13.0") if sick else ("2.6.0+cu124", "12.4")))


@shows("native-library-load-failure", status="likely", only="running")
def folder_without_code(machine, sick):
    """A folder of that name where Python is started, and the package is not installed."""
    machine.python()
    machine.torch("2.6.0+cpu", None)
    if sick:
        machine.at("project/bitsandbytes").mkdir(parents=True)
    else:
        machine.bitsandbytes("newest")
        machine.at("project").mkdir()
    machine.working_folder = machine.at("project")


@shows("shared-library-mismatch")
def cusparse_is_nowhere(machine, sick):
    machine.has_gpu()
    machine.bitsandbytes("0.49.2")
    machine.torch(libraries={name: needed for name, needed in CUDA_12.items()
                             if not (sick and name.startswith("cusparse"))})


@shows("undefined-symbol")
def library_of_an_older_release(machine, sick):
    machine.has_gpu()
    package = machine.bitsandbytes("newest")
    machine.torch()
    if sick:
        old = machine.at("old")
        wheels.unpack(wheels.wheel("0.49.2", "win_amd64"), old)
        name = "libbitsandbytes_cuda124.dll"
        shutil.copy(old / "bitsandbytes" / name, package / name)
        shutil.rmtree(old)


@shows("stale-cuda-override")
def override_left_over(machine, sick):
    machine.has_gpu()
    machine.bitsandbytes("newest")
    machine.torch()
    machine.variables["BNB_CUDA_VERSION"] = "117" if sick else "126"


# --- releases that are no match for Windows, or for the rest ---


@shows("windows-pre-support")
def libraries_of_linux(machine, sick):
    machine.has_gpu()
    machine.bitsandbytes("0.42.0" if sick else "0.49.2", "native" if sick else "win_amd64")
    machine.torch()


@shows("windows-pre-support")
def unofficial_distribution(machine, sick):
    machine.has_gpu()
    if sick:
        machine.python("3.10.11")
        wheels.unpack(windows_drive.fetched("bitsandbytes-windows==0.37.5"), machine.site)
    else:
        machine.bitsandbytes("0.49.2")
    machine.torch()


@shows("legacy-cuda-setup")
def old_detection(machine, sick):
    """0.43.0 is the one release for Windows that still has it."""
    machine.has_gpu()
    machine.bitsandbytes("0.43.0" if sick else "0.43.3")
    machine.torch("2.3.0+cu121", "12.1")


@shows("third-party-app", status="likely")
def application_with_an_old_release(machine, sick):
    machine.has_gpu()
    machine.embedded("ComfyUI_windows_portable/python_embeded")
    machine.at("ComfyUI_windows_portable/ComfyUI/comfy").mkdir(parents=True)
    machine.bitsandbytes("0.43.0" if sick else "newest")
    machine.torch()


@shows("transformers-version-mismatch", status="likely")
def transformers_wants_a_newer_release(machine, sick):
    machine.has_gpu()
    machine.bitsandbytes("0.45.5" if sick else "newest")
    machine.torch()
    machine.package("transformers", "5.0.0")
    machine.package("accelerate", "1.12.0")


@shows("triton-ops-missing", status="likely")
def triton_for_windows(machine, sick):
    """On Windows Triton comes from a distribution of another name."""
    machine.has_gpu()
    machine.bitsandbytes("0.45.0")
    machine.torch()
    name, version = "triton-windows", "3.2.0.post10" if sick else "3.1.0.post9"
    torch_layout.add_record(machine.site, name, version)
    (machine.site / "triton").mkdir()
    (machine.site / "triton" / "__init__.py").write_text(f"__version__ = '{version}'\n")


@shows("non-pytorch-framework")
def tensorflow_alone(machine, sick):
    machine.bitsandbytes("newest")
    machine.package("tensorflow", "2.18.0")
    if not sick:
        machine.torch("2.6.0+cpu", None)


@shows("source-checkout-shadows", status="likely", only="running")
def clone_where_python_is_started(machine, sick):
    machine.bitsandbytes("newest")
    machine.torch("2.6.0+cpu", None)
    clone = source_tree(machine, "0.50.0")
    machine.working_folder = clone if sick else clone.parent


# --- PyTorch, the driver, the GPU ---


@shows("cpu-only-torch", status="likely")
def torch_without_cuda(machine, sick):
    machine.has_gpu()
    machine.bitsandbytes("newest")
    machine.torch(*(("2.6.0+cpu", None) if sick else ("2.6.0+cu124", "12.4")))


@shows("torch-import-fails")
def no_openmp_for_fbgemm(machine, sick):
    """torch 2.4's fbgemm.dll asks for an OpenMP runtime that nobody brings."""
    machine.has_gpu()
    machine.bitsandbytes("newest")
    torch = machine.torch("2.4.0+cu124")
    made_dll.write(torch / "lib" / "fbgemm.dll", needed=["c10.dll", "libomp140.x86_64.dll"])
    if not sick:
        made_dll.write(torch / "lib" / "libomp140.x86_64.dll")


@shows("driver-too-old")
def driver_for_cuda_12(machine, sick):
    machine.has_gpu(driver="560.94" if sick else "580.88")
    machine.bitsandbytes("newest")
    machine.torch("2.9.0+cu130", "13.0", libraries=CUDA_13)


@shows("no-gpu-code")
@shows("unsupported-platform")
def maxwell(machine, sick):
    machine.has_gpu("5.2" if sick else "8.6")
    machine.bitsandbytes("newest")
    machine.torch()


@shows("unsupported-platform", only="drive")
def x64_wheel_on_arm(machine, sick):
    machine.drive.machine = "aarch64"
    machine.bitsandbytes("newest", "win_amd64" if sick else "win_arm64")
    machine.torch("2.9.0+cpu", None)


CUDA_13 = {
    "cudart64_13.dll": ["KERNEL32.dll"],
    "cublas64_13.dll": ["cublasLt64_13.dll", "KERNEL32.dll"],
    "cublasLt64_13.dll": ["KERNEL32.dll"],
}


# --- building it ---


def source_tree(machine, version):
    """As much of a clone as its kind is told by."""
    tree = machine.at("src/bitsandbytes")
    (tree / "bitsandbytes").mkdir(parents=True)
    (tree / "bitsandbytes" / "__init__.py").write_text(f'__version__ = "{version}"\n')
    (tree / "csrc").mkdir()
    (tree / "build").mkdir()
    (tree / "CMakeLists.txt").write_text("project(bitsandbytes LANGUAGES CXX)\n")
    return tree


@shows("cmake-cuda-arch-mismatch", status="likely", only="running")
def cmake_before_cuda_13(machine, sick):
    machine.has_gpu(driver="580.88")
    machine.bitsandbytes("newest")
    machine.torch("2.9.0+cu130", "13.0", libraries=CUDA_13)
    toolkit = machine.at("CUDA/v13.0")
    made_dll.write(toolkit / "bin" / "nvcc.exe")
    (toolkit / "version.json").write_text(
        '{"cuda": {"version": "13.0.1"}, "cuda_nvcc": {"version": "13.0.88"}}')
    machine.variables["CUDA_PATH"] = machine.native("CUDA/v13.0")
    machine.programs["cmake"] = f"cmake version {'3.31.6' if sick else '4.1.2'}\n"
    machine.on_path.append("CUDA/v13.0/bin")
    machine.working_folder = source_tree(machine, "0.51.0.dev0") / "build"


@shows("rocm-build", status="likely", only="running")
def hip_sdk_without_headers(machine, sick):
    machine.bitsandbytes("newest")
    machine.torch("2.9.0+cpu", None)
    sdk = machine.at("ROCm/6.4")
    for name in ("hipcc", "hipconfig", "hipInfo"):
        made_dll.write(sdk / "bin" / f"{name}.exe")
    if not sick:
        (sdk / "include" / "hip").mkdir(parents=True)
        (sdk / "include" / "hip" / "hip_runtime.h").write_text("#pragma once\n")
    machine.variables["HIP_PATH"] = machine.native("ROCm/6.4")
    machine.working_folder = source_tree(machine, "0.51.0.dev0") / "build"


# Patterns that no fact of a Windows machine decides, and why.
NOT_FROM_FACTS = {
    "cpu-optimizer-request": "a wish: only a text holds it",
    "deepspeed-zero3": "what a program does with a model: only a text tells",
    "eol-glibc": "Windows has no glibc",
    "four-bit-dropped-weights": "what a program does with a model: only a text tells",
    "fsdp-optimizer": "what a program does with a model: only a text tells",
    "insufficient-info": "it is about a text",
    "jetson-wheel": "a Jetson runs Linux",
    "kbit-training-memory": "what a program does with a model: only a text tells",
    "libstdcxx-too-old": "Windows has no libstdc++",
    "nvjitlink-clash": "it is about LD_LIBRARY_PATH, and shows in a message of Linux' loader",
    "quantized-output-quality": "its facts are of ROCm libraries up to 0.49.2, of which there are "
                                "none for Windows",
    "question-not-bug": "it is about a text",
    "unrelated-library-error": "it is about another library's message",
}

# Patterns whose machine a test of its own lays out.
ELSEWHERE = {
    "runtime-not-restarted": "tests/windows/test_machine.py: it takes a process that runs",
}
