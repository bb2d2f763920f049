"""Fixtures of the tests in which something fails."""

import pathlib
import sys

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
