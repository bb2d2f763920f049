"""The file for aarch64, with each size that its kernels give a page of memory."""

import pytest

from machines import aarch64, files
from support import fake_driver

PAGE_SIZES = (4096, 16384, 65536)


@pytest.fixture
def release_file():
    return files.program("aarch64")


def troubled(document):
    return {name: one for name, one in document["snapshot"]["collectors"].items()
            if one["status"] in ("crashed", "timeout", "error")}


@pytest.mark.parametrize("page_size", PAGE_SIZES)
def test_without_a_c_library(release_file, tmp_path, page_size):
    probe = aarch64.without_libc(tmp_path, page_size).program(release_file, tmp_path)
    document = probe.report()
    assert troubled(document) == {}
    assert document["snapshot"]["collectors"]["cuda_driver"]["status"] == "absent"
    assert probe.run("patterns", "--lint").code == 0


@pytest.mark.parametrize("page_size", PAGE_SIZES)
def test_driver_through_glibc(release_file, tmp_path, page_size):
    root = aarch64.with_glibc(tmp_path, page_size)
    assert root.run("/bin/sh") == f"pages of {page_size} bytes"
    probe = root.program(release_file, tmp_path)
    document = probe.report(env=fake_driver.behaving("/driver", "count=1;cc=8.7;driver=12060"))
    snapshot = document["snapshot"]
    assert snapshot["host"]["libc"]["name"] == "glibc"
    driver = snapshot["cuda"]["driver"]
    assert driver["library"]["path"] == "/driver/libcuda.so.1"
    assert driver["version"] == "12.6"
    assert driver["devices"][0]["compute_capability"] == "8.7"
    assert driver["helper"]["from"] == "memory"
    assert driver["helper"]["loader"] == "/lib/ld-linux-aarch64.so.1"
    assert troubled(document) == {}
