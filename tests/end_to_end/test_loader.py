"""The loader model beside the real loader: same environment, same answer."""

import json
import re
import subprocess

import pytest

from support import binaries, fake_driver, torch_layout, wheels
from support.program import finding

CUDA_12 = ("libcudart.so.12", "libcublas.so.12", "libcublasLt.so.12", "libcusparse.so.12",
           "libnvJitLink.so.12")


def resolves_without_torch(library):
    """Whether this machine's own loader finds a library, which spoils a test of its absence."""
    cache = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=False)
    return f"\t{library} " in cache.stdout


@pytest.fixture
def gpu(driver_folder):
    return fake_driver.behaving(driver_folder, "count=1;cc=8.9;driver=12080")


@pytest.fixture
def with_torch(wheel_venv, tmp_path):
    """with_torch(bnb version, torch version, ...): a virtual environment to be changed."""

    def make(version, torch_version, cuda=None, libraries=(), used_by=None, hip=None):
        venv = wheels.linked_copy(wheel_venv(version), tmp_path / "venv")
        torch_layout.add_torch(venv.site, torch_version, cuda, hip, libraries,
                               used_by and venv.package / used_by)
        return venv

    return make


def real_loader(venv, library, env):
    """What the environment's own interpreter meets when it opens a library after torch's."""
    code = torch_layout.OPEN_AS_BITSANDBYTES_DOES.format(
        torch=str(venv.site / "torch"), library=str(venv.package / library))
    paths = {key: value for key, value in env.items() if key == "LD_LIBRARY_PATH"}
    done = subprocess.run([str(venv.python), "-c", code], capture_output=True, text=True,
                          env={"PATH": "/usr/bin:/bin", **paths}, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("version, cuda, library", [
    ("0.43.3", "12.1", "libbitsandbytes_cuda121.so"),
    ("0.45.5", "12.4", "libbitsandbytes_cuda124.so"),
    ("0.46.1", "12.6", "libbitsandbytes_cuda126.so"),
    ("0.49.2", "12.8", "libbitsandbytes_cuda128.so"),
    ("newest", "12.8", "libbitsandbytes_cuda128.so"),
])
def test_loads(report, with_torch, gpu, version, cuda, library):
    venv = with_torch(version, f"2.5.1+cu{cuda.replace('.', '')}", cuda, CUDA_12, library)
    document = report(env={**venv.active, **gpu})
    loader = document["loader"]
    assert real_loader(venv, library, gpu) == "loads"
    assert loader["asks_for"] == loader["chosen"] == library
    assert loader["outcome"] == "loads", loader["because"]
    assert document["verdict"] == "ok", document["findings"]


def test_each_library_of_the_package(report, with_torch, gpu):
    """Every file that is there, chosen or not, is judged as the real loader judges it."""
    venv = with_torch("0.45.5", "2.5.1+cu124", "12.4", CUDA_12, "libbitsandbytes_cuda124.so")
    loader = report(env={**venv.active, **gpu})["loader"]
    judged = {one["name"]: one for one in loader["files"]}
    assert set(judged) == {file.name for file in venv.native_libraries()}
    for name, verdict in judged.items():
        said = real_loader(venv, name, gpu)
        if "undefined symbol" in said:
            continue  # the stand-in libraries have the symbols of the chosen file only
        assert (verdict["outcome"] == "loads") is (said == "loads"), (name, verdict, said)


@pytest.mark.parametrize("missing", ["libcublas.so.12", "libcublasLt.so.12", "libcudart.so.12"])
def test_missing_library(report, with_torch, gpu, missing):
    if resolves_without_torch(missing):
        pytest.skip(f"needs a machine whose loader does not find {missing} by itself")
    library = "libbitsandbytes_cuda124.so"
    venv = with_torch("0.45.5", "2.5.1+cu124", "12.4",
                      [name for name in CUDA_12 if name != missing], library)
    said = real_loader(venv, library, gpu)
    assert said == f"{missing}: cannot open shared object file: No such file or directory"
    document = report(env={**venv.active, **gpu})
    loader = document["loader"]
    assert loader["asks_for"] == library
    assert loader["outcome"] == "dependency-missing"
    assert loader["missing"] == [missing]
    assert missing in loader["user_sees"]
    cause = finding(document, "shared-library-mismatch")
    assert cause["status"] == "confirmed"
    assert missing in cause["says"]
    assert cause["evidence"] and cause["remedy"]
    # The symptom is named under its cause, not beside it.
    assert document["findings"][0]["pattern"] == "shared-library-mismatch"
    assert [one["pattern"] for one in cause["symptoms"]] == ["native-library-load-failure"]
    assert document["verdict"] == "problem"


def test_missing_library_found_through_ld_library_path(report, with_torch, gpu, tmp_path):
    library = "libbitsandbytes_cuda124.so"
    venv = with_torch("0.45.5", "2.5.1+cu124", "12.4",
                      [name for name in CUDA_12 if name != "libcublas.so.12"], library)
    elsewhere = torch_layout.add_cuda_library(tmp_path / "elsewhere", "libcublas.so.12",
                                              venv.package / library)
    env = {**gpu, "LD_LIBRARY_PATH": f"{elsewhere.parent}:{gpu['LD_LIBRARY_PATH']}"}
    assert real_loader(venv, library, env) == "loads"
    loader = report(env={**venv.active, **env})["loader"]
    assert loader["outcome"] == "loads", loader["because"]
    needed = {one["library"]: one for file in loader["files"] if file["name"] == library
              for one in file["needed"]}
    assert needed["libcublas.so.12"]["outcome"] == "found"
    assert needed["libcublas.so.12"]["path"] == str(elsewhere)
    assert needed["libcudart.so.12"]["outcome"] == "mapped-by-torch"


def test_libc_that_is_too_old(report, with_torch, gpu, tmp_path):
    """0.45.5's library for CUDA 12.6 asks for GLIBC_2.34; the snapshot is set back to 2.31."""
    library = "libbitsandbytes_cuda126.so"
    venv = with_torch("0.45.5", "2.6.0+cu126", "12.6", CUDA_12, library)
    assert binaries.highest_version(venv.package / library, "GLIBC") == "2.34"
    document = report(env={**venv.active, **gpu})
    assert document["loader"]["outcome"] == "loads"
    snapshot = document["snapshot"]
    snapshot["host"]["libc"]["version"] = "2.31"
    for candidate in snapshot["libraries"]["candidates"]["libc.so.6"]:
        candidate["version_definitions"] = [
            version for version in candidate["version_definitions"]
            if not re.fullmatch(r"GLIBC_2\.3[2-9]", version)]
        candidate["provides"]["GLIBC"] = "2.31"
    older = tmp_path / "older.json"
    older.write_text(json.dumps(document))
    again = report("--from", older)
    assert again["loader"]["outcome"] == "libc-too-old"
    assert "GLIBC_2.34" in again["loader"]["user_sees"]
    assert finding(again, "eol-glibc")["status"] == "confirmed"


def test_torch_without_cuda(report, with_torch, gpu):
    venv = with_torch("0.45.5", "2.5.1+cpu")
    loader = report(env={**venv.active, **gpu})["loader"]
    assert loader["outcome"] == "cpu-only"
    assert loader["chosen"] == "libbitsandbytes_cpu.so"


def test_no_gpu(report, with_torch):
    venv = with_torch("0.45.5", "2.5.1+cu124", "12.4", CUDA_12)
    loader = report(env=venv.active)["loader"]
    assert loader["chosen"] == "libbitsandbytes_cpu.so"
    assert loader["outcome"] == "cpu-only"


def test_no_file_for_this_cuda(report, with_torch, driver_folder):
    """0.46 to 0.49 take the exact file or none."""
    gpu = fake_driver.behaving(driver_folder, "count=1;cc=8.9;driver=13010")
    venv = with_torch("0.49.2", "2.9.0+cu131", "13.1", ())
    assert not (venv.package / "libbitsandbytes_cuda131.so").exists()
    document = report(env={**venv.active, **gpu})
    assert document["loader"]["asks_for"] == "libbitsandbytes_cuda131.so"
    assert document["loader"]["outcome"] == "file-missing"
    assert finding(document, "native-library-load-failure")["status"] == "confirmed"


def test_driver_too_old_for_torch(report, with_torch, gpu):
    """A driver for CUDA 12 shows no GPU to a torch built with CUDA 13."""
    venv = with_torch("0.49.2", "2.9.0+cu130", "13.0", ())
    document = report(env={**venv.active, **gpu})
    assert document["loader"]["chosen"] == "libbitsandbytes_cpu.so"
    assert document["loader"]["outcome"] == "driver-too-old"
    assert document["verdict"] == "problem"


def test_neighbouring_file_from_0_50_on(report, with_torch, gpu):
    """0.50 takes the next lower minor version of the same major version."""
    venv = with_torch("newest", "2.8.0+cu129", "12.9", CUDA_12, "libbitsandbytes_cuda128.so")
    assert not (venv.package / "libbitsandbytes_cuda129.so").exists()
    loader = report(env={**venv.active, **gpu})["loader"]
    assert loader["asks_for"] == "libbitsandbytes_cuda129.so"
    assert loader["chosen"] == "libbitsandbytes_cuda128.so"
    assert loader["outcome"] == "loads-fallback"
    assert real_loader(venv, loader["chosen"], gpu) == "loads"


def test_rocm_torch_with_a_release_that_has_no_rocm(report, with_torch):
    venv = with_torch("0.46.1", "2.6.0+rocm6.2", hip="6.2.41133")
    document = report(env=venv.active)
    torch = document["snapshot"]["python"]["interpreters"][0]["torch"]
    assert (torch["version"], torch["cuda"], torch["hip"]) == ("2.6.0+rocm6.2", None, "6.2.41133")


def test_override_of_the_cuda_version(report, with_torch, gpu):
    venv = with_torch("0.46.1", "2.6.0+cu126", "12.6", CUDA_12, "libbitsandbytes_cuda124.so")
    loader = report(env={**venv.active, **gpu, "BNB_CUDA_VERSION": "124"})["loader"]
    assert loader["asks_for"] == "libbitsandbytes_cuda124.so"


def test_emptied_override_stops_0_50(report, with_torch, gpu):
    """Set but empty was ignored up to 0.49; 0.50 refuses it."""
    venv = with_torch("newest", "2.8.0+cu128", "12.8", CUDA_12, "libbitsandbytes_cuda128.so")
    document = report(env={**venv.active, **gpu, "BNB_CUDA_VERSION": ""})
    assert document["loader"]["outcome"] not in ("loads", "loads-fallback")
    assert document["verdict"] == "problem"
