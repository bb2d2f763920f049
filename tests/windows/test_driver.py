"""nvcuda.dll: answers, refusals, and every way of not answering."""

import concurrent.futures
import time

import pytest

import wine

CRASHES = {"segv": "0xC0000005 (STATUS_ACCESS_VIOLATION)", "abort": None, "exit": None}


def assert_rest_is_there(document):
    """What a driver's trouble must not cost: everything else."""
    snapshot = document["snapshot"]
    assert snapshot["environment"] is not None
    assert snapshot["host"]["os"] == "windows"
    troubled = {name for name, one in snapshot["collectors"].items()
                if one["status"] in ("timeout", "crashed", "error")}
    assert troubled <= {"cuda_driver"}


@pytest.fixture(scope="module")
def driver(drive, driver_library):
    """The fake driver in System32, where the real one is; gone afterwards."""
    place = drive / "windows" / "system32" / "nvcuda.dll"
    place.write_bytes(driver_library)
    yield place
    place.unlink()


@pytest.fixture
def driven(report, driver):
    def run(behaviour, *arguments):
        document = report(*arguments, env={"BNB_FAKE_CUDA": behaviour})
        assert_rest_is_there(document)
        return document["snapshot"]["cuda"]["driver"], document["snapshot"]["collectors"]["cuda_driver"]

    return run


def test_no_driver(report, drive):
    assert not (drive / "windows" / "system32" / "nvcuda.dll").exists()
    document = report()
    library = document["snapshot"]["cuda"]["driver"]["library"]
    assert (library["name"], library["status"]) == ("nvcuda.dll", "not-found")
    assert document["snapshot"]["collectors"]["cuda_driver"]["status"] == "absent"


def test_two_devices(driven):
    driver, collector = driven("count=2;cc=9.0;driver=12080")
    assert collector["status"] == "ok"
    assert driver["library"]["status"] == "loaded"
    assert driver["library"]["path"].lower() == r"c:\windows\system32\nvcuda.dll"
    assert driver["version"] == "12.8"
    assert [one["name"] for one in driver["devices"]] == ["Fake GPU 0", "Fake GPU 1"]
    assert {one["compute_capability"] for one in driver["devices"]} == {"9.0"}
    assert driver["devices"][1]["memory_bytes"] == 25 << 30


def test_refusal_keeps_its_own_name(driven):
    driver, collector = driven("init=100")
    assert (driver["init"]["code"], driver["init"]["name"]) == (100, "CUDA_ERROR_NO_DEVICE")
    assert collector["status"] == "error"


@pytest.mark.parametrize("place", ["init", "count", "name"])
@pytest.mark.parametrize("fault", CRASHES)
def test_crash(driven, fault, place):
    driver, collector = driven(f"in={place};fault={fault}")
    assert collector["status"] == "crashed"
    if CRASHES[fault]:
        assert f"ended by exception {CRASHES[fault]}" in collector["detail"]
    # What was known before it stays known.
    assert driver["library"]["status"] == "loaded"
    assert driver["version"] == "12.4"
    assert ("init" in driver) == (place != "init")


def test_crash_while_it_is_loaded(driven):
    driver, collector = driven("in=load;fault=segv")
    assert collector["status"] in ("crashed", "error")
    assert "version" not in driver


@pytest.mark.parametrize("fault", ["hang", "spin", "stop"])
def test_hang(driven, fault):
    driver, collector = driven(f"fault={fault}", "--timeout", "8")
    assert collector["status"] == "timeout"
    assert driver["version"] == "12.4"


def test_noise_stays_out_of_the_report(driven):
    driver, collector = driven("fault=noise")
    assert collector["status"] == "ok"
    assert driver["device_count"] == 1


def test_noise_without_end(driven):
    _, collector = driven("fault=flood", "--timeout", "8")
    assert collector["status"] == "timeout"


def test_file_that_is_no_library(report, driver):
    whole = driver.read_bytes()
    try:
        driver.write_bytes(b"no library at all")
        document = report()
    finally:
        driver.write_bytes(whole)
    library = document["snapshot"]["cuda"]["driver"]["library"]
    assert library["status"] == "unloadable"
    assert library["error"]


def test_nothing_is_left_running(driver, probe, tmp_path):
    """A collector that hung has ended with all that it started."""
    mark = f"BNB_TEST={tmp_path}"
    environment = {"BNB_FAKE_CUDA": "fault=hang", "BNB_TEST": tmp_path}
    with concurrent.futures.ThreadPoolExecutor() as pool:
        looking = pool.submit(probe.report, "--timeout", "8", env=environment)
        while not wine.processes(mark, "--collect-for-parent"):
            assert not looking.done()
            time.sleep(0.05)
        looking.result()
    assert wine.processes(mark, "bnb-probe") == []
