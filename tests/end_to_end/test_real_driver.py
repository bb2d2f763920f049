"""NVIDIA's own libcuda on a machine without a GPU."""

import ctypes
import glob
import os
import subprocess
import sys

import pytest

from support import real_driver

ASK = """
import ctypes, sys
cuda = ctypes.CDLL(sys.argv[1])
version, name = ctypes.c_int(), ctypes.c_char_p()
cuda.cuDriverGetVersion(ctypes.byref(version))
code = cuda.cuInit(0)
cuda.cuGetErrorName(code, ctypes.byref(name))
print(version.value, code, name.value.decode())
"""


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    return real_driver.unpack(tmp_path_factory.mktemp("real-driver"))


@pytest.fixture(autouse=True)
def clean_up():
    """This file's own question to the library makes nodes as root; they go again."""
    before = set(glob.glob("/dev/nvidia*"))
    yield
    if not os.path.exists("/proc/driver/nvidia/version"):
        for made in set(glob.glob("/dev/nvidia*")) - before:
            os.unlink(made)


def test_agrees_with_the_library_itself(driver, release_probe):
    folder, _ = driver
    said = subprocess.run([sys.executable, "-c", ASK, str(folder / "libcuda.so.1")], text=True,
                          capture_output=True, check=True).stdout.split()
    number, code, name = int(said[0]), int(said[1]), said[2]
    document = release_probe.report(env={"LD_LIBRARY_PATH": str(folder)})
    asked = document["snapshot"]["cuda"]["driver"]
    assert asked["library"]["status"] == "loaded"
    assert asked["library"]["path"] == str((folder / "libcuda.so.1").resolve())
    assert not asked["library"]["stub"]
    assert asked["version"] == f"{number // 1000}.{number % 1000 // 10}"
    assert (asked["init"]["code"], asked["init"]["name"]) == (code, name)
    if code:
        assert not asked.get("devices")
        assert name in document["snapshot"]["collectors"]["cuda_driver"]["detail"]


def test_leaves_no_device_nodes(driver, release_probe):
    """As root the library would make /dev/nvidiactl; without a kernel module that is no use."""
    if os.path.exists("/proc/driver/nvidia/version"):
        pytest.skip("this machine has an NVIDIA kernel module")
    before = set(glob.glob("/dev/nvidia*"))
    release_probe.report(env={"LD_LIBRARY_PATH": str(driver[0])})
    assert set(glob.glob("/dev/nvidia*")) == before


def test_is_not_opened_by_the_developers_name(driver, release_probe, tmp_path):
    """A folder that holds only libcuda.so, as a toolkit's folders do, gives no driver."""
    folder, _ = driver
    (tmp_path / "only").mkdir()
    (tmp_path / "only/libcuda.so").symlink_to((folder / "libcuda.so.1").resolve())
    document = release_probe.report(env={"LD_LIBRARY_PATH": str(tmp_path / "only")})
    try:
        ctypes.CDLL("libcuda.so.1")
        pytest.skip("this machine has a driver of its own")
    except OSError:
        assert document["snapshot"]["cuda"]["driver"]["library"]["status"] == "not-found"
