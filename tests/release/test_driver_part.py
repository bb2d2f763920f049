"""
The part of the program that asks the CUDA driver, linked to glibc: every way of starting it, each
brought about by a machine on which the ones before it fail.
"""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

from machines import files, namespace
from support import fake_driver
from support.program import Program

BEHAVIOUR = "count=2;cc=9.0;driver=12040"

# The shell lines of machines whose temporary folders are noexec.
NOEXEC = """
for folder in /dev/shm /tmp /var/tmp; do
    mount -t tmpfs -o noexec tmpfs "$folder"
done
exec "$@"
"""


@pytest.fixture
def installed(here, release_file):
    """The program in a folder of its own, its driver library in another."""
    (here / "bin").mkdir()
    shutil.copy2(release_file, here / "bin" / "bnb-probe")
    fake_driver.build(here / "driver")
    return Program(here / "bin" / "bnb-probe", here)


def usual_loader():
    text = subprocess.run(["readelf", "-lW", "/bin/sh"], check=True, capture_output=True, text=True)
    return re.search(r"interpreter: (\S+)\]", text.stdout)[1]


def ask(probe, **how):
    document = probe.report(env=fake_driver.behaving(probe.home.parent / "driver", BEHAVIOUR), **how)
    snapshot = document["snapshot"]
    return snapshot["cuda"]["driver"], snapshot["collectors"]["cuda_driver"]


def assert_answered(driver, collector):
    assert collector["status"] == "ok", collector
    assert driver["library"]["status"] == "loaded"
    assert driver["version"] == "12.4"
    assert [device["compute_capability"] for device in driver["devices"]] == ["9.0", "9.0"]


def assert_not_started(driver, collector, *reasons):
    assert collector["status"] == "error"
    for reason in ("cannot be started", *reasons):
        assert reason in collector["detail"]
    assert driver.get("helper") is None and driver.get("library") is None
    assert "/cuda/driver/library" in collector["unknown"]


def test_from_memory(installed):
    driver, collector = ask(installed)
    assert_answered(driver, collector)
    assert driver["helper"] == {"from": "memory", "folder": None, "loader": usual_loader()}


def test_without_execveat(installed, refuse_system_calls):
    driver, collector = ask(installed, wrapper=refuse_system_calls("execveat"))
    assert_answered(driver, collector)
    assert driver["helper"]["from"] == "memory"


def test_without_files_in_memory(installed, refuse_system_calls):
    driver, collector = ask(installed, wrapper=refuse_system_calls("memfd_create"))
    assert_answered(driver, collector)
    assert driver["helper"]["from"] == "unnamed-file"
    assert driver["helper"]["folder"] == "/dev/shm"


def test_on_linux_3_10(installed, refuse_system_calls):
    """The kernel of CentOS 7, with the newer calls that this program knows of."""
    lacks = refuse_system_calls("memfd_create", "execveat", "openat2", "pidfd_open", "statx")
    driver, collector = ask(installed, wrapper=lacks)
    assert_answered(driver, collector)
    assert driver["helper"]["from"] == "unnamed-file"


@pytest.fixture
def noexec(here, refuse_system_calls):
    """A machine that executes nothing from memory and nothing in its temporary folders."""
    namespace.need()
    if str(here).startswith(("/dev/shm/", "/tmp/", "/var/tmp/")):
        pytest.skip("needs a home that is not in a temporary folder")
    return [*namespace.unshare(NOEXEC), *refuse_system_calls("memfd_create")]


@pytest.fixture
def nameless_refused(refuse_system_calls):
    return refuse_system_calls("memfd_create", "O_TMPFILE")


def test_noexec_folders(installed, noexec):
    driver, collector = ask(installed, wrapper=noexec)
    assert_not_started(driver, collector, "no file in memory can be made",
                       "no folder takes a file without a name", "there is no")
    # A temporary folder of the person's own will do.
    own = installed.home.parent / "temporary"
    own.mkdir()
    document = installed.report(wrapper=noexec, env={
        **fake_driver.behaving(installed.home.parent / "driver", BEHAVIOUR), "TMPDIR": own})
    found = document["snapshot"]["cuda"]["driver"]
    assert found["helper"]["from"] == "unnamed-file"
    assert found["helper"]["folder"] == str(own)
    assert found["device_count"] == 2
    assert not list(own.iterdir())


def beside(probe):
    return probe.path.with_name("bnb-probe-driver")


def test_file_beside_the_program(installed, nameless_refused):
    driver, collector = ask(installed, wrapper=nameless_refused)
    assert_not_started(driver, collector, f"there is no {beside(installed)}")
    shutil.copy2(files.driver_part(), beside(installed))
    driver, collector = ask(installed, wrapper=nameless_refused)
    assert_answered(driver, collector)
    assert driver["helper"]["from"] == "file"
    assert driver["helper"]["folder"] == str(installed.path.parent)


def test_file_of_another_release(installed, nameless_refused):
    beside(installed).write_bytes(files.driver_part().read_bytes() + b"\0")
    driver, collector = ask(installed, wrapper=nameless_refused)
    assert_not_started(driver, collector, "is of another release")


def test_file_that_anybody_can_change(installed, nameless_refused):
    shutil.copy2(files.driver_part(), beside(installed))
    beside(installed).chmod(0o777)
    driver, collector = ask(installed, wrapper=nameless_refused)
    assert_not_started(driver, collector, "could have been put there by anybody")


# Inside, /lib64 is what NixOS has there: nothing, or a program that says why nothing works.
ANOTHER_LOADER = """
loader=$1 store=$2 usual=$3
shift 3
mkdir "$store/usual"
cp "$(readlink -f "$loader")" "$store/ld-linux-x86-64.so.2"
test "$usual" = absent || cp "$usual" "$store/usual/$(basename "$loader")"
mount --bind "$store/usual" "$(dirname "$loader")"
exec "$@"
"""


@pytest.mark.parametrize("usual", ["absent", "stub"])
def test_loader_elsewhere(installed, tmp_path, usual):
    """As on NixOS: each program names a loader in a folder of its own, the usual one is not there."""
    namespace.need()
    store = installed.home.parent / "store"
    store.mkdir()
    named = store / "ld-linux-x86-64.so.2"
    (tmp_path / "hello.c").write_text("int main(void) { return 0; }\n")
    programs = tmp_path / "programs"
    programs.mkdir()
    # Static: it has to run where the usual loader is no more.
    stub = tmp_path / "stub"
    (tmp_path / "stub.c").write_text("int main(void) { return 127; }\n")
    subprocess.run(["gcc", "-static", "-o", str(stub), str(tmp_path / "stub.c")], check=True)
    subprocess.run(["gcc", f"-Wl,--dynamic-linker={named}", "-o", str(programs / "python3"),
                    str(tmp_path / "hello.c")], check=True)
    machine = namespace.unshare(ANOTHER_LOADER, usual_loader(), store,
                                "absent" if usual == "absent" else stub, pid=False)
    env = {**fake_driver.behaving(installed.home.parent / "driver", BEHAVIOUR),
           "PATH": f"{programs}:/usr/bin:/bin"}
    document = installed.report(wrapper=machine, env=env)
    driver = document["snapshot"]["cuda"]["driver"]
    assert driver["helper"] == {"from": "memory", "folder": None, "loader": str(named)}
    assert driver["device_count"] == 2


def test_nothing_is_left_behind(installed, refuse_system_calls):
    """Neither a file nor a process, whichever way it was started."""
    before = {folder: set(os.listdir(folder)) for folder in ("/dev/shm", "/tmp", "/var/tmp")}
    ask(installed, wrapper=refuse_system_calls("memfd_create"))
    for folder, names in before.items():
        new = set(os.listdir(folder)) - names
        assert not [name for name in new if "bnb-probe-driver" in name]
    for file in pathlib.Path("/proc").glob("[0-9]*/environ"):
        try:
            assert str(installed.home.parent).encode() not in file.read_bytes()
        except OSError:
            pass
