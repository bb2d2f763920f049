"""The files of a release, as scripts/release made them."""

import os
import pathlib

import pytest

SOURCE = pathlib.Path(__file__).resolve().parents[3]


def folder():
    return pathlib.Path(os.environ.get("BNB_PROBE_RELEASE_FILES") or SOURCE / "build" / "release")


def find(name):
    path = folder() / name
    if not path.exists():
        pytest.skip(f"needs {name}, which scripts/release makes: none in {folder()}")
    return path


def program(architecture):
    """The program, which is one file."""
    return find(f"bnb-probe-linux-{architecture}")


def driver_part(architecture):
    """What the program carries inside, as a file of its own."""
    return find(f"bnb-probe-driver-linux-{architecture}")
