"""A new user's first screen: on each of five machines it says what to do next.

Beside statements about them, the screens are kept as transcripts, up to the facts about the
machine that runs the tests; paths and the newest release stand in them as names.
"""

import json
import pathlib
import re
import subprocess
import sys

import pytest

from support import debian_root, fake_driver, torch_layout, wheels
from support.program import SOURCE

TRANSCRIPTS = pathlib.Path(__file__).with_name("transcripts")
SCREEN_LINES = 24
CUDA_12 = ("libcudart.so.12", "libcublas.so.12", "libcublasLt.so.12", "libcusparse.so.12",
           "libnvJitLink.so.12")


def newest_known():
    """The newest release that the program knows; the package index may have a newer one."""
    releases = json.loads((SOURCE / "checks" / "releases.json").read_text())["releases"]
    return max((one["version"] for one in releases if not one.get("yanked")),
               key=lambda version: tuple(int(part) for part in re.findall(r"\d+", version)))


@pytest.fixture
def gpu(driver_folder):
    return fake_driver.behaving(driver_folder, "count=1;cc=8.9;driver=12080")


@pytest.fixture
def new_venv(tmp_path):
    """A virtual environment as a person makes one, with pip."""
    folder = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    return wheels.Venv(folder)


def first_screen(probe, *arguments, **how):
    result = probe.run(*arguments, **how)
    assert result.code == 0 and result.err == ""
    lines = result.out.splitlines()
    # A command is never broken: it is to be copied.
    assert all(len(line) <= 80 for line in lines[:SCREEN_LINES] if not line.startswith(" " * 9))
    return lines[:SCREEN_LINES]


def command_after(lines, heading):
    """The first command under a heading: the line that is set in further than any sentence."""
    start = next(n for n, line in enumerate(lines) if line.strip() == heading)
    return next(line.strip() for line in lines[start:] if line.startswith(" " * 9))


def assert_as_kept(name, lines, venv=None):
    """Compares with the transcript, to the first heading of the machine's own facts."""
    machine = next((n for n, line in enumerate(lines) if line == "System"), len(lines))
    text = "\n".join(lines[:machine]).rstrip() + "\n"
    if venv:
        text = text.replace(str(venv.folder), "VENV")
    kept = (TRANSCRIPTS / f"{name}.txt").read_text()
    assert text == kept.replace("NEWEST", newest_known())


def test_no_python(probe, tmp_path):
    folder = tmp_path / "bin"
    folder.mkdir()
    lines = first_screen(probe, env={"PATH": str(folder)})
    assert lines[0].startswith("UNKNOWN: No Python interpreter was found")
    assert command_after(lines, "What to do") == "bnb-probe --python /path/to/python"
    assert_as_kept("no-python", lines)


def test_no_python_in_an_image(probe, tmp_path):
    folder = tmp_path / "root"
    folder.mkdir()
    debian_root.make(folder)
    for interpreter in folder.glob("usr/bin/python3*"):
        interpreter.unlink()
    lines = first_screen(probe, "--root", folder)
    assert_as_kept("no-python", lines)


def test_no_bitsandbytes(probe, new_venv, gpu):
    torch_layout.add_torch(new_venv.site, "2.8.0+cu128", "12.8", None, CUDA_12)
    lines = first_screen(probe, env={**new_venv.active, **gpu})
    assert lines[0] == "PROBLEM: bitsandbytes is not installed for this interpreter."
    assert "no report is needed" in lines[1]
    assert re.fullmatch(rf"{new_venv.python} -m pip install bitsandbytes==[\d.]+",
                        command_after(lines, "What to do"))
    assert_as_kept("no-bitsandbytes", lines, new_venv)


def test_cpu_only_torch(probe, new_venv, gpu):
    new_venv.install(wheels.wheel(newest_known()))
    torch_layout.add_torch(new_venv.site, "2.8.0+cpu")
    lines = first_screen(probe, env={**new_venv.active, **gpu})
    assert lines[0].startswith("OK, with a warning: libbitsandbytes_cpu.so loads")
    screen = "\n".join(lines)
    assert "[cpu-only-torch]" in screen
    assert "Install a CUDA build of PyTorch" in screen
    assert_as_kept("cpu-only-torch", lines, new_venv)


def test_old_bitsandbytes(probe, new_venv, gpu):
    new_venv.install(wheels.wheel("0.42.0"))
    torch_layout.add_torch(new_venv.site, "2.3.1+cu121", "12.1", None, CUDA_12)
    lines = first_screen(probe, env={**new_venv.active, **gpu})
    screen = "\n".join(lines)
    assert "[legacy-cuda-setup]" in screen and "0.42.0" in screen
    assert re.match(rf"{new_venv.python} -m pip install .*bitsandbytes",
                    command_after(lines, "What to do"))
    assert_as_kept("old-bitsandbytes", lines, new_venv)


def test_healthy_install(probe, new_venv, gpu):
    new_venv.install(wheels.wheel(newest_known()))
    torch_layout.add_torch(new_venv.site, "2.8.0+cu128", "12.8", None, CUDA_12,
                           new_venv.package / "libbitsandbytes_cuda128.so")
    lines = first_screen(probe, env={**new_venv.active, **gpu})
    assert lines[0] == ("OK: libbitsandbytes_cuda128.so is what this release asks for, "
                        "and it loads.")
    assert command_after(lines, "What to do next") == "bnb-probe run -- COMMAND"
    assert "Nothing needs mending." in "\n".join(lines)
    assert_as_kept("healthy-install", lines, new_venv)
