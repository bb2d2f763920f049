"""The CUDA driver: answers, refusals, and every way of not answering."""

import os
import pathlib
import shutil

import pytest

from support import fake_driver

# What each code is called in cuda.h.
REFUSALS = {
    100: "CUDA_ERROR_NO_DEVICE",
    803: "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH",
    804: "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE",
    999: "CUDA_ERROR_UNKNOWN",
}


def assert_rest_is_there(document):
    """What a driver's trouble must not cost: everything else."""
    snapshot = document["snapshot"]
    assert snapshot["host"]["libc"]["version"]
    assert snapshot["hardware"]["cpu"]["threads"] >= 1
    assert snapshot["python"]["interpreters"][0]["version"]
    troubled = {name for name, one in snapshot["collectors"].items()
                if one["status"] in ("timeout", "crashed", "error")}
    assert troubled <= {"cuda_driver"}


@pytest.fixture
def driven(report, driver_folder):
    def run(behaviour, *arguments, program=report):
        document = program(*arguments, env=fake_driver.behaving(driver_folder, behaviour))
        assert_rest_is_there(document)
        return document["snapshot"]["cuda"]["driver"], document["snapshot"]["collectors"]["cuda_driver"]

    return run


def test_two_devices(driven, driver_folder):
    driver, collector = driven("count=2;cc=9.0;driver=12080")
    assert collector["status"] == "ok"
    assert driver["library"]["status"] == "loaded"
    assert driver["library"]["name"] == "libcuda.so.1"
    assert driver["library"]["path"] == str(driver_folder / "libcuda.so.1")
    assert not driver["library"]["stub"]
    assert driver["init"]["code"] == 0
    assert driver["init"]["name"] == "CUDA_SUCCESS"
    assert driver["version"] == "12.8"
    assert driver["device_count"] == 2
    for ordinal, device in enumerate(driver["devices"]):
        assert device["ordinal"] == ordinal
        assert device["name"] == f"Fake GPU {ordinal}"
        assert device["compute_capability"] == "9.0"
        assert device["memory_bytes"] == (24 + ordinal) << 30
        assert device["pci_address"] == f"0000:{0x41 + ordinal:02x}:00.0"


@pytest.mark.parametrize("number, version", [(11040, "11.4"), (12040, "12.4"), (13010, "13.1")])
def test_driver_version(driven, number, version):
    driver, _ = driven(f"driver={number}")
    assert driver["version"] == version


def test_no_devices_but_a_driver(driven):
    driver, collector = driven("count=0")
    assert (driver["device_count"], driver["devices"]) == (0, [])
    assert collector["status"] == "ok"


@pytest.mark.parametrize("code, name", REFUSALS.items())
def test_refusal_keeps_its_own_name(driven, code, name):
    driver, collector = driven(f"init={code}")
    assert driver["init"]["code"] == code
    assert driver["init"]["name"] == name
    assert driver["init"]["text"]
    assert driver["library"]["status"] == "loaded"
    assert collector["status"] not in ("timeout", "crashed")
    assert not driver.get("devices")


def test_stub_is_recognised(driven):
    driver, _ = driven("init=34;driver=0")
    assert driver["init"]["name"] == "CUDA_ERROR_STUB_LIBRARY"
    assert driver["library"]["stub"] is True


def test_a_toolkits_own_stub(report, tmp_path):
    stubs = sorted(pathlib.Path("/usr/local").glob("cuda*/**/stubs/libcuda.so"))
    if not stubs:
        pytest.skip("needs a CUDA toolkit: its link-time stub of libcuda")
    folder = tmp_path / "stubs"
    folder.mkdir()
    shutil.copy(stubs[0], folder / "libcuda.so.1")
    driver = report(env={"LD_LIBRARY_PATH": str(folder)})["snapshot"]["cuda"]["driver"]
    assert driver["library"]["stub"] is True
    assert driver["init"]["code"] == 34


def test_no_driver(report):
    if os.path.exists("/proc/driver/nvidia/version"):
        pytest.skip("needs a machine without an NVIDIA driver")
    document = report()
    driver = document["snapshot"]["cuda"]["driver"]
    assert driver["library"]["status"] == "not-found"
    assert document["snapshot"]["collectors"]["cuda_driver"]["status"] in ("ok", "absent")


@pytest.mark.parametrize("fault, said", [
    ("segv", "Segmentation fault"),
    ("abort", "Aborted"),
    ("exit", "exit"),
])
@pytest.mark.parametrize("place", ["init", "count", "name"])
def test_crash(driven, fault, said, place):
    driver, collector = driven(f"fault={fault};in={place};count=1")
    assert collector["status"] == "crashed"
    assert said in collector["detail"]
    # What was learned before the crash is kept.
    assert driver["library"]["status"] == "loaded"
    if place != "init":
        assert driver["init"]["code"] == 0
    if place == "name":
        assert driver["device_count"] == 1


@pytest.mark.parametrize("fault", ["segv", "abort", "exit"])
def test_crash_while_it_is_opened(report, driver_folder, fault):
    document = report(env=fake_driver.behaving(driver_folder, f"fault={fault};in=load"))
    assert_rest_is_there(document)
    assert document["snapshot"]["collectors"]["cuda_driver"]["status"] in ("crashed", "error")


@pytest.mark.parametrize("fault", ["hang", "spin", "stop"])
def test_hang(driven, fault):
    driver, collector = driven(f"fault={fault};in=count", "--timeout", "2")
    assert collector["status"] == "timeout"
    assert driver["library"]["status"] == "loaded"
    assert driver["init"]["code"] == 0


def test_noise_stays_out_of_the_report(driven):
    driver, collector = driven("fault=noise;count=1")
    assert collector["status"] == "ok"
    assert driver["device_count"] == 1


def test_noise_without_end(driven):
    _, collector = driven("fault=flood", "--timeout", "3")
    assert collector["status"] in ("error", "timeout")


def test_file_that_is_no_library(report, tmp_path):
    folder = tmp_path / "driver"
    folder.mkdir()
    (folder / "libcuda.so.1").write_text("this is no library\n")
    document = report(env={"LD_LIBRARY_PATH": str(folder)})
    assert_rest_is_there(document)
    library = document["snapshot"]["cuda"]["driver"]["library"]
    assert library["status"] == "unloadable"
    assert library["error"]


def test_visible_devices(driven, report, driver_folder):
    env = fake_driver.behaving(driver_folder, "count=1")
    seen = report(env={**env, "CUDA_VISIBLE_DEVICES": ""})["snapshot"]["cuda"]
    assert seen["driver"]["visible_devices"] == ""
    unset = report(env=env)["snapshot"]["cuda"]["driver"]
    assert unset.get("visible_devices") is None
