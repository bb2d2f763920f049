"""
Tests of the files that are handed out, on machines unlike the one that built them. They are made by
scripts/release and looked for in BNB_PROBE_RELEASE_FILES.
"""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

sys.path[:0] = [str(pathlib.Path(__file__).parent),
                str(pathlib.Path(__file__).parents[1] / "end_to_end"),
                str(pathlib.Path(__file__).parents[2] / "scripts")]

from machines import files  # noqa: E402


def pytest_addoption(parser):
    parser.addoption("--everywhere", nargs="?", const="all", metavar="NAME,NAME",
                     help="run the end-to-end tests (or those files) inside other systems, too")


TOOLS = pathlib.Path(__file__).parents[1] / "tools"


@pytest.fixture
def release_file():
    """The program for this machine's architecture."""
    return files.program()


@pytest.fixture
def here():
    """A folder that is not below /tmp, for tests that put another /tmp into its place."""
    folder = pathlib.Path(os.path.expanduser("~/.cache")) / f"bnb-probe-{os.getpid()}"
    folder.mkdir(parents=True)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def refuse_system_calls(here):
    """refuse_system_calls(NAMES...): a command that runs the command after it without them."""
    tool = here / "refuse-system-calls"
    subprocess.run(["gcc", "-std=c17", "-D_GNU_SOURCE", "-Wall", "-Werror", "-static", "-o",
                    str(tool), str(TOOLS / "refuse_system_calls.c")], check=True)
    return lambda *names: [str(tool), *names, "--"]
