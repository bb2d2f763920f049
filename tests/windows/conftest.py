"""
Tests of the program for Windows, run under wine. Built by scripts/test windows, or named in
BNB_PROBE_WINDOWS.
"""

import pathlib
import shutil
import sys

import pytest

sys.path[:0] = [str(pathlib.Path(__file__).parent),
                str(pathlib.Path(__file__).parents[1] / "end_to_end")]

import wine  # noqa: E402
from support import fake_driver  # noqa: E402
from support.program import Program  # noqa: E402


@pytest.fixture(scope="session")
def drive():
    """Drive C of the tests' own Windows."""
    return wine.prepare()


@pytest.fixture
def probe(drive, tmp_path):
    """The program under test, in an empty folder."""
    return Program(wine.write_launcher(tmp_path), tmp_path)


@pytest.fixture
def report(probe):
    """report(ARGUMENTS...): the JSON report as Python data, held against the schema."""
    return probe.report


@pytest.fixture(scope="session")
def programs(tmp_path_factory):
    """programs(NAME): the small program of that name, built once."""
    folder = tmp_path_factory.mktemp("programs")

    def build(name):
        target = folder / f"{name}.exe"
        if not target.exists():
            source = wine.PROGRAMS / f"{name}.c"
            wide = ["-municode"] if "wmain" in source.read_text() else []
            wine.build(source, target, *wide)
        return target

    return build


@pytest.fixture(scope="session")
def driver_library(tmp_path_factory):
    """The fake driver's file, as bytes."""
    built = wine.build(fake_driver.SOURCE, tmp_path_factory.mktemp("driver") / "nvcuda.dll",
                       "-shared", "-Wno-unused-command-line-argument")
    return pathlib.Path(built).read_bytes()


@pytest.fixture
def laid_out(drive):
    """The drive, with a folder C:\\laid for the test alone."""
    shutil.rmtree(drive / "laid", ignore_errors=True)
    yield wine.Drive(drive)
    shutil.rmtree(drive / "laid", ignore_errors=True)
