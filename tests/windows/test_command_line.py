"""Arguments, as the program gets them and as it hands them on."""

import pytest

import wine

# Each is one argument; what Windows' own rules make of quotes and backslashes is easily got wrong.
ARGUMENTS = [
    "plain", "two words", "", '"', '"quoted"', 'a"b', "end\\", "end with blank\\", "\\\\server\\share",
    'back\\"slash', 'two\\\\"', "\\", "\\\\", "tab\there", "*", "?", "%PATH%", "!x!", "^", "&", "|",
    "a'b", "üñí", "日本語", "🙂", "--", "-x", "C:\\Program Files\\x.exe", "line\nend",
]


def printed(probe, programs, arguments, name="print_arguments"):
    result = probe.run("run", "--quiet", "--", wine.windows_path(programs(name)), *arguments)
    assert result.code == 0, result.err
    return result.out


@pytest.mark.parametrize("argument", ARGUMENTS)
def test_one_argument_arrives(probe, programs, argument):
    assert printed(probe, programs, [argument]) == f"[{argument}]\n"


def test_many_arguments_arrive(probe, programs):
    expected = "".join(f"[{one}]\n" for one in ARGUMENTS)
    assert printed(probe, programs, ARGUMENTS) == expected


def test_file_of_any_name(probe):
    log = probe.folder / "日誌 🙂.txt"
    log.write_text("NameError: name 'str2optimizer32bit' is not defined\n", encoding="utf-8")
    result = probe.run("triage", log.name)
    assert result.code == 0
    assert result.out.startswith(f"{log.name}\n")
    assert "native-library-load-failure" in result.out
    missing = probe.run("triage", "nicht da ü.txt")
    assert missing.code == 3
    assert "nicht da ü.txt" in missing.err


def test_output_file_of_any_name_and_length(probe):
    folder = probe.folder
    for _ in range(6):
        folder = folder / ("tief " * 12).strip()
    folder.mkdir(parents=True)
    target = folder / "Bericht ü.md"
    assert len(str(target)) > 400
    result = probe.run("--format", "markdown", "-o", wine.windows_path(target))
    assert result.code == 0, result.err
    assert "### System Info" in target.read_text(encoding="utf-8")
    assert [path.name for path in folder.iterdir()] == [target.name]


def test_output_replaces_whole_or_not_at_all(probe):
    target = probe.folder / "out.json"
    target.write_text("before", encoding="utf-8")
    result = probe.run("--from", "missing.json", "--format", "json", "-o", "out.json")
    assert result.code == 3
    assert target.read_text(encoding="utf-8") == "before"
    assert probe.run("schema", "-o", "out.json").code == 0
    assert target.read_text(encoding="utf-8").startswith("{")
    folder = probe.run("schema", "-o", ".")
    assert folder.code == 3
    assert "cannot be written" in folder.err


def test_output_goes_out_as_it_is(probe):
    """No carriage returns are put in, on a pipe or in a file."""
    import subprocess
    done = subprocess.run([probe.path, "schema"], env=probe.environment(), capture_output=True,
                          check=True, timeout=60, cwd=probe.folder)
    assert b"\r" not in done.stdout
    probe.run("schema", "-o", "schema.json")
    assert (probe.folder / "schema.json").read_bytes() == done.stdout


def test_nobody_reads(probe):
    """A reader who has gone is one line and exit code 3."""
    import subprocess
    done = subprocess.run(f"{probe.path} schema | head -c 10; exit ${{PIPESTATUS[0]}}", shell=True,
                          executable="/bin/bash", env=probe.environment(), capture_output=True,
                          check=False, timeout=60, text=True, cwd=probe.folder)
    assert done.returncode in (0, 3)
    assert len(done.stderr.splitlines()) <= 1
