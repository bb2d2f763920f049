"""--help and what follows from it: it fits a screen, and everything it names works."""

import json
import re

import pytest


def commands(probe):
    listed = re.search(r"Commands:\n((?:  .+\n)+)", probe.run("--help").out)[1]
    return re.findall(r"^  (\w+)", listed, re.MULTILINE)


def options(probe, command):
    return set(re.findall(r"^  (?:-\w,|   ) --([\w-]+)", probe.run("help", command).out,
                          re.MULTILINE))


def test_help_fits_a_screen(probe):
    result = probe.run("--help")
    assert result.code == 0 and result.err == ""
    lines = result.out.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert probe.run("-h").out == result.out == probe.run("help").out


def test_every_command_has_its_help(probe):
    assert {"report", "check", "triage", "compare", "patterns", "schema", "completion", "help"} <= set(commands(probe))
    for command in commands(probe):
        result = probe.run("help", command)
        assert result.code == 0
        if command != "help":
            assert result.out == probe.run(command, "--help").out
        assert f"Usage: bnb-probe {'' if command != 'report' else '[report]'}" in result.out
        assert max(map(len, result.out.splitlines())) <= 80
        assert "help" in options(probe, command) and "version" in options(probe, command)


def test_help_on_assumptions(probe):
    text = probe.run("help", "assume").out
    assert {"gpu", "driver", "torch", "bitsandbytes", "library", "env:NAME"} <= set(
        re.findall(r"^  (\S+) ", text, re.MULTILINE))


@pytest.mark.parametrize("arguments, suggestion", [
    (["repot"], "report"),
    (["traige"], "triage"),
    (["--formt", "json"], "--format"),
    (["--verbos"], "--verbose"),
    (["--format", "jsn"], "json"),
    (["--color", "alwys"], "always"),
    (["--assume", "gpuu=9.0"], "gpu"),
    (["--assume", "env:CUDA_VISIBLE_DEVICE=0"], "CUDA_VISIBLE_DEVICES"),
    (["patterns", "eol-glib"], "eol-glibc"),
    (["triage", "--why", "legacy-cuda-setp", "-"], "legacy-cuda-setup"),
    (["help", "tirage"], "triage"),
    (["help", "asume"], "assume"),
    (["completion", "bsh"], "bash"),
])
def test_a_slip_gets_a_suggestion(probe, arguments, suggestion):
    result = probe.run(*arguments, stdin="")
    assert result.code == 2 and result.out == ""
    assert len(result.err_lines) == 1
    assert f"did you mean {suggestion}?" in result.err


# --- every option works ---


@pytest.fixture
def world(probe, report, wheel_venv, tmp_path):
    """What the uses below name: a report, a log, a folder of patterns, an empty root."""
    venv = wheel_venv("0.42.0")
    (tmp_path / "here.json").write_text(json.dumps(report(env=venv.active)))
    (tmp_path / "error.log").write_text("CUDA SETUP: Setup Failed!\n")
    (tmp_path / "root").mkdir()
    (tmp_path / "patterns").mkdir()
    pattern = {
        "id": "mine", "title": "My own", "severity": "info", "disposition": "question",
        "affects": "x", "explanation": "x", "rules_out": [], "explains": [], "remedy": [],
        "closing_comment": None, "canonical_issue": None, "references": [],
        "shows": [{"status": "likely", "says": "It is mine.",
                   "when": {"text_matches": "CUDA SETUP"}}],
        "proof": {"fires": [{"name": "a", "text": "CUDA SETUP"}],
                  "near_misses": [{"name": "b", "text": "c"}]}}
    (tmp_path / "patterns" / "mine.json").write_text(json.dumps(pattern))
    return venv


# option: the command line, and what shows that it did something. {0} is the folder of `world`.
USES = {
    "format": (["--from", "{0}/here.json", "--format", "markdown"],
               lambda out, err, folder: "### System Info" in out),
    "output": (["--from", "{0}/here.json", "-o", "{0}/out.txt"],
               lambda out, err, folder: not out and "0.42.0" in (folder / "out.txt").read_text()),
    "log": (["--from", "{0}/here.json", "--log", "{0}/error.log"],
            lambda out, err, folder: "error.log, line 1" in out),
    "from": (["--from", "{0}/here.json"], lambda out, err, folder: "0.42.0" in out),
    "root": (["--root", "{0}/root"], lambda out, err, folder: "No Python interpreter" in out),
    "python": (["--python", "{1}"],
               lambda out, err, folder: "asked for" in " ".join(out.split()) or "0.42.0" in out),
    "assume": (["--from", "{0}/here.json", "--assume", "glibc=2.17"],
               lambda out, err, folder: "(assumed: glibc=2.17)" in out.splitlines()[0]),
    "patterns": (["--from", "{0}/here.json", "--log", "{0}/error.log", "--patterns",
                  "{0}/patterns"], lambda out, err, folder: "[mine]" in out),
    "timeout": (["--root", "{0}/root", "--timeout", "30", "--quiet"],
                lambda out, err, folder: out.startswith("UNKNOWN")),
    "with-ghosts": (["--python", "{1}", "--with-ghosts", "--format", "json"],
                    lambda out, err, folder: json.loads(out)["snapshot"]["ghosts"]),
    "no-redact": (["--python", "{1}", "--no-redact"], lambda out, err, folder: "{1}" in out),
    "color": (["--from", "{0}/here.json", "--color=always"],
              lambda out, err, folder: "\x1b[1;3" in out),
    "verbose": (["--from", "{0}/here.json", "--verbose"],
                lambda out, err, folder: "Conditions of the known problems" in out),
    "open": (["--from", "{0}/here.json", "--format", "url", "--open"],
             lambda out, err, folder: "no display" in err and out.startswith("https://")),
    "quiet": (["--from", "{0}/here.json", "--quiet"],
              lambda out, err, folder: len(out.splitlines()) == 1),
    "timing": (["--from", "{0}/here.json", "--timing"],
               lambda out, err, folder: "ms  in all" in err),
    "require": (["check", "--from", "{0}/here.json", "--require", "bitsandbytes==0.42.0",
                 "--format", "tap"], lambda out, err, folder: "bitsandbytes==0.42.0" in out),
    "fail-on": (["check", "--from", "{0}/here.json", "--fail-on=warning", "--format", "json"],
                lambda out, err, folder: json.loads(out)["fail_on"] == "warning"),
    "summary": (["check", "--from", "{0}/here.json", "--summary", "{0}/summary.md"],
                lambda out, err, folder: (folder / "summary.md").stat().st_size > 100),
    "lint": (["patterns", "--lint", "{0}/patterns"],
             lambda out, err, folder: "behave as their proof says" in out),
    "why": (["triage", "--why", "legacy-cuda-setup", "{0}/error.log"],
            lambda out, err, folder: "shows/0" in out),
    "why-not": (["triage", "--why-not", "eol-glibc", "{0}/error.log"],
                lambda out, err, folder: "unknown" in out or "false" in out),
    "help": (["--help"], lambda out, err, folder: "Usage:" in out),
    "version": (["--version"],
                lambda out, err, folder: re.fullmatch(r"bnb-probe \d+\.\d+\.\d+\n", out)),
}


def test_every_option_is_used_below(probe):
    named = set().union(*(options(probe, command) for command in commands(probe)))
    # The last one wants a terminal: test_privacy.py.
    assert named == set(USES) | {"show-withheld"}


@pytest.mark.parametrize("option", USES)
def test_option(probe, world, tmp_path, option):
    arguments, shows = USES[option]
    python = str(world.python)
    arguments = [one.replace("{0}", str(tmp_path)).replace("{1}", python) for one in arguments]
    result = probe.run(*arguments, env={"COLUMNS": "100"})
    assert result.code == (1 if arguments[0] == "check" else 0), result.err
    out = result.out.replace(python, "{1}")
    assert shows(out, result.err, tmp_path), result.out
