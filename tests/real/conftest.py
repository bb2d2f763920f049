"""The tests against reality: the program's loader model beside the real loader."""

import concurrent.futures
import os
import pathlib
import sys

import pytest

sys.path[:0] = [str(pathlib.Path(__file__).parent),
                str(pathlib.Path(__file__).parents[1] / "end_to_end")]

from reality import cases, environments, trial
from support import fake_driver


def pytest_addoption(parser):
    parser.addoption("--real", action="store_true",
                     help="every case of the matrix instead of a small fixed part")


def pytest_generate_tests(metafunc):
    if "case" in metafunc.fixturenames:
        every = metafunc.config.getoption("--real")
        chosen = cases.all_cases() if every else cases.always()
        metafunc.parametrize("case", chosen, ids=[one.name for one in chosen])


@pytest.fixture(scope="session")
def trials(request):
    """Case -> its trial under way: all that were asked for run side by side."""
    wanted = [item.callspec.params["case"] for item in request.session.items
              if "case" in getattr(getattr(item, "callspec", None), "params", {})]
    root = environments.make_root()
    driver = fake_driver.build(root / "driver")
    (driver / "libcuda.so").symlink_to("libcuda.so.1")
    pool = concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2)
    yield {case: pool.submit(trial.run, case, root, driver) for case in wanted}
    pool.shutdown(cancel_futures=True)
    environments.remove(root)


TALLY = {"agree": 0, "disagree": 0}


@pytest.fixture
def tally():
    return TALLY


def pytest_terminal_summary(terminalreporter):
    skipped = [report for report in terminalreporter.stats.get("skipped", [])
               if "test_agreement" in report.nodeid]
    ran = sum(TALLY.values())
    if ran or skipped:
        terminalreporter.section("the loader model beside the real loader")
        terminalreporter.write_line(f"{ran} cases ran, and {TALLY['agree']} of them agree; what "
                                    f"{len(skipped)} others need could not be had")
