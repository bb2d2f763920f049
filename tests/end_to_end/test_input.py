"""Bad input and unwritable output: one line that names the file and the trouble, exit code 3."""

import json
import os
import resource
import subprocess

import pytest


def assert_one_line(result, *words):
    assert result.code == 3, (result.code, result.err)
    assert result.out == ""
    assert len(result.err_lines) == 1, result.err
    for word in words:
        assert str(word) in result.err_lines[0]


@pytest.fixture
def good(report, tmp_path):
    path = tmp_path / "good.json"
    path.write_text(json.dumps(report()))
    return path


BAD = {
    "text": b"Traceback (most recent call last):\n",
    "empty": b"",
    "spaces": b"  \n\n",
    "array": b"[1, 2, 3]\n",
    "number": b"42\n",
    "null": b"null\n",
    "other-schema": b'{"schema": "bnb-probe/2", "snapshot": {"collectors": {}}}\n',
    "other-program": b'{"schema": "https://example.org/sbom/1", "components": []}\n',
    "no-snapshot": b'{"schema": "bnb-probe/1"}\n',
    "snapshot-is-text": b'{"schema": "bnb-probe/1", "snapshot": "none"}\n',
    "binary": bytes(range(256)) * 64,
    "program": None,
    "deep": b"[" * 200000,
    "zero-bytes": b'{"schema": "bnb-probe/1",\0 "snapshot": {}}',
    "not-utf-8": b'{"schema": "bnb-probe/1", "snapshot": {"collectors": {}, "host": "\xff\xfe"}}',
    "trailing": b'{"schema": "bnb-probe/1", "snapshot": {"collectors": {}}} and more',
}


@pytest.mark.parametrize("name", BAD)
def test_bad_snapshot(probe, tmp_path, name):
    file = tmp_path / f"{name}.json"
    content = BAD[name]
    file.write_bytes(open("/bin/sh", "rb").read() if content is None else content)
    output = tmp_path / "output.md"
    assert_one_line(probe.run("--from", file, "--output", output), file)
    assert not output.exists()


def test_bad_snapshot_on_standard_input(probe):
    result = probe.run("--from", "-", stdin="not JSON")
    assert result.code == 3 and result.out == ""
    assert len(result.err_lines) == 1


def test_truncated_snapshot(probe, good, tmp_path):
    whole = good.read_bytes()
    cut = tmp_path / "cut.json"
    for length in (1, 20, len(whole) // 2, len(whole) - 1):
        cut.write_bytes(whole[:length])
        assert_one_line(probe.run("--from", cut), cut)


@pytest.mark.parametrize("option", ["--from", "--log"])
def test_missing_file(probe, tmp_path, option):
    path = tmp_path / "not-there.json"
    assert_one_line(probe.run(option, path), path, "No such file")


@pytest.mark.parametrize("option", ["--from", "--log"])
def test_folder_in_place_of_a_file(probe, tmp_path, option):
    assert_one_line(probe.run(option, tmp_path), tmp_path)


@pytest.mark.parametrize("option", ["--from", "--log"])
def test_huge_file_is_refused_without_reading_it_whole(release_probe, tmp_path, option):
    path = tmp_path / "huge.json"
    with open(path, "wb") as file:
        file.truncate(1 << 30)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    result = release_probe.run(option, path)
    if option == "--from":
        assert_one_line(result, path)
    else:
        # A log may be read in part; it must not be taken whole.
        assert result.code in (0, 3)
    after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert after <= max(before, 128 << 10), "more than 128 MB for a file of no use"


def test_pipe_in_place_of_a_file_is_not_waited_for(probe, tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    result = probe.run("--patterns", path)
    assert result.code in (2, 3)


def test_patterns_folder_that_is_not_there(probe, tmp_path):
    assert_one_line(probe.run("--patterns", tmp_path / "none"), tmp_path / "none")


def test_bad_pattern_file_is_refused_with_its_place(probe, tmp_path):
    folder = tmp_path / "patterns"
    folder.mkdir()
    (folder / "mine.json").write_text('{"id": "mine", "title": "Mine", "surprise": 1}')
    assert_one_line(probe.run("--patterns", folder), "mine.json")


@pytest.mark.parametrize("arguments", [
    ["--no-such-option"],
    ["no-such-command"],
    ["--format", "rtf"],
    ["--format"],
    ["--timeout", "soon"],
    ["--timeout", "-1"],
    ["--timeout", "nan"],
    ["--color", "sometimes"],
    ["--from", "a.json", "--root", "/"],
    ["schema", "surplus"],
])
def test_wrong_command_line(probe, arguments):
    result = probe.run(*arguments)
    assert result.code == 2, (result.code, result.out, result.err)
    assert result.out == ""
    assert result.err_lines


# Output


def test_output_file_is_replaced_whole(probe, good, tmp_path):
    output = tmp_path / "report.json"
    output.write_text("x" * 1_000_000)
    result = probe.run("--from", good, "--format", "json", "-o", output)
    assert (result.code, result.out) == (0, "")
    probe.validate(json.loads(output.read_text()))
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith("report")) == [output.name]


def test_output_file_stays_when_the_work_fails(probe, tmp_path):
    output = tmp_path / "report.json"
    output.write_text("precious")
    assert_one_line(probe.run("--from", tmp_path / "none", "-o", output), "none")
    assert output.read_text() == "precious"


def test_output_into_a_folder_that_is_not_there(probe, good, tmp_path):
    output = tmp_path / "none" / "report.json"
    assert_one_line(probe.run("--from", good, "-o", output), output)
    assert not output.parent.exists()


def test_output_onto_a_folder(probe, good, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    assert_one_line(probe.run("--from", good, "-o", folder), folder)


def test_output_through_a_link_keeps_the_link(probe, good, tmp_path):
    real = tmp_path / "real.json"
    real.write_text("old")
    link = tmp_path / "link.json"
    link.symlink_to(real)
    assert probe.run("--from", good, "--format", "json", "-o", link).code == 0
    assert json.loads(link.read_text())["schema"] == "bnb-probe/1"


def test_output_to_a_full_device(probe, good):
    assert_one_line(probe.run("--from", good, "-o", "/dev/full"), "/dev/full", "No space")


def test_standard_output_that_is_full(probe, good):
    with open("/dev/full", "wb") as full:
        result = probe.run("--from", good, stdout=full)
    assert result.code == 3
    assert len(result.err_lines) == 1 and "No space" in result.err


def test_standard_output_that_is_closed(probe, good):
    command = f'exec "{probe.path}" --from "{good}" >&-'
    done = subprocess.run(["/bin/sh", "-c", command], env=probe.environment(), text=True,
                          capture_output=True, check=False, timeout=60)
    probe.assert_no_complaint()
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1


def test_all_streams_closed(probe, tmp_path):
    """Files opened later must not take the place of the standard streams."""
    output = tmp_path / "report.json"
    command = f'exec "{probe.path}" --format json -o "{output}" <&- >&- 2>&-'
    done = subprocess.run(["/bin/sh", "-c", command], env=probe.environment(), check=False,
                          timeout=60, cwd=tmp_path)
    probe.assert_no_complaint()
    assert done.returncode == 0
    probe.validate(json.loads(output.read_text()))


def test_reader_that_goes_away(probe, good):
    command = f'"{probe.path}" --from "{good}" --format json | head -c 10 >/dev/null'
    done = subprocess.run(["/bin/sh", "-c", command], env=probe.environment(), text=True,
                          capture_output=True, check=False, timeout=60)
    probe.assert_no_complaint()
    assert done.returncode == 0


def test_log_from_a_command(probe):
    """What a shell makes of --log <(command): a pipe by name."""
    reading, writing = os.pipe()
    os.write(writing, b"NameError: name 'str2optimizer32bit' is not defined\n")
    os.close(writing)
    os.dup2(reading, 63)
    try:
        done = subprocess.run(
            [probe.path, "--format", "json", "--log", "/dev/fd/63"], pass_fds=[63], text=True,
            capture_output=True, env=probe.environment(), check=False, timeout=60)
    finally:
        os.close(63)
        os.close(reading)
    assert done.returncode == 0, done.stderr
    assert "native-library-load-failure" in done.stdout
