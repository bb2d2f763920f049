"""
The one file in root file systems that it was not built in: the oldest and the newest Debian, one
with musl, one with nothing in it, one without the kernel's own folders.
"""

import json
import re
import shutil

import pytest

from machines import roots
from support import fake_driver, wheels

FAKE = fake_driver.SOURCE


@pytest.fixture(params=roots.SUITES)
def debian(request, tmp_path):
    root = roots.debian(request.param, tmp_path)
    root.suite = request.param
    return root


def troubled(document):
    return {name: one for name, one in document["snapshot"]["collectors"].items()
            if one["status"] in ("crashed", "timeout", "error")}


def build_driver(root):
    """The fake driver library, compiled inside for the glibc that is there."""
    shutil.copy2(FAKE, root.shared / "fake_libcuda.c")
    (root.shared / "driver").mkdir()
    root.run("gcc", "-shared", "-fPIC", "-O1", "-Wl,-soname,libcuda.so.1", "-o",
             "/mnt/driver/libcuda.so.1", "/mnt/fake_libcuda.c")


def test_debian(debian, release_file, tmp_path):
    """What it says of the system is what the system's own programs say."""
    document = debian.program(release_file, tmp_path).report()
    host = document["snapshot"]["host"]
    assert host["libc"]["name"] == "glibc"
    assert host["libc"]["version"] == debian.run("ldd", "--version").splitlines()[0].split()[-1]
    assert host["distribution"]["id"] == "debian"
    release = dict(line.split("=", 1) for line in debian.run("cat", "/etc/os-release").splitlines())
    assert host["distribution"]["version"] == release["VERSION_ID"].strip('"')
    interpreter = document["snapshot"]["python"]["interpreters"][0]
    said = debian.run("python3", "-c", "import platform, sys; print(platform.python_version(), sys.prefix)")
    assert [interpreter["version"], interpreter["prefix"]] == said.split()
    assert troubled(document) == {}
    # Without a driver: asked through glibc, which says that there is none.
    driver = document["snapshot"]["cuda"]["driver"]
    assert driver["library"]["status"] == "not-found"
    assert driver["helper"]["from"] == "memory"


def test_driver_in_debian(debian, release_file, tmp_path):
    build_driver(debian)
    probe = debian.program(release_file, tmp_path)
    document = probe.report(env=fake_driver.behaving("/mnt/driver", "count=3;cc=8.6;driver=11080"))
    driver = document["snapshot"]["cuda"]["driver"]
    assert driver["library"]["path"] == "/mnt/driver/libcuda.so.1"
    assert driver["version"] == "11.8"
    assert [one["compute_capability"] for one in driver["devices"]] == ["8.6"] * 3
    assert troubled(document) == {}


@pytest.mark.parametrize("fault, status", [("segv", "crashed"), ("hang", "timeout")])
def test_driver_that_fails_in_debian(debian, release_file, tmp_path, fault, status):
    build_driver(debian)
    probe = debian.program(release_file, tmp_path)
    document = probe.report("--timeout", "2", env=fake_driver.behaving(
        "/mnt/driver", f"fault={fault};in=count"))
    assert set(troubled(document)) == {"cuda_driver"}
    assert document["snapshot"]["collectors"]["cuda_driver"]["status"] == status
    assert document["snapshot"]["cuda"]["driver"]["init"]["code"] == 0


def test_environment_in_debian(debian, release_file, tmp_path):
    """A virtual environment that the system's Python makes, with a package in it."""
    debian.run("python3", "-m", "venv", "/mnt/venv")
    site = next((debian.shared / "venv" / "lib").glob("python3*")) / "site-packages"
    wheels.unpack(wheels.wheel("0.45.5"), site)
    probe = debian.program(release_file, tmp_path)
    document = probe.report("--python", "/mnt/venv/bin/python")
    interpreter = document["snapshot"]["python"]["interpreters"][0]
    assert interpreter["prefix"] == "/mnt/venv"
    assert interpreter["kind"] == "venv"
    found = document["snapshot"]["bitsandbytes"]
    assert found["version"] == "0.45.5"
    # The C library that the wheel's CPU library is given is the one that this system's ldd names.
    path = f"/mnt/venv/lib/{site.parent.name}/site-packages/bitsandbytes/libbitsandbytes_cpu.so"
    resolved = dict(re.findall(r"(\S+) => (\S+)", debian.run("ldd", path)))
    real = debian.run("readlink", "-f", resolved["libc.so.6"])
    assert real in json.dumps(document["snapshot"])


def test_debian_without_the_kernels_folders(debian, release_file, tmp_path):
    """No /proc, no /sys, no /dev: the driver is asked all the same, since memory needs none."""
    build_driver(debian)
    probe = debian.program(release_file, tmp_path, kernel_folders=False)
    document = probe.report(env=fake_driver.behaving("/mnt/driver", "count=1"))
    assert document["snapshot"]["cuda"]["driver"]["device_count"] == 1
    assert document["snapshot"]["host"]["libc"]["name"] == "glibc"
    assert document["snapshot"]["python"]["interpreters"][0]["version"]


def test_musl(release_file, tmp_path):
    root = roots.musl(tmp_path)
    assert root.run("/bin/sh") == "a program for musl"
    document = root.program(release_file, tmp_path).report()
    assert document["snapshot"]["host"]["libc"]["name"] == "musl"
    collector = document["snapshot"]["collectors"]["cuda_driver"]
    assert collector["status"] == "absent"
    assert "no glibc" in collector["detail"]
    assert "/cuda/driver/library" in collector["unknown"]
    assert troubled(document) == {}


@pytest.mark.parametrize("kernel_folders", [True, False], ids=["whole", "no-proc-no-sys"])
def test_empty(release_file, tmp_path, kernel_folders):
    root = roots.empty(tmp_path)
    probe = root.program(release_file, tmp_path, kernel_folders)
    document = probe.report()
    assert troubled(document) == {}
    assert document["snapshot"]["host"].get("libc") is None
    assert document["snapshot"]["collectors"]["cuda_driver"]["status"] == "absent"
    text = probe.run()
    assert text.code == 0 and "Python" in text.out
    # What needs no machine works as well.
    assert probe.run("patterns", "--lint").code == 0
