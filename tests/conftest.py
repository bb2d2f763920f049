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
    """
    A test's own folder, emptied once the test passed: a whole run fills many gigabytes. The folder
    stays, since a later test that got its name would pass for it where something is kept by path.
    """
    yield tmp_path
    if request.node.stash[PASSED]:
        for entry in tmp_path.iterdir() if tmp_path.is_dir() else ():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink()
