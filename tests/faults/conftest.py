"""Fixtures of the tests in which something fails."""

import pathlib
import sys
import tempfile

import pytest

sys.path[:0] = [str(pathlib.Path(__file__).parent),
                str(pathlib.Path(__file__).parents[1] / "end_to_end")]

from support.program import find_program


def pytest_addoption(parser):
    parser.addoption("--faults", action="store_true",
                     help="every allocation and system call of a run fails, instead of a small part")


@pytest.fixture(scope="session")
def program():
    """The program under test: the sanitized build where scripts/test runs the tests."""
    return find_program("BNB_PROBE")


@pytest.fixture(scope="session")
def release_program():
    """The release build, for what the sanitizers slow down or get in the way of."""
    return find_program("BNB_PROBE_RELEASE")


@pytest.fixture(scope="session")
def open_folder():
    """A folder that other users can get to, which they cannot to those that pytest makes."""
    with tempfile.TemporaryDirectory(prefix="bnb-probe-faults-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        yield folder
