"""Files that lie about their size, depth or worth: an answer comes in bounded time and memory."""

import json
import os
import re
import shutil
import struct
import subprocess
import sys
import time

import pytest

from support import wheels
from support.program import SOURCE

SECONDS = 100  # ample on a busy machine, and far from forever
MEGABYTES = 256

# Runs a command, and says on standard error what it took of memory: the largest of its processes.
MEASURE = ("import resource, subprocess, sys; done = subprocess.run(sys.argv[1:]); "
           "print('KiB', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); "
           "sys.exit(done.returncode)")


@pytest.fixture
def bounded(release_probe):
    """bounded(ARGUMENTS...): the completed process, once time and memory are known to be bounded."""

    def run(*arguments, megabytes=MEGABYTES, env=None, **how):
        began = time.monotonic()
        done = subprocess.run([sys.executable, "-c", MEASURE, str(release_probe.path), *map(str, arguments)],
                              capture_output=True, check=False, timeout=2 * SECONDS, cwd=release_probe.folder,
                              env=release_probe.environment(env), **how)
        assert time.monotonic() - began < SECONDS
        measured = re.search(rb"^KiB (\d+)\n", done.stderr, re.M)
        assert int(measured[1]) < megabytes * 1024
        done.err = done.stderr.replace(measured[0], b"").decode(errors="replace")
        return done

    return run


@pytest.fixture
def venv(wheel_venv, tmp_path):
    """An environment of the test's own, whose files can be replaced."""
    return wheels.linked_copy(wheel_venv("0.45.5"), tmp_path / "venv")


def sparse(path, size=10 << 30, start=b""):
    """A file of ten gigabytes that takes no room."""
    path.unlink(missing_ok=True)
    with open(path, "wb") as file:
        file.write(start)
        file.truncate(size)
    return path


def snapshot_of(done):
    assert done.returncode == 0, done.err
    return json.loads(done.stdout)["snapshot"]


def native(snapshot, name):
    return next(library for library in snapshot["bitsandbytes"]["native_libraries"] if library["name"] == name)


# --- libraries ---


@pytest.mark.parametrize("start", [b"", b"\x7fELF\x02\x01\x01", b"MZ", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe"],
                         ids=["zeros", "elf", "pe", "mach-o", "universal"])
def test_library_of_ten_gigabytes(bounded, venv, start):
    sparse(venv.package / "libbitsandbytes_cuda124.so", start=start)
    snapshot = snapshot_of(bounded("--format", "json", env=venv.active))
    hollow = native(snapshot, "libbitsandbytes_cuda124.so")
    assert hollow.get("error") or hollow["needed"] == []
    assert native(snapshot, "libbitsandbytes_cpu.so")["format"] == "elf"


def test_library_with_four_billion_sections(bounded, venv):
    """e_shnum 0 says that the number stands in the first section header, where it has 32 bits and more."""
    path = venv.package / "libbitsandbytes_cuda124.so"
    data = bytearray((venv.package / "libbitsandbytes_cpu.so").read_bytes())
    table = struct.unpack_from("<Q", data, 0x28)[0]
    struct.pack_into("<H", data, 0x3C, 0)
    struct.pack_into("<Q", data, table + 32, 0xFFFFFFFF)
    path.unlink()
    path.write_bytes(data)
    library = native(snapshot_of(bounded("--format", "json", env=venv.active)), path.name)
    assert library["gpu_code"] == [] and library["needed"]


def test_library_whose_every_header_says_the_most(bounded, venv):
    path = venv.package / "libbitsandbytes_cuda124.so"
    original = bytearray((venv.package / "libbitsandbytes_cpu.so").read_bytes())
    for start in range(0x18, 0x40, 2):
        data = bytearray(original)
        struct.pack_into("<H", data, start, 0xFFFF)
        path.unlink(missing_ok=True)
        path.write_bytes(data)
        snapshot_of(bounded("--format", "json", env=venv.active))


# --- text files of others ---


def test_metadata_of_ten_gigabytes(bounded, venv):
    info = next(venv.site.glob("bitsandbytes-*.dist-info"))
    for name in ("METADATA", "RECORD", "WHEEL", "INSTALLER", "direct_url.json"):
        sparse(info / name)
    sparse(venv.site / "big.pth")
    snapshot = snapshot_of(bounded("--format", "json", env=venv.active))
    assert snapshot["bitsandbytes"]["version"] == "0.45.5"


def test_system_files_of_ten_gigabytes(bounded, tmp_path):
    root = tmp_path / "root"
    for name in ("etc/os-release", "etc/ld.so.cache", "etc/ld.so.conf", "var/lib/dpkg/status", "proc/cpuinfo",
                 "proc/self/mountinfo", "usr/bin/python3", "usr/bin/cmake", "usr/local/cuda/version.json"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        sparse(root / name)
        (root / name).chmod(0o755)
    snapshot_of(bounded("--root", root, "--format", "json"))


def test_a_million_deep_inside_a_package(bounded, venv):
    info = next(venv.site.glob("bitsandbytes-*.dist-info"))
    (info / "direct_url.json").write_text("[" * 1_000_000)
    (info / "METADATA").unlink()
    (info / "METADATA").write_text("Name: bitsandbytes\nVersion: 0.45.5\n" + "Requires-Dist: torch\n" * 100_000)
    snapshot = snapshot_of(bounded("--format", "json", env=venv.active))
    assert snapshot["bitsandbytes"]["version"] == "0.45.5"


# --- what is handed over ---


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"snapshot":', "[[{\"body\":"])
@pytest.mark.parametrize("command", [["--from"], ["triage"], ["compare"], ["check", "--from"]], ids=" ".join)
def test_json_nested_a_million_deep(bounded, tmp_path, command, opening):
    path = tmp_path / "deep.json"
    path.write_text(opening * 1_000_000)
    done = bounded(*command, path)
    assert done.returncode in (0, 3)
    assert done.returncode == 0 or "deep.json" in done.err


def test_pattern_nested_a_million_deep(bounded, tmp_path):
    (tmp_path / "deep.json").write_text('{"all":[' * 1_000_000)
    done = bounded("patterns", "--lint", "--patterns", tmp_path)
    assert done.returncode != 0 and "deep.json" in done.err + done.stdout.decode()


def test_issue_of_200_megabytes(bounded, tmp_path):
    """Twice the text and its facts are held at most, and what stands at its end is found."""
    path = tmp_path / "issue.md"
    line = "step 17 of 100000: loss 0.1234, learning rate 0.0001, nothing to see here\n"
    with open(path, "w") as file:
        for _ in range(200):
            file.write(line * (1_000_000 // len(line)))
        file.write("CUDA SETUP: Setup Failed!\nOSError: libcudart.so.11.0: cannot open shared object file\n")
    done = bounded("triage", "--format", "json", path, megabytes=1200)
    assert done.returncode == 0, done.err
    assert json.loads(done.stdout)["results"][0]["primary"]


def test_issue_of_one_line(bounded, tmp_path):
    (tmp_path / "issue.md").write_text("File " * 4_000_000)
    done = bounded("triage", "--format", "json", tmp_path / "issue.md")
    assert done.returncode == 0, done.err


@pytest.mark.parametrize("regex", ["(a+)+$", "(a|aa)+$", "(.*a){20}b", "^(([a-z])+.)+[A-Z]([a-z])+$", "(?:a?){40}a{40}c"])
def test_catastrophic_pattern(bounded, tmp_path, regex):
    """The pattern is another's, and the text is made for it: the search is given up, and that is said."""
    source = json.loads((SOURCE / "checks" / "patterns" / "unsupported-platform.json").read_text())
    source.update(id="made", shows=[{"when": {"text_matches": regex}, "status": "likely"}])
    source.pop("proof", None)
    (tmp_path / "patterns").mkdir()
    (tmp_path / "patterns" / "made.json").write_text(json.dumps(source))
    (tmp_path / "issue.md").write_text(("a" * 60 + "!\n") * 2000)
    done = bounded("triage", "--patterns", tmp_path / "patterns", "--format", "json", tmp_path / "issue.md")
    assert done.returncode in (0, 3), done.err


# --- as another user ---


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be called by somebody else")
def test_nothing_that_everybody_may_write_is_started_for_somebody_else(release_probe, tmp_path):
    """As sudo would call it: with root's rights, and PATH as the caller had it."""
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    marks = tmp_path / "marks"
    marks.mkdir()
    for name in ("python3", "python", "cmake", "gcc", "nvcc", "ninja", "hipcc"):
        (open_to_all / name).write_text(f"#!/bin/sh\ntouch {marks}/{name}\necho {name} 9.9.9\n")
        (open_to_all / name).chmod(0o755)
    (open_to_all / "bin").mkdir()
    shutil.copy(open_to_all / "python", open_to_all / "bin" / "python")
    environment = {"PATH": f"{open_to_all}:/usr/bin:/bin", "VIRTUAL_ENV": str(open_to_all)}
    found = release_probe.run("--format", "json", env={**environment, "SUDO_UID": "1000"})
    assert found.code == 0 and list(marks.iterdir()) == []
    interpreter = json.loads(found.out)["snapshot"]["python"]["interpreters"][0]
    assert interpreter["executable"] == "/usr/bin/python3"
    # Who works there by himself gets what his shell would start.
    release_probe.run("--format", "json", env=environment)
    assert (marks / "python").exists() or (marks / "cmake").exists()
