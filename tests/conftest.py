"""What holds for the tests of every folder."""

import shutil

import pytest

PASSED = pytest.StashKey[bool]()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    item.stash[PASSED] = item.stash.get(PASSED, True) and not report.failed


@pytest.fixture
def tmp_path(tmp_path, request):
    """A test's own folder, which goes with the test that passed: a whole run fills many gigabytes."""
    yield tmp_path
    if request.node.stash[PASSED]:
        shutil.rmtree(tmp_path, ignore_errors=True)
