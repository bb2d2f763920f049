"""A Windows machine's drive, laid out in a folder and looked at from here: --root DIR."""

import json
import zipfile

import pytest

from support import foreign_oracle, made_dll, windows_drive
from support.program import finding
from support.windows_drive import CUDA_12

HOME_PYTHON = "Users/Ada/AppData/Local/Programs/Python/Python311"
HOME_PYTHON_NATIVE = r"C:\Users\Ada\AppData\Local\Programs\Python\Python311"
WITH_GPU = ("--assume", "gpu=8.6", "--assume", "driver=560.94")


@pytest.fixture
def drive(tmp_path):
    folder = tmp_path / "drive"
    folder.mkdir()
    return windows_drive.Drive(folder)


@pytest.fixture
def machine(drive):
    """(drive, site-packages) of a machine with a runtime, a driver and a virtual environment."""
    drive.runtime()
    drive.driver()
    drive.python(HOME_PYTHON)
    return drive, drive.venv("work/venv", HOME_PYTHON_NATIVE)


@pytest.fixture
def seen(report):
    """The report on a drive, its paths as they are."""
    return lambda drive, *options: report("--root", drive.folder, "--no-redact", *options)


def interpreter(document, index=0):
    return document["snapshot"]["python"]["interpreters"][index]


# --- which Windows, driver, tools ---


@pytest.mark.parametrize("build, server, name", [
    ((10, 0, 19045, 4412), False, "Windows 10"),
    ((10, 0, 22631, 3593), False, "Windows 11"),
    ((10, 0, 20348, 2461), True, "Windows Server"),
])
def test_which_windows(tmp_path, seen, build, server, name):
    drive = windows_drive.Drive(tmp_path / "drive", build=build)
    if server:
        drive.dll("Windows/System32/ServerManager.exe")
    host = seen(drive)["snapshot"]["host"]
    assert host["os"] == "windows"
    assert host["windows"]["name"] == name
    assert (host["windows"]["build"], host["windows"]["revision"]) == build[2:]
    assert host["machine"] == "x86_64"
    assert host.get("libc") is None


@pytest.mark.parametrize("numbers, version", [
    ((32, 0, 15, 6094), "560.94"), ((31, 0, 15, 3623), "536.23"), ((30, 0, 14, 9613), "496.13"),
    ((27, 21, 14, 5671), "456.71"), ((32, 0, 15, 8088), "580.88"), ((32, 0, 15, 7006), "570.06"),
])
def test_driver_version(drive, seen, numbers, version):
    drive.driver(numbers)
    module = seen(drive)["snapshot"]["cuda"]["kernel_module"]
    assert module["version"] == version
    assert module["loaded"] is None
    assert module["from"] == r"C:\Windows\System32\nvcuda.dll"


def test_no_driver(drive, seen):
    document = seen(drive)
    assert document["snapshot"]["cuda"]["kernel_module"]["version"] is None
    assert document["snapshot"]["collectors"]["cuda_kernel"]["status"] == "absent"


def test_toolkits_and_tools(drive, seen):
    toolkit = drive.at("Program Files/NVIDIA GPU Computing Toolkit/CUDA/v12.4")
    drive.dll("Program Files/NVIDIA GPU Computing Toolkit/CUDA/v12.4/bin/nvcc.exe")
    drive.dll("Program Files/NVIDIA GPU Computing Toolkit/CUDA/v12.4/bin/cudart64_12.dll",
              version=(6, 14, 11, 12040), ProductName="NVIDIA CUDA 12.4.127 Runtime")
    (toolkit / "version.json").write_text(json.dumps(
        {"cuda": {"name": "CUDA SDK", "version": "12.4.1"}, "cuda_nvcc": {"version": "12.4.131"}}))
    studio = "Program Files/Microsoft Visual Studio/2022/Community"
    for version in ("14.29.30133", "14.39.33519"):
        drive.dll(f"{studio}/VC/Tools/MSVC/{version}/bin/Hostx64/x64/cl.exe")
    record = drive.at("ProgramData/Microsoft/VisualStudio/Packages/_Instances/1a2b3c4d/state.json")
    record.parent.mkdir(parents=True)
    record.write_text(json.dumps({"installationPath": "C:\\" + studio.replace("/", "\\"),
                                  "installationVersion": "17.9.34728.123"}))
    snapshot = seen(drive)["snapshot"]
    assert [(one["path"], one["version"]) for one in snapshot["cuda"]["toolkits"]] == [
        (r"C:\Program Files\NVIDIA GPU Computing Toolkit\CUDA\v12.4", "12.4.1")]
    assert snapshot["tools"]["nvcc"]["version"] == "12.4.131"
    assert snapshot["tools"]["msvc"]["version"] == "14.39.33519"
    assert snapshot["tools"]["msvc"]["path"].endswith(r"14.39.33519\bin\Hostx64\x64\cl.exe")
    runtime, = snapshot["cuda"]["libraries"]
    assert (runtime["family"], runtime["version"]) == ("cudart", "12.4.127")
    assert runtime["found_from"] == "toolkit"


def test_hip_sdk(drive, seen):
    sdk = "Program Files/AMD/ROCm/6.2"
    for name in ("hipcc.exe", "hipconfig.exe"):
        drive.dll(f"{sdk}/bin/{name}")
    drive.dll("Windows/System32/amdhip64_6.dll")
    installation, = seen(drive)["snapshot"]["rocm"]["installations"]
    assert installation["version"] == "6.2"
    assert installation["hipcc"] == r"C:\Program Files\AMD\ROCm\6.2\bin\hipcc.exe"
    assert installation["missing"] == ["bin/hipInfo.exe", "include/hip/hip_runtime.h"]
    assert installation["amdhip64"] == r"C:\Windows\System32\amdhip64_6.dll"


# --- which Pythons, and where they look ---


def test_virtual_environment(machine, seen):
    document = seen(machine[0])
    found = interpreter(document)
    base = HOME_PYTHON_NATIVE
    venv = r"C:\work\venv"
    assert (found["kind"], found["version"], found["bits"]) == ("venv", "3.11.9", 64)
    assert (found["prefix"], found["base_prefix"]) == (venv, base)
    # What `python -c "import sys; print(sys.path)"` prints in such an environment.
    assert found["search_path"] == [rf"{base}\python311.zip", rf"{base}\DLLs", rf"{base}\Lib",
                                    base, venv, rf"{venv}\Lib\site-packages"]
    assert found["site_folders"] == [rf"{venv}\Lib\site-packages"]
    assert found["user_site"]["enabled"] is False
    assert interpreter(document, 1)["kind"] == "user"


def test_user_site(machine, seen):
    drive, _ = machine
    user_site = drive.at("Users/Ada/AppData/Roaming/Python/Python311/site-packages")
    user_site.mkdir(parents=True)
    windows_drive.install(user_site, "0.49.2")
    document = seen(drive)
    found = interpreter(document)  # the one that finds bitsandbytes comes first
    assert found["prefix"] == HOME_PYTHON_NATIVE
    site = r"C:\Users\Ada\AppData\Roaming\Python\Python311\site-packages"
    assert found["user_site"] == {"path": site, "enabled": True}
    assert found["search_path"][-2:] == [site, rf"{HOME_PYTHON_NATIVE}\Lib\site-packages"]
    assert document["snapshot"]["bitsandbytes"]["path"] == rf"{site}\bitsandbytes"


def test_environment_that_sees_its_base(drive, seen):
    drive.python(HOME_PYTHON)
    drive.venv("work/venv", HOME_PYTHON_NATIVE, system=True)
    windows_drive.install(drive.at(f"{HOME_PYTHON}/Lib/site-packages"), "0.49.2")
    venv = next(one for one in seen(drive)["snapshot"]["python"]["interpreters"]
                if one["kind"] == "venv")
    assert venv["user_site"]["enabled"] is True
    assert venv["search_path"][-1] == rf"{HOME_PYTHON_NATIVE}\Lib\site-packages"


def test_conda(drive, seen):
    drive.python("Users/Ada/miniconda3", "3.12.7")
    drive.at("Users/Ada/miniconda3/conda-meta").mkdir()
    drive.python("Users/Ada/miniconda3/envs/llm", "3.10.14")
    drive.at("Users/Ada/miniconda3/envs/llm/conda-meta").mkdir()
    found = {one["prefix"]: (one["kind"], one["version"])
             for one in seen(drive)["snapshot"]["python"]["interpreters"]}
    assert found == {r"C:\Users\Ada\miniconda3": ("conda", "3.12.7"),
                     r"C:\Users\Ada\miniconda3\envs\llm": ("conda", "3.10.14")}


@pytest.mark.parametrize("folder, marker, application", [
    ("ComfyUI_windows_portable/python_embeded", "ComfyUI_windows_portable/ComfyUI/comfy/x.py",
     "comfyui"),
    ("Fooocus_win64_2-5-0/python_embeded", "Fooocus_win64_2-5-0/Fooocus/fooocus_version.py",
     "fooocus"),
])
def test_embedded(drive, seen, folder, marker, application):
    packages = drive.embedded(f"tools/{folder}")
    drive.at(f"tools/{marker}").parent.mkdir(parents=True)
    drive.at(f"tools/{marker}").write_text("")
    windows_drive.install(packages, "0.49.2")
    document = seen(drive)
    found = interpreter(document)
    prefix = "C:\\tools\\" + folder.replace("/", "\\")
    assert (found["kind"], found["application"]) == ("app-embedded", application)
    # All of sys.path stands in python311._pth; the site module adds its own behind it.
    assert found["search_path"] == [rf"{prefix}\python311.zip", prefix,
                                    rf"{prefix}\Lib\site-packages"]
    assert found["user_site"]["enabled"] is False
    assert document["snapshot"]["bitsandbytes"]["version"] == "0.49.2"


def test_embedded_without_site(drive, seen):
    packages = drive.embedded("app/python", site=False)
    windows_drive.install(packages, "0.49.2")
    document = seen(drive)
    assert interpreter(document)["search_path"] == [r"C:\app\python\python311.zip",
                                                    r"C:\app\python"]
    assert document["snapshot"]["bitsandbytes"]["installed"] is False


@pytest.mark.parametrize("environment, markers, application", [
    ("stable-diffusion-webui/venv", ("stable-diffusion-webui/webui.py",
                                     "stable-diffusion-webui/modules/shared.py"),
     "stable-diffusion-webui"),
    ("kohya_ss/venv", ("kohya_ss/kohya_gui.py",), "kohya_ss"),
])
def test_application_in_an_environment(drive, seen, environment, markers, application):
    drive.python(HOME_PYTHON, "3.10.11")
    drive.venv(f"ai/{environment}", HOME_PYTHON_NATIVE, "3.10.11")
    for marker in markers:
        drive.at(f"ai/{marker}").parent.mkdir(parents=True, exist_ok=True)
        drive.at(f"ai/{marker}").write_text("")
    found = next(one for one in seen(drive)["snapshot"]["python"]["interpreters"]
                 if one.get("application"))
    assert (found["kind"], found["application"]) == ("app-embedded", application)


def test_web_ui_package(drive, seen):
    """sd.webui and Forge as they are downloaded: an interpreter in system, the UI in webui."""
    drive.python("sd/webui_forge/system/python", "3.10.6", library=False)
    for name in ("webui/webui.py", "webui/modules_forge/x.py"):
        path = drive.at(f"sd/webui_forge/{name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    assert interpreter(seen(drive))["application"] == "forge"


def test_python_of_the_store(drive, seen):
    family = "PythonSoftwareFoundation.Python.3.11"
    folder = f"Program Files/WindowsApps/{family}_3.11.2544.0_x64__qbz5n2kfra8p0"
    drive.python(folder)
    found = interpreter(seen(drive))
    assert (found["kind"], found["version"]) == ("store", "3.11.9")


def test_older_files_than_the_name_says(drive, seen):
    """The version is the DLL's own, not that of a folder's name."""
    drive.python("Python311", "3.11.4")
    assert interpreter(seen(drive))["version"] == "3.11.4"


def test_32_bits(tmp_path, seen):
    drive = windows_drive.Drive(tmp_path / "drive")
    drive.machine = "i686"
    drive.python("Python311")
    found = interpreter(seen(drive))
    assert (found["bits"], found["machine"]) == (32, "i686")


def test_names_in_another_case(machine, seen):
    drive, site = machine
    (site.parent).rename(site.parent.with_name("lib"))
    windows_drive.install(site.parent.with_name("lib") / "site-packages", "0.49.2")
    assert seen(drive)["snapshot"]["bitsandbytes"]["version"] == "0.49.2"


# --- what would be loaded ---


def loader(seen, drive, *options):
    return seen(drive, *options)["loader"]


def test_it_loads(machine, seen):
    drive, site = machine
    windows_drive.install(site, "0.49.2")
    windows_drive.add_torch(drive, site, "2.6.0+cu124", cuda="12.4", libraries=CUDA_12)
    document = seen(drive, *WITH_GPU)
    assert document["loader"]["chosen"] == "libbitsandbytes_cuda124.dll"
    assert document["loader"]["outcome"] == "loads"
    assert document["snapshot"]["libraries"]["search"]["dll_folders"] == [
        r"C:\work\venv\Lib\site-packages\torch\lib"]


def test_a_library_is_nowhere(machine, seen):
    drive, site = machine
    windows_drive.install(site, "0.49.2")
    libraries = {name: needed for name, needed in CUDA_12.items() if "cusparse" not in name}
    windows_drive.add_torch(drive, site, "2.6.0+cu124", cuda="12.4", libraries=libraries)
    answer = loader(seen, drive, *WITH_GPU)
    assert answer["outcome"] == "dependency-missing"
    assert answer["missing"] == ["cusparse64_12.dll"]
    assert "(or one of its dependencies)" in answer["user_sees"]
    # In a toolkit that torch does not add it is of no use.
    drive.dll("Program Files/NVIDIA GPU Computing Toolkit/CUDA/v12.1/bin/cusparse64_12.dll")
    document = seen(drive, *WITH_GPU)
    assert document["loader"]["outcome"] == "dependency-missing"
    candidate, = document["snapshot"]["libraries"]["candidates"]["cusparse64_12.dll"]
    assert candidate["found_from"] == "toolkit"
    # Beside the file that needs it, it is found.
    drive.dll("work/venv/Lib/site-packages/bitsandbytes/cusparse64_12.dll")
    assert loader(seen, drive, *WITH_GPU)["outcome"] == "loads"


def test_toolkit_stands_in_for_torch(machine, seen):
    """A torch without CUDA's libraries takes those of the toolkit of its version."""
    drive, site = machine
    windows_drive.install(site, "0.49.2")
    windows_drive.add_torch(drive, site, "2.6.0+cu124", cuda="12.4")
    for name, needed in CUDA_12.items():
        drive.dll(f"Program Files/NVIDIA GPU Computing Toolkit/CUDA/v12.4/bin/{name}",
                  needed=needed)
    document = seen(drive, *WITH_GPU)
    assert document["loader"]["outcome"] == "loads"
    assert r"C:\Program Files\NVIDIA GPU Computing Toolkit\CUDA\v12.4\bin" in \
        document["snapshot"]["libraries"]["search"]["dll_folders"]


def test_no_driver_library(machine, seen):
    drive, site = machine
    drive.at("Windows/System32/nvcuda.dll").unlink()
    windows_drive.install(site, "0.49.2")
    windows_drive.add_torch(drive, site, "2.6.0+cu124", cuda="12.4", libraries=CUDA_12)
    answer = loader(seen, drive)
    assert any("nvcuda.dll" in reason for reason in answer["because"])
    assert answer["chosen"] == "libbitsandbytes_cpu.dll"


def test_driver_too_old_by_its_file(machine, seen):
    """Nothing is asked on a drive, and nvcuda.dll tells all the same."""
    drive, site = machine
    windows_drive.install(site, "newest")
    windows_drive.add_torch(drive, site, "2.9.0+cu130", cuda="13.0")
    document = seen(drive)
    assert any("driver of at least 580, and this one is 560.94" in reason
               for reason in document["loader"]["because"])
    assert finding(document, "driver-too-old")


@pytest.mark.parametrize("openmp", [True, False])
def test_cpu_library_needs_openmp(machine, seen, openmp):
    drive, site = machine
    if not openmp:
        drive.at("Windows/System32/vcomp140.dll").unlink()
    windows_drive.install(site, "0.49.2")
    windows_drive.add_torch(drive, site, "2.6.0+cpu")
    answer = loader(seen, drive)
    assert answer["chosen"] == "libbitsandbytes_cpu.dll"
    file = next(one for one in answer["files"] if one["name"] == "libbitsandbytes_cpu.dll")
    assert file["outcome"] == ("loads" if openmp else "dependency-missing")
    assert answer["missing"] == ([] if openmp else ["VCOMP140.DLL"])


def test_torch_itself_fails(machine, seen):
    """torch 2.4's fbgemm.dll asks for an OpenMP runtime that nobody brings."""
    drive, site = machine
    windows_drive.install(site, "0.49.2")
    torch = windows_drive.add_torch(drive, site, "2.4.0+cu124", cuda="12.4", libraries=CUDA_12)
    made_dll.write(torch / "lib" / "fbgemm.dll", needed=["c10.dll", "libomp140.x86_64.dll"])
    document = seen(drive, *WITH_GPU)
    assert document["loader"]["outcome"] == "torch-fails"
    assert "libomp140.x86_64.dll" in document["loader"]["outcome_says"]
    assert "[WinError 126]" in document["loader"]["torch_error"]
    assert r"torch\lib\fbgemm.dll" in document["loader"]["torch_error"]
    assert finding(document, "torch-import-fails")["status"] == "confirmed"
    drive.dll("Windows/System32/libomp140.x86_64.dll")
    assert loader(seen, drive, *WITH_GPU)["outcome"] == "loads"


def test_no_visual_c_runtime(machine, seen):
    drive, site = machine
    for name in ("msvcp140.dll", "vcruntime140_1.dll"):
        drive.at(f"Windows/System32/{name}").unlink()
    windows_drive.install(site, "0.49.2")
    windows_drive.add_torch(drive, site, "2.6.0+cu124", cuda="12.4", libraries=CUDA_12)
    document = seen(drive, *WITH_GPU)
    assert document["loader"]["outcome"] == "torch-fails"
    assert "MSVCP140.dll" in document["loader"]["outcome_says"]
    steps = finding(document, "torch-import-fails")["remedy"]
    assert any("Visual C++" in step["says"] for step in steps)


def test_other_machine(drive, seen):
    """The x64 wheel with a Python for Arm."""
    drive.machine = "aarch64"
    drive.runtime()
    drive.python(HOME_PYTHON)
    site = drive.at(f"{HOME_PYTHON}/Lib/site-packages")
    windows_drive.install(site, "0.49.2")
    windows_drive.add_torch(drive, site, "2.7.0+cpu")
    document = seen(drive)
    assert interpreter(document)["machine"] == "aarch64"
    assert document["loader"]["outcome"] == "wrong-architecture"
    assert finding(document, "unsupported-platform")


def test_another_torch_is_assumed(machine, seen):
    drive, site = machine
    windows_drive.install(site, "0.49.2")
    windows_drive.add_torch(drive, site, "2.6.0+cpu")
    answer = loader(seen, drive, *WITH_GPU, "--assume", "torch-cuda=12.6")
    assert answer["chosen"] == "libbitsandbytes_cuda126.dll"
    assert answer["outcome"] == "loads"


def test_rocm(machine, seen):
    drive, site = machine
    windows_drive.install(site, "newest")
    windows_drive.add_torch(drive, site, "2.9.0+rocm7.2", hip="7.2.53211")
    for name in ("amdhip64_7.dll", "hipblas.dll", "rocblas.dll", "libhipblaslt.dll"):
        made_dll.write(site / "_rocm_sdk_core" / "bin" / name)
    document = seen(drive)
    file = next(one for one in document["loader"]["files"]
                if one["name"] == "libbitsandbytes_rocm72.dll")
    assert file["outcome"] == "loads"
    (site / "_rocm_sdk_core" / "bin" / "rocblas.dll").unlink()
    file = next(one for one in loader(seen, drive)["files"]
                if one["name"] == "libbitsandbytes_rocm72.dll")
    assert file["outcome"] == "dependency-missing"


# --- a machine in order; test_windows_problems.py has those that are not ---


def test_healthy_machine_has_no_finding(machine, seen):
    drive, site = machine
    windows_drive.install(site, "newest")
    windows_drive.add_torch(drive, site, "2.6.0+cu124", cuda="12.4", libraries=CUDA_12)
    document = seen(drive, *WITH_GPU)
    assert [one["pattern"] for one in document["findings"]] == []
    assert document["verdict"] == "ok"


def test_ghosts(machine, seen):
    """The headers that are kept say the same when they are read again."""
    drive, site = machine
    windows_drive.install(site, "0.49.2")
    windows_drive.add_torch(drive, site, "2.6.0+cu124", cuda="12.4", libraries=CUDA_12)
    document = seen(drive, "--with-ghosts", *WITH_GPU)
    assert document["loader"]["outcome"] == "loads"
    assert document["snapshot"]["collectors"]["ghosts"]["status"] == "ok"


def test_text_names_windows(machine, probe):
    drive, site = machine
    windows_drive.install(site, "0.49.2")
    windows_drive.add_torch(drive, site, "2.6.0+cu124", cuda="12.4", libraries=CUDA_12)
    shown = probe.run("--root", drive.folder, *WITH_GPU)
    assert "Windows 11, build 22631.3593, x86_64" in shown.out
    assert "Ada" not in shown.out  # a home's name
    assert "C library" not in shown.out


# --- version resources, held against an independent reader ---

REAL_DLLS = {
    "nvidia-cuda-runtime-cu12==12.4.127": ("cudart64_12.dll", "6.14.11.12040",
                                           "NVIDIA CUDA 12.4.127 Runtime"),
    "nvidia-cuda-runtime-cu11==11.8.89": ("cudart64_110.dll", "6.14.11.11080",
                                          "NVIDIA CUDA 11.8.89 Runtime"),
    "msvc-runtime==14.44.35112": ("msvcp140.dll", "14.44.35211.0", "Microsoft® Visual Studio®"),
}


@pytest.mark.parametrize("requirement", REAL_DLLS)
def test_published_version_resources(requirement, drive, seen):
    name, version, product = REAL_DLLS[requirement]
    with zipfile.ZipFile(windows_drive.fetched(requirement)) as archive:
        member = next(one for one in archive.namelist() if one.endswith(f"/{name}"))
        data = archive.read(member)
    drive.python(HOME_PYTHON)
    drive.at(f"Windows/System32/{name}").write_bytes(data)
    candidates = seen(drive)["snapshot"]["libraries"]["candidates"]
    found, = [one for one in candidates[name] if "System32" in one["path"]]
    assert found["file_version"] == version
    assert found["product"] == product
    expected, = foreign_oracle.versions([drive.at(f"Windows/System32/{name}")])
    assert found["file_version"] == expected["file_version"]
    assert found["product"] == expected["product"]
