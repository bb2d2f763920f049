"""Shell completions, asked of the real shells."""

import re
import subprocess

import pytest

from support import shells

SHELLS = ("bash", "zsh", "fish")


@pytest.fixture(params=SHELLS)
def offered(request, probe, tmp_path):
    """offered(LINE): what a shell offers for the last word, in a folder with a file and a folder."""
    shell = request.param
    shells.need(shell)
    script = tmp_path / f"completion.{shell}"
    result = probe.run("completion", shell, "-o", script)
    assert result.code == 0 and result.err == ""
    folder = tmp_path / "here"
    (folder / "inner folder").mkdir(parents=True)
    (folder / "a report.json").touch()

    def ask(line):
        words = shells.offered(shell, script, line, folder)
        # A folder may be shown with its slash; bash and zsh quote the blank.
        return {word.replace("\\ ", " ").rstrip("/") for word in words}

    return ask


def values(probe, command, option):
    """The words that the help of a command lists for an option."""
    help_text = probe.run("help", command).out
    line = re.search(rf"--{option} \S+ +(.+)", help_text)[1]
    return {word for word in re.split(r", | or ", line)}


def commands(probe):
    listed = re.search(r"Commands:\n((?:  .+\n)+)", probe.run("--help").out)[1]
    return set(re.findall(r"^  (\w+)", listed, re.MULTILINE))


def options(probe, command):
    return set(re.findall(r"^  (?:-\w,|   ) (--[\w-]+)", probe.run("help", command).out,
                          re.MULTILINE))


def test_commands(offered, probe):
    assert commands(probe) <= offered("bnb-probe ")
    assert offered("bnb-probe tri") == {"triage"}


def test_options_of_each_command(offered, probe):
    for command in ("report", "triage", "patterns"):
        got = {word.rstrip("=") for word in offered(f"bnb-probe {command} --")}
        assert got == options(probe, command), command
    assert {word.rstrip("=") for word in offered("bnb-probe --")} == options(probe, "report")


def test_formats_of_the_command(offered, probe):
    assert offered("bnb-probe --format ") == values(probe, "report", "format")
    assert offered("bnb-probe triage --format ") == values(probe, "triage", "format")
    assert offered("bnb-probe schema --format m") == {"markdown"}


def test_option_with_its_value_attached(offered):
    assert {word.removeprefix("--format=") for word in offered("bnb-probe --format=j")} == {"json"}


def test_colour(offered):
    assert offered("bnb-probe --color ") == {"auto", "always", "never"}


def test_assumptions(offered):
    assert offered("bnb-probe --assume torch-") == {"torch-cuda=", "torch-hip="}
    assert "gpu=" in offered("bnb-probe --assume ")
    assert {word.split(":")[-1] for word in offered("bnb-probe --assume env:CUDA_V")} == {
        "CUDA_VERSION=", "CUDA_VISIBLE_DEVICES="}


def test_requirements(offered):
    assert offered("bnb-probe check --require glibc") == {"glibc", "glibcxx"}
    assert offered("bnb-probe check --fail-on ") == {"error", "warning"}


def test_pattern_ids(offered, probe):
    known = set(re.findall(r"^([a-z0-9-]+)  ", probe.run("patterns").out, re.MULTILINE))
    assert offered("bnb-probe patterns ") == known
    assert offered("bnb-probe triage --why eol") == {"eol-glibc"}


def test_files_and_folders(offered):
    assert {"a report.json", "inner folder"} <= offered("bnb-probe --log ")
    assert {"a report.json", "inner folder"} <= offered("bnb-probe triage ")
    folders = offered("bnb-probe --root ")
    assert "inner folder" in folders and "a report.json" not in folders


def test_command_to_run(offered):
    assert "readelf" in offered("bnb-probe run readel")
    assert "a report.json" in offered("bnb-probe run -- cat a")
    assert "--quiet" in {word.rstrip("=") for word in offered("bnb-probe run --qui")}


def test_help_on_commands(offered, probe):
    assert offered("bnb-probe help ") == commands(probe) | {"assume"}
    assert offered("bnb-probe completion ") == set(SHELLS)


@pytest.mark.parametrize("shell", SHELLS)
def test_script_is_accepted_without_a_word(probe, tmp_path, shell):
    shells.need(shell)
    script = tmp_path / "script"
    probe.run("completion", shell, "-o", script)
    done = subprocess.run([shell, "-n", str(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_unknown_shell(probe):
    result = probe.run("completion", "bsh")
    assert result.code == 2 and "did you mean bash?" in result.err
    assert probe.run("completion").code == 2
