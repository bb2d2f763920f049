"""The text report on a real terminal: colour, width, character set, long and short forms."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
import unicodedata

import pytest

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def snapshot(report, wheel_venv, tmp_path):
    path = tmp_path / "snapshot.json"
    path.write_text(json.dumps(report(env=wheel_venv("0.42.0").active)))
    return path


@pytest.fixture
def on_terminal(probe):
    """on_terminal(ARGUMENTS..., columns=80, env={}): what a terminal of that width gets."""

    def run(*arguments, columns=80, env=None):
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        environment = probe.environment({"TERM": "xterm-256color", **(env or {})})
        process = subprocess.Popen([str(probe.path), *map(str, arguments)], env=environment,
                                   cwd=probe.folder, stdin=subprocess.DEVNULL, stdout=theirs,
                                   stderr=subprocess.PIPE)
        os.close(theirs)
        seen = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            seen += part
        os.close(ours)
        assert process.wait() == 0
        process.stderr.close()
        probe.assert_no_complaint()
        return seen.decode().replace("\r\n", "\n")

    return run


def columns_of(line):
    return sum(0 if unicodedata.combining(char) else
               2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)


def assert_fits(text, width):
    for line in ESCAPE.sub("", text).splitlines():
        words = line.split()
        command = line.startswith(" " * 9) or "http" in line
        assert columns_of(line) <= width or command or len(words) == 1 or (
            # One word that is longer than the column it stands in is not broken.
            columns_of(words[-1]) > width - 30), line


def test_colour_on_a_terminal_only(on_terminal, probe, snapshot):
    seen = on_terminal("--from", snapshot)
    assert seen.startswith("\x1b[")
    assert ESCAPE.sub("", seen) == probe.run("--from", snapshot).out
    assert "\x1b" not in probe.run("--from", snapshot, env={"TERM": "xterm"}).out


@pytest.mark.parametrize("env, arguments, coloured", [
    ({"NO_COLOR": "1"}, (), False),
    ({"NO_COLOR": ""}, (), True),
    ({"TERM": "dumb"}, (), False),
    ({}, ("--color", "never"), False),
    ({"NO_COLOR": "1"}, ("--color", "always"), True),
    ({"TERM": "dumb"}, ("--color=always",), True),
    ({"NO_COLOR": "1", "CLICOLOR_FORCE": "1"}, (), False),
])
def test_wish_for_colour(on_terminal, snapshot, env, arguments, coloured):
    assert ("\x1b[" in on_terminal("--from", snapshot, *arguments, env=env)) is coloured


@pytest.mark.parametrize("value, coloured", [("1", True), ("0", False), ("", False)])
def test_colour_forced_without_a_terminal(probe, snapshot, value, coloured):
    result = probe.run("--from", snapshot, env={"CLICOLOR_FORCE": value})
    assert ("\x1b[" in result.out) is coloured


def test_no_colour_in_a_file(on_terminal, probe, snapshot):
    on_terminal("--from", snapshot, "-o", "report.txt")
    assert "\x1b" not in (probe.folder / "report.txt").read_text()


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_width_of_the_terminal(on_terminal, snapshot, width):
    seen = on_terminal("--from", snapshot, columns=width)
    assert_fits(seen, width)
    widest = max(columns_of(line) for line in ESCAPE.sub("", seen).splitlines()
                 if not line.startswith(" " * 9) and "http" not in line)
    assert widest > width - 15, "the width is used"


@pytest.mark.parametrize("columns, width", [("52", 52), ("12", 40), ("500", 100), ("x", 80)])
def test_width_by_variable(probe, snapshot, columns, width):
    assert_fits(probe.run("--from", snapshot, env={"COLUMNS": columns}).out, width)


def test_wide_and_combining_characters(probe, snapshot):
    document = json.loads(snapshot.read_text())
    document["snapshot"]["hardware"]["cpu"]["model"] = " ".join(["計算機" * 3, "e\u0301" * 9] * 6)
    snapshot.write_text(json.dumps(document))
    lines = probe.run("--from", snapshot).out.splitlines()
    wide = [line for line in lines if "計算機" in line or "\u0301" in line]
    assert len(wide) >= 2
    for line in wide:
        assert columns_of(line) <= 80
    assert max(map(columns_of, wide)) > 60, "a combining character takes no column"


@pytest.mark.parametrize("locale", [
    {"LANG": "C", "LC_ALL": "C"}, {"LANG": None}, {"LANG": ""}, {"LANG": "de_DE"},
    {"LANG": "C.UTF-8", "LC_CTYPE": "POSIX"}, {"LANG": "de_DE.ISO-8859-1"}])
def test_plain_ascii_where_the_locale_asks_for_it(probe, snapshot, locale):
    document = json.loads(snapshot.read_text())
    document["snapshot"]["hardware"]["cpu"]["model"] = "Prozessor “größer” – 計"
    snapshot.write_text(json.dumps(document))
    result = probe.run("--from", snapshot, env=locale)
    assert result.out.isascii()
    assert 'Prozessor "gr??er" - ?' in result.out


@pytest.mark.parametrize("locale", [
    {"LANG": "C.UTF-8"}, {"LANG": "C", "LC_ALL": "en_US.utf8"}, {"LC_CTYPE": "UTF-8", "LANG": None},
    {"LANG": "xx_XX.UTF-8@none"}])  # the last one no system has
def test_utf8_where_the_locale_names_it(probe, snapshot, locale):
    document = json.loads(snapshot.read_text())
    document["snapshot"]["hardware"]["cpu"]["model"] = " ".join(["計算機" * 3] * 6)
    snapshot.write_text(json.dumps(document))
    lines = [line for line in probe.run("--from", snapshot, env=locale).out.splitlines()
             if "計算機" in line]
    assert len(lines) >= 2 and max(map(columns_of, lines)) <= 80


def test_quiet_is_the_verdict(probe, snapshot):
    result = probe.run("--from", snapshot, "--quiet")
    assert len(result.out.splitlines()) == 1
    first = probe.run("--from", snapshot, env={"COLUMNS": "100"}).out
    assert " ".join(first.split()).startswith(" ".join(result.out.split()))


def test_verbose_shows_conditions_and_the_chain(probe, report, snapshot):
    brief = probe.run("--from", snapshot).out
    text = probe.run("--from", snapshot, "--verbose").out
    document = report("--from", snapshot, "--verbose")
    for reason in document["loader"]["because"]:
        assert " ".join(reason.split()) in " ".join(text.split())
    assert "Because" not in brief
    asked = {one["pattern"]: one for one in document["conditions"]}
    patterns = re.findall(r"^ *([a-z0-9-]+)  ", probe.run("patterns").out, re.MULTILINE)
    assert set(patterns) <= set(asked) and len(asked) >= 22
    for name, one in asked.items():
        assert f"\n   {name}: {one['status'] or 'not found'}\n" in text
    found = asked["legacy-cuda-setup"]
    assert found["status"] == "confirmed"
    assert any(way["came_out"] == "true" for way in found["ways"])
    assert "conditions" not in report("--from", snapshot)


def test_verbose_with_a_log_asks_about_the_log(probe, snapshot, tmp_path):
    log = tmp_path / "error.log"
    log.write_text("CUDA SETUP: Setup Failed!\n")
    assert "(--log)" in probe.run("--from", snapshot, "--verbose").out
    assert "(--log)" not in probe.run("--from", snapshot, "--log", log, "--verbose").out


def test_collectors_that_found_nothing_are_one_line(probe, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    folded = probe.run("--root", empty, env={"COLUMNS": "100"}).out
    start = folded.index("Not on this machine")
    entry = folded[start:].split("\n\n")[0]
    assert "rocm" in entry and "(--verbose says why)" in " ".join(entry.split())
    assert len(entry.splitlines()) <= 2
    assert re.search(r"^ +rocm +absent in", probe.run("--root", empty, "--verbose").out,
                     re.MULTILINE)


def test_timing_is_a_table_slowest_first(probe):
    result = probe.run("--timing", "--quiet")
    assert len(result.out.splitlines()) == 1
    rows = re.findall(r"^ *([\d.]+) ms  (  )?([a-z_ ]+?)(?::.*)?$", result.err, re.MULTILINE)
    assert {"snapshot", "checks", "report", "in all"} <= {name for _, _, name in rows}
    collectors = [float(ms) for ms, inner, _ in rows if inner]
    assert len(collectors) > 8 and collectors == sorted(collectors, reverse=True)
    assert float(rows[-1][0]) >= float(rows[0][0])
