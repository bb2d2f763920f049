"""The files of a release, as scripts/release made them."""

import os
import pathlib
import platform

import pytest

SOURCE = pathlib.Path(__file__).resolve().parents[3]


def folder():
    return pathlib.Path(os.environ.get("BNB_PROBE_RELEASE_FILES") or SOURCE / "build" / "release")


def find(name):
    path = folder() / name
    if not path.exists():
        pytest.skip(f"needs {name}, which scripts/release makes: none in {folder()}")
    return path


def program(architecture=platform.machine()):
    """The program, which is one file; without an architecture, for this machine's."""
    return find(f"bnb-probe-linux-{architecture}")


def driver_part(architecture=platform.machine()):
    """What the program carries inside, as a file of its own."""
    return find(f"bnb-probe-driver-linux-{architecture}")
