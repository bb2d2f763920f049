"""What a running Windows says of itself: registry, Pythons, display devices, processes."""

import pathlib
import shutil
import subprocess
import time

import pytest

import registry
import wine
from support import made_dll, windows_drive
from support.program import finding

VERSION_KEY = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
PYTHONS = r"HKCU\Software\Python\PythonCore"


def interpreter(document):
    return document["snapshot"]["python"]["interpreters"][0]


def test_build_and_settings(report):
    before = report()["snapshot"]["host"]["windows"]["build"]
    try:
        with registry.values(VERSION_KEY, UBR=3593, DisplayVersion="23H2", EditionID="Professional",
                    CurrentBuild="22631"):
            windows = report()["snapshot"]["host"]["windows"]
    finally:
        registry.reg("add", VERSION_KEY, "/v", "CurrentBuild", "/d", before, "/f")
    assert windows["name"] == "Windows 11"
    assert (windows["version"], windows["edition"]) == ("23H2", "Professional")
    assert (windows["build"], windows["revision"], windows["from"]) == (22631, 3593, "registry")
    assert windows["long_paths"] is False
    assert windows["code_page"] > 0


def test_machine_and_hardware(report):
    snapshot = report()["snapshot"]
    assert snapshot["host"]["machine"] == "x86_64"
    assert snapshot["host"]["wsl"] == 0
    meminfo = pathlib.Path("/proc/meminfo").read_text().split()
    assert snapshot["hardware"]["memory"]["total_bytes"] == \
        pytest.approx(int(meminfo[1]) * 1024, rel=0.01)
    processors = pathlib.Path("/proc/cpuinfo").read_text().count("processor\t:")
    assert snapshot["hardware"]["cpu"]["threads"] == processors
    assert all(one["status"] in ("ok", "absent") for one in snapshot["collectors"].values())


def test_registered_python(report, laid_out):
    laid_out.python("laid/Python311", "3.11.9")
    laid_out.python("laid/Python39", "3.9.13")
    with registry.key(rf"{PYTHONS}\3.11\InstallPath", ExecutablePath=r"C:\laid\Python311\python.exe"), \
            registry.key(rf"{PYTHONS}\3.9\InstallPath", ExecutablePath=r"C:\laid\Python39\python.exe"):
        newest = interpreter(report())
        asked = interpreter(report(env={"PY_PYTHON": "3.9"}))
    assert (newest["version"], newest["executable"]) == ("3.11.9", r"C:\laid\Python311\python.exe")
    assert "py launcher" in newest["chosen_because"]
    assert asked["version"] == "3.9.13"
    assert "PY_PYTHON" in asked["chosen_because"]


def test_first_on_path(report, laid_out):
    laid_out.python("laid/one", "3.10.11")
    laid_out.python("laid/two", "3.12.7")
    found = interpreter(report(env={"WINEPATH": r"C:\laid\nothing;C:\laid\two;C:\laid\one"}))
    assert (found["version"], found["chosen_because"]) == ("3.12.7", "first python on PATH")


def test_active_environment(report, laid_out):
    laid_out.python("laid/Python311")
    site = laid_out.venv("laid/venv", r"C:\laid\Python311")
    windows_drive.install(site, "0.49.2")
    windows_drive.add_torch(laid_out, site, "2.6.0+cu124", cuda="12.4",
                            libraries=windows_drive.CUDA_12)
    document = report(env={"VIRTUAL_ENV": r"C:\laid\venv",
                           "WINEPATH": r"C:\laid\venv\Scripts;C:\laid\Python311"})
    found = interpreter(document)
    assert (found["kind"], found["chosen_because"]) == ("venv", "active virtual environment")
    assert document["snapshot"]["bitsandbytes"]["version"] == "0.49.2"
    search = document["snapshot"]["libraries"]["search"]
    assert search["dll_folders"] == [r"C:\laid\venv\Lib\site-packages\torch\lib"]
    assert r"C:\laid\Python311" in search["path_folders"]
    assert document["loader"]["chosen"] == "libbitsandbytes_cpu.dll"  # no driver here


def test_asked_for_with_backslashes(report, laid_out):
    laid_out.python("laid/Python311")
    assert interpreter(report("--python", r"C:\laid\Python311"))["version"] == "3.11.9"
    missing = interpreter(report("--python", r"C:\laid\none\python.exe"))
    assert missing["error"] == r"there is no file C:\laid\none\python.exe"


def test_pyenv(report, laid_out):
    laid_out.python("laid/pyenv-win/versions/3.10.5", "3.10.5")
    laid_out.at("laid/pyenv-win/shims").mkdir()
    laid_out.at("laid/pyenv-win/shims/python.bat").write_text("@echo off\n")
    laid_out.at("laid/pyenv-win/version").write_text("3.10.5\r\n")
    found = interpreter(report(env={"WINEPATH": r"C:\laid\pyenv-win\shims"}))
    assert found["executable"] == r"C:\laid\pyenv-win\versions\3.10.5\python.exe"
    assert found["shim"] == r"C:\laid\pyenv-win\shims\python.bat"
    assert (found["version"], found["kind"]) == ("3.10.5", "standalone")


def test_placeholder_of_the_store(report, laid_out):
    apps = laid_out.at("laid/WindowsApps")
    apps.mkdir(parents=True)
    (apps / "python.exe").write_bytes(b"")
    path = {"WINEPATH": r"C:\laid\WindowsApps"}
    document = report(env=path)
    assert document["snapshot"]["python"]["interpreters"] == []
    assert document["snapshot"]["collectors"]["python"]["status"] == "absent"
    # The Store has installed one: its package is registered.
    family = "PythonSoftwareFoundation.Python.3.11"
    (apps / f"{family}_qbz5n2kfra8p0").mkdir()
    (apps / "PythonSoftwareFoundation.Python.3.9_qbz5n2kfra8p0").mkdir()  # older: 9 is before 11
    package = f"{family}_3.11.2544.0_x64__qbz5n2kfra8p0"
    laid_out.python(f"laid/packages/{package}")
    repository = (r"HKCU\Software\Classes\Local Settings\Software\Microsoft\Windows"
                  rf"\CurrentVersion\AppModel\Repository\Packages\{package}")
    with registry.key(repository, PackageRootFolder=rf"C:\laid\packages\{package}"):
        found = interpreter(report("--no-redact", env=path))
    assert (found["kind"], found["version"]) == ("store", "3.11.9")
    assert found["shim"] == r"C:\laid\WindowsApps\python.exe"
    assert found["user_site"]["path"].endswith(
        rf"\Packages\{family}_qbz5n2kfra8p0\LocalCache\local-packages\Python311\site-packages")


def test_registered_toolkit(report, laid_out):
    folder = laid_out.at("laid/cuda/v12.4")
    made_dll.write(folder / "bin" / "nvcc.exe")
    (folder / "version.json").write_text('{"cuda": {"version": "12.4.1"}}')
    with registry.key(r"HKLM\SOFTWARE\NVIDIA Corporation\GPU Computing Toolkit\CUDA\v12.4",
             InstallDir=r"C:\laid\cuda\v12.4"):
        by_registry, = report()["snapshot"]["cuda"]["toolkits"]
    by_variable, = report(env={"CUDA_PATH_V12_4": r"C:\laid\cuda\v12.4"})["snapshot"]["cuda"][
        "toolkits"]
    assert (by_registry["version"], by_registry["found_from"]) == ("12.4.1", "registry")
    assert by_variable["found_from"] == "CUDA_PATH_V12_4"
    assert by_variable["nvcc"] == r"C:\laid\cuda\v12.4\bin\nvcc.exe"


def test_version_of_the_driver(report, drive):
    library = drive / "windows" / "system32" / "nvcuda.dll"
    made_dll.write(library, version=(32, 0, 15, 6094))
    try:
        with registry.key(r"HKLM\SYSTEM\CurrentControlSet\Services\nvlddmkm\Enum", Count=1):
            module = report()["snapshot"]["cuda"]["kernel_module"]
    finally:
        library.unlink()
    assert (module["version"], module["loaded"]) == ("560.94", True)


def test_display_device(report):
    place = r"HKLM\System\CurrentControlSet\Enum\PCI\VEN_10DE&DEV_2684&SUBSYS_16F410DE&REV_A1\4&1"
    display = "{4d36e968-e325-11ce-bfc1-08002be10318}"
    with registry.key(place, ClassGUID=display, Class="Display", DeviceDesc="NVIDIA GeForce RTX 4090",
             Driver=rf"{display}\0042", Service="nvlddmkm"), \
            registry.key(rf"HKLM\System\CurrentControlSet\Control\Class\{display}\0042",
                DriverVersion="32.0.15.6094"):
        registry.reg("add", place, "/v", "HardwareID", "/t", "REG_MULTI_SZ", "/d",
            r"PCI\VEN_10DE&DEV_2684&SUBSYS_16F410DE&REV_A1", "/f")
        devices = report()["snapshot"]["hardware"]["pci"]
    found, = [one for one in devices if one["vendor"] == "0x10de"]
    assert (found["device"], found["subsystem_device"]) == ("0x2684", "0x16f4")
    assert (found["driver"], found["driver_version"]) == ("nvlddmkm", "32.0.15.6094")
    assert found["name"] == "NVIDIA GeForce RTX 4090"


def test_process_with_an_older_library(report, laid_out, programs):
    """A Python that runs with a library which an upgrade has moved away since."""
    home = laid_out.python("laid/Python311")
    site = home / "Lib" / "site-packages"
    package = windows_drive.install(site, "0.49.2")
    shutil.copy(programs("loads_dll"), home / "python.exe")
    library = r"C:\laid\Python311\Lib\site-packages\bitsandbytes\libbitsandbytes_cpu.dll"
    process = subprocess.Popen([wine.wine(), r"C:\laid\Python311\python.exe", library],
                               env=wine.environment(), stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE)
    try:
        assert process.stdout.readline().strip() == b"loaded"
        path = {"WINEPATH": r"C:\laid\Python311"}
        healthy = report(env=path)
        package.rename(site / "~itsandbytes")
        upgraded = report(env=path)
    finally:
        process.stdin.close()
        process.wait(timeout=30)
    before, after = (one["snapshot"]["session"] for one in (healthy, upgraded))
    one, = [one for one in before["processes"] if one["libraries"]]
    assert one["executable"] == r"C:\laid\Python311\python.exe"
    assert one["interpreter"] is True
    assert one["libraries"] == [{"path": library, "deleted": False, "same_file": True}]
    assert one["started_at"][:10] == time.strftime("%Y-%m-%d", time.gmtime())
    gone, = [one for one in after["processes"] if one["libraries"]]
    assert gone["libraries"] == [{"path": library, "deleted": True, "same_file": False}]
    assert finding(healthy, "runtime-not-restarted") is None
    assert finding(upgraded, "runtime-not-restarted")["status"] == "confirmed"
