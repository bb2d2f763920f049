"""Fixtures of the end-to-end tests. Nothing here looks into the program: it is run."""

import collections
import os
import pathlib

import pytest

from support import fake_driver, wheels
from support.program import Program, find_program, program_under_test


@pytest.fixture
def probe(tmp_path):
    """The program under test: the sanitized build where scripts/test runs the tests."""
    return program_under_test(tmp_path)


@pytest.fixture
def release_probe(tmp_path):
    """The release build, for what the sanitizers slow down or get in the way of."""
    return Program(find_program("BNB_PROBE_RELEASE"), tmp_path)


@pytest.fixture
def report(probe):
    """report(ARGUMENTS...): the JSON report as Python data, held against the schema."""
    return probe.report


@pytest.fixture(scope="session")
def wheel_venv():
    """wheel_venv(version): a virtual environment with that real wheel; not to be changed."""
    return wheels.kept_venv


@pytest.fixture(scope="session")
def driver_folder(tmp_path_factory):
    """A folder with the fake libcuda.so.1."""
    return fake_driver.build(tmp_path_factory.mktemp("driver"))


@pytest.fixture(scope="session")
def recorded_machines():
    """The folder of recorded machines."""
    folder = os.environ.get("BNB_PROBE_RECORDED_MACHINES")
    if not folder or not pathlib.Path(folder).is_dir():
        pytest.skip("needs recorded machines: BNB_PROBE_RECORDED_MACHINES names no folder")
    return pathlib.Path(folder)


def pytest_terminal_summary(terminalreporter):
    """What was not run is named and counted where everyone sees it."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = collections.Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped)
    if skipped:
        terminalreporter.section(f"{len(skipped)} tests did not run: what they need is not here")
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"{count:4}  {reason}")
