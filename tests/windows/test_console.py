"""^C at the console: on a pseudo-terminal, of which wine makes a console."""

import json
import time

import pytest

import wine
from support.terminal_session import TerminalSession

CTRL_C = "\x03"
PATIENCE_S = 30


@pytest.fixture
def mark(tmp_path):
    """What the processes of one test have in their environment."""
    return f"BNB_TEST={tmp_path}"


@pytest.fixture
def session(probe, mark):
    """session(ARGUMENTS...): the program at a console of its own."""
    sessions = []

    def start(*arguments, **environment):
        settings = {**wine.environment(), "TERM": "xterm", **dict([mark.split("=")]), **environment}
        words = [wine.wine(), str(wine.program_under_test()), *arguments]
        sessions.append(TerminalSession(words, settings, probe.folder))
        return sessions[-1]

    yield start
    for one in sessions:
        one.kill()


def test_the_command_is_interrupted_and_told_of(session, probe, programs, mark):
    """^C reaches the command by the console they share; the program stays to say how it ended."""
    one = session("run", "--format", "json", "-o", "out.json", "--",
                  wine.windows_path(programs("end_as")), "interrupted", "60")
    one.wait_for("waiting")
    started = time.monotonic()
    one.type(CTRL_C)
    code = one.end()
    assert time.monotonic() - started < PATIENCE_S
    assert code == 0xC000013A & 0xFF  # as much of it as Linux has room for
    run = json.loads((probe.folder / "out.json").read_text(encoding="utf-8"))["snapshot"]["run"]
    assert run["exit_code"] == 0xC000013A
    assert run["received"] == ["^C"]
    shown = probe.run("--from", "out.json").out
    assert "0xC000013A (STATUS_CONTROL_C_EXIT" in " ".join(shown.split())
    assert wine.processes(mark, "end_as") == []


def test_a_look_that_hangs_is_ended(session, drive, driver_library, mark):
    """In the default run: at once, with the collectors that were under way."""
    nvcuda = drive / "windows" / "system32" / "nvcuda.dll"
    nvcuda.write_bytes(driver_library)
    try:
        one = session("--timeout", "60", BNB_FAKE_CUDA="fault=hang")
        until = time.monotonic() + PATIENCE_S
        while not wine.processes(mark, "--collect-for-parent"):
            assert time.monotonic() < until, one.text
            time.sleep(0.05)
        started = time.monotonic()
        one.type(CTRL_C)
        one.end()
        assert time.monotonic() - started < PATIENCE_S
        assert wine.processes(mark, "bnb-probe") == []
    finally:
        nvcuda.unlink()
    assert "Loading bitsandbytes" not in one.text
