"""Another root file system, looked at without running anything in it."""

import platform
import shutil
import subprocess

import pytest

from support import binaries, debian_root, torch_layout
from support.program import finding


@pytest.fixture
def root(tmp_path):
    """(folder, upstream version by package)."""
    folder = tmp_path / "root"
    folder.mkdir()
    return folder, debian_root.make(folder)


def site_of(folder):
    return folder / "usr/local/lib/python3.11/dist-packages"


def test_distribution_and_libc(root, report):
    folder, versions = root
    host = report("--root", folder)["snapshot"]["host"]
    assert host["distribution"]["id"] == "debian"
    assert host["libc"]["name"] == "glibc"
    assert host["libc"]["version"] == versions["libc6"]
    assert host["machine"] == platform.machine()
    library = next(file for file in folder.rglob("libstdc++.so.6.*") if file.suffix != ".py")
    text = subprocess.run(["strings", str(library)], capture_output=True, text=True,
                          check=True).stdout
    defined = [tuple(map(int, line[8:].split("."))) for line in text.splitlines()
               if line.startswith("GLIBCXX_") and line[8:].replace(".", "").isdigit()]
    assert host["libstdcxx"]["glibcxx"] == ".".join(map(str, max(defined)))


def test_older_libc_than_this_machine(root, report):
    """The libc is the root's own: its files, not what this program runs with."""
    folder, versions = root
    for library in folder.rglob("libc.so.6"):
        text = library.read_bytes()
        old = f"stable release version {versions['libc6']}".encode()
        assert old in text
        library.write_bytes(text.replace(old, b"stable release version 2.17"))
    assert report("--root", folder)["snapshot"]["host"]["libc"]["version"] == "2.17"


def test_python_of_the_root(root, report):
    folder, versions = root
    document = report("--root", folder)
    interpreter = document["snapshot"]["python"]["interpreters"][0]
    assert interpreter["version"].startswith("3.11")
    assert not str(interpreter["executable"]).startswith(str(folder))
    assert document["snapshot"]["bitsandbytes"]["installed"] is False
    assert document["loader"]["outcome"] == "not-installed"


def test_wheel_in_the_root(root, report, wheel_venv):
    folder, _ = root
    venv = wheel_venv("0.46.1")
    site = site_of(folder)
    site.mkdir(parents=True)
    for entry in venv.site.glob("bitsandbytes*"):
        shutil.copytree(entry, site / entry.name, symlinks=True)
    torch_layout.add_torch(site, "2.5.1+cu124", "12.4")
    document = report("--root", folder)
    facts = document["snapshot"]["bitsandbytes"]
    assert facts["version"] == "0.46.1"
    assert facts["path"] == "/usr/local/lib/python3.11/dist-packages/bitsandbytes"
    seen = {one["name"]: one["needed"] for one in facts["native_libraries"]}
    assert seen == {file.name: binaries.dynamic_section(file)["needed"]
                    for file in (site / "bitsandbytes").glob("*.so")}
    assert document["snapshot"]["python"]["interpreters"][0]["torch"]["cuda"] == "12.4"
    assert document["loader"]["era"] == "native-mock"


def test_old_libc_finding(root, report, wheel_venv):
    """A root with glibc 2.17, where pip takes 0.42.0 as the newest that fits."""
    folder, versions = root
    for library in folder.rglob("libc.so.6"):
        old = f"stable release version {versions['libc6']}".encode()
        library.write_bytes(library.read_bytes().replace(old, b"stable release version 2.17"))
    site = site_of(folder)
    site.mkdir(parents=True)
    for entry in wheel_venv("0.42.0").site.glob("bitsandbytes*"):
        shutil.copytree(entry, site / entry.name, symlinks=True)
    torch_layout.add_torch(site, "2.0.1+cu118", "11.8")
    document = report("--root", folder)
    assert finding(document, "eol-glibc")["status"] == "confirmed"
    # The old loader that the old libc led to is a symptom of it.
    assert document["findings"][0]["pattern"] == "eol-glibc"


def test_nothing_in_the_root_is_run(root, report, tmp_path):
    folder, _ = root
    marker = tmp_path / "was-run"
    for name in ("python3", "python", "cmake", "nvcc", "gcc", "hipcc", "ldconfig", "rocminfo"):
        program = folder / "usr/bin" / name
        program.unlink(missing_ok=True)
        program.write_text(f"#!/bin/sh\ntouch {marker}\necho 99.99\n")
        program.chmod(0o755)
    document = report("--root", folder)
    assert not marker.exists()
    assert "99.99" not in str(document["snapshot"])


def test_links_stay_inside(root, report):
    folder, _ = root
    release = folder / "etc/os-release"
    release.unlink()
    (folder / "made-up").mkdir()
    (folder / "made-up/release").write_text('ID=madeup\nVERSION_ID="7"\nNAME="Made Up"\n')
    release.symlink_to("/made-up/release")
    assert report("--root", folder)["snapshot"]["host"]["distribution"]["id"] == "madeup"
    release.unlink()
    # As many steps up as there are must not lead out of the root.
    release.symlink_to("../" * 40 + "made-up/release")
    assert report("--root", folder)["snapshot"]["host"]["distribution"]["id"] == "madeup"


def test_link_loops_end(root, report):
    folder, _ = root
    (folder / "etc/os-release").unlink()
    (folder / "etc/os-release").symlink_to("/etc/os-release")
    (folder / "usr/lib/os-release").unlink()
    (folder / "usr/lib/loop").symlink_to(".")
    host = report("--root", folder)["snapshot"]["host"]
    # What is left to go by is /etc/debian_version.
    assert host["distribution"]["from"] == "/etc/debian_version"
    assert host["distribution"]["name"] == (folder / "etc/debian_version").read_text().strip()


def test_empty_root(report, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    document = report("--root", empty)
    assert document["verdict"] in ("unknown", "problem")
    host = document["snapshot"]["host"]
    assert not (host.get("libc") or {}).get("version")


def test_devices_and_pipes_in_the_root(report, tmp_path):
    """A pipe where a text file should be is not waited for."""
    folder = tmp_path / "odd"
    (folder / "etc").mkdir(parents=True)
    subprocess.run(["mkfifo", str(folder / "etc/os-release"), str(folder / "etc/ld.so.conf")],
                   check=True)
    (folder / "proc").mkdir()
    subprocess.run(["mkfifo", str(folder / "proc/meminfo")], check=True)
    document = report("--root", folder, "--timeout", "5")
    statuses = {one["status"] for one in document["snapshot"]["collectors"].values()}
    assert "timeout" not in statuses


@pytest.mark.parametrize("what", ["missing", "file"])
def test_no_such_root(probe, tmp_path, what):
    path = tmp_path / what
    if what == "file":
        path.write_text("")
    result = probe.run("--root", path)
    assert result.code == 3
    assert len(result.err_lines) == 1 and str(path) in result.err
    assert result.out == ""


def test_root_of_this_machine_agrees_with_the_live_one(report):
    live = report()["snapshot"]
    seen = report("--root", "/")["snapshot"]
    assert seen["host"]["libc"]["version"] == live["host"]["libc"]["version"]
    assert seen["host"]["distribution"] == live["host"]["distribution"]
    assert seen["hardware"]["memory"]["total_bytes"] == live["hardware"]["memory"]["total_bytes"]
