"""The count of instructions: the same each time, and a part that takes more is told by name."""

import json
import shutil
import subprocess
import sys

import pytest

from support.program import SOURCE

PART = "show a report"
pytestmark = pytest.mark.skipif(not shutil.which("valgrind"), reason="valgrind is not installed")


def count(*arguments):
    command = [sys.executable, str(SOURCE / "scripts" / "instructions"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


@pytest.fixture(name="record", scope="module")
def fixture_record(tmp_path_factory):
    """A record of this machine's own compiler and libraries."""
    path = tmp_path_factory.mktemp("instructions") / "record.json"
    path.write_text(json.dumps({"made_with": {}, "instructions": {}}))
    made = count("--record", "--against", str(path), PART)
    assert made.returncode == 0, made.stdout + made.stderr
    return path


def changed(record, factor, **made_with):
    document = json.loads(record.read_text())
    document["instructions"][PART] = int(document["instructions"][PART] * factor)
    document["made_with"].update(made_with)
    path = record.with_name(f"changed-{factor}.json")
    path.write_text(json.dumps(document))
    return str(path)


def test_same_count_twice(record):
    again = count("--against", str(record), PART)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "1.000" in again.stdout


def test_growth_fails_and_names_the_part(record):
    grown = count("--against", changed(record, 0.94), PART)
    assert grown.returncode == 1
    assert f"grew by more than 5 %: {PART}" in grown.stdout


def test_growth_within_the_limit_passes(record):
    assert count("--against", changed(record, 0.97), PART).returncode == 0


def test_another_compiler_is_not_compared(record):
    other = count("--against", changed(record, 0.5, compiler="cc 99"), PART)
    assert other.returncode == 0
    assert "not compared: compiler" in other.stdout
