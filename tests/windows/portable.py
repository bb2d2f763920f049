"""
The everyday end-to-end tests that ask for nothing of Linux, with the program for Windows in the place
of the everyday build. A plugin of pytest: scripts/test windows names it.

Left out are files whose every test looks at a Linux environment of its own making (wheels for
Linux, a loader, /proc, a terminal): tests/windows and the tests of --root with a laid-out drive are
there for the same on Windows.
"""

import os
import pathlib
import tempfile

import pytest

import wine

LINUX_FACTS = "it looks at a Linux environment that it has made"
DEVICE = "it needs a device file of Linux"
WORDS = "Windows says it in other words"
BROWSER = "it starts a browser of Linux"
NAMES = "it needs names of files that Windows does not allow"
TEMPORARY = "it changes where temporary files go, those of wine, too"
SLOW = "it is about time, which wine takes"

# Test files, and what is left out of each.
FILES = {
    "test_check.py": {
        "test_a_driver_that_does_not_answer_is_no_pass": LINUX_FACTS,
        "test_a_finding_behind_the_verdict_is_said_once": LINUX_FACTS,
        "test_a_report_of_another_day": LINUX_FACTS,
        "test_a_summary_that_cannot_be_written": DEVICE,
        "test_an_image_that_is_not_running": LINUX_FACTS,
        "test_every_requirement_names_its_fact": LINUX_FACTS,
        "test_exit_codes": LINUX_FACTS,
        "test_fail_on": LINUX_FACTS,
        "test_output_file": LINUX_FACTS,
        "test_quiet_is_one_line": LINUX_FACTS,
        "test_real_devices_are_counted": LINUX_FACTS,
        "test_summary_is_appended": LINUX_FACTS,
        "test_the_packages_of_a_report_can_be_required": LINUX_FACTS,
    },
    "test_compare.py": {
        "test_a_fleet": SLOW,
        "test_the_same_machine_twice_is_alike": TEMPORARY,
        "test_what_is_shown_is_plain": NAMES,
    },
    "test_formats.py": {
        "test_every_format_shows_the_signature": LINUX_FACTS,
        "test_markdown_fills_the_bug_form": LINUX_FACTS,
        "test_redaction_keeps_what_matters": LINUX_FACTS,
        "test_text_says_what_and_how_first": LINUX_FACTS,
    },
    "test_help.py": {"test_option": LINUX_FACTS},
    "test_hostile_output.py": {},
    "test_input.py": {
        "test_missing_file": WORDS,
        "test_output_to_a_full_device": DEVICE,
        "test_log_from_a_command": DEVICE,
    },
    "test_markdown.py": {
        "test_address_keeps_what_matters_when_it_is_cut": LINUX_FACTS,
        "test_document_is_attached_where_it_is_large": LINUX_FACTS,
    },
    "test_releases.py": {},
    "test_triage.py": {},
}


def pytest_configure(config):
    """Before any test: the launcher in the place of the program."""
    wine.prepare_or_exit()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bnb-probe-windows-"))
    config.add_cleanup(lambda: [path.unlink() for path in folder.iterdir()] + [folder.rmdir()])
    launcher = str(wine.write_launcher(folder))
    os.environ["BNB_PROBE"] = os.environ["BNB_PROBE_RELEASE"] = launcher


def pytest_ignore_collect(collection_path):
    if collection_path.suffix == ".py" and collection_path.parent.name == "end_to_end":
        return collection_path.name.startswith("test_") and collection_path.name not in FILES
    return None


def pytest_collection_modifyitems(items):
    for item in items:
        name = item.originalname or item.name
        reason = FILES.get(item.path.name, {}).get(name)
        if reason:
            item.add_marker(pytest.mark.skip(reason=f"not of Windows: {reason}"))
