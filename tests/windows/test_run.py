"""bnb-probe run: a command's output, its end, and what is said of it."""

import json

import pytest

import wine

ENDINGS = {
    ("null", "0"): "0xC0000005 (STATUS_ACCESS_VIOLATION",
    ("breakpoint", "0"): "0x80000003 (STATUS_BREAKPOINT",
    ("exit", "0xC0000135"): "0xC0000135 (STATUS_DLL_NOT_FOUND",
    ("exit", "0xC0000409"): "0xC0000409 (STATUS_STACK_BUFFER_OVERRUN",
}


@pytest.fixture
def run(probe, programs):
    def go(*arguments, options=(), **settings):
        return probe.run("run", *options, "--", wine.windows_path(programs("end_as")), *arguments,
                         **settings)

    return go


def test_success_is_passed_on(run):
    result = run("exit", "0", "hello", "world")
    assert (result.code, result.out) == (0, "hello\nworld\n")
    assert result.err.startswith("error: hello\nerror: world\n")
    assert "the command succeeded (exit code 0" in result.err


def test_exit_code_and_report(run):
    result = run("exit", "7", "hello")
    assert (result.code, result.out) == (7, "hello\n")
    assert "ended with exit code 7" in result.err


@pytest.mark.parametrize("how", ENDINGS)
def test_exception_in_words(run, probe, how):
    result = run(*how, options=["--format", "json", "-o", "out.json"])
    document = json.loads((probe.folder / "out.json").read_text(encoding="utf-8"))
    ending = document["loader"].get("run", document["snapshot"]["run"])
    assert document["snapshot"]["run"]["exit_code"] == int(ENDINGS[how][:10], 16)
    assert result.code != 0
    text = probe.run("--from", "out.json").out
    assert ENDINGS[how] in " ".join(text.split()), (ending, text)


def test_program_on_path(probe, programs):
    folder = wine.windows_path(programs("end_as").parent)
    result = probe.run("run", "--", "end_as", "exit", "3", env={"WINEPATH": folder})
    assert result.code == 3


def test_no_such_program(probe):
    result = probe.run("run", "--", "no-such-program")
    assert result.code == 127
    assert "there is no program no-such-program on PATH" in result.err
    assert probe.run("run", "--", r".\no-such-file.exe").code == 127


def test_file_that_is_no_program(probe):
    (probe.folder / "text.exe").write_text("hello", encoding="utf-8")
    result = probe.run("run", "--", r".\text.exe")
    assert result.code == 126
    assert "cannot be executed" in result.err


def test_batch_file(probe):
    (probe.folder / "greet.cmd").write_text("@echo hello %1 %~2\r\n@exit /b 5\r\n", encoding="utf-8")
    result = probe.run("run", "--quiet", "--", r".\greet.cmd", "one", "two words")
    assert result.code == 5
    assert result.out.split() == ["hello", '"one"', "two", "words"]
    refused = probe.run("run", "--", r".\greet.cmd", "one & echo two")
    assert refused.code == 126
    assert "batch file" in refused.err


def test_output_is_kept_whole(run, probe):
    """More than a pipe holds, in order, and unchanged."""
    lines = [f"{number} {'x' * 200}" for number in range(400)]
    result = run("exit", "1", *lines[:100], options=["--format", "json", "-o", "out.json"])
    assert result.out == "".join(f"{line}\n" for line in lines[:100])
    document = json.loads((probe.folder / "out.json").read_text(encoding="utf-8"))
    assert lines[99] in document["snapshot"]["run"]["output"]["text"]


@pytest.fixture
def environment_folder(probe, programs):
    """A virtual environment of Windows, as far as it is looked at: programs that end at once."""
    import shutil
    scripts = probe.folder / "venv" / "Scripts"
    scripts.mkdir(parents=True)
    for name in ("python.exe", "accelerate.exe"):
        shutil.copyfile(programs("end_as"), scripts / name)
    (probe.folder / "venv" / "pyvenv.cfg").write_text("home = C:\\Python311\nversion = 3.11.9\n")
    return probe.folder / "venv"


@pytest.mark.parametrize("word", ["python", "python.exe", "accelerate"])
@pytest.mark.parametrize("by", ["path", "name"])
def test_the_commands_own_python(probe, environment_folder, word, by):
    scripts = wine.windows_path(environment_folder / "Scripts")
    program = word if by == "path" else f"{scripts}\\{word}"
    settings = {"env": {"WINEPATH": scripts}} if by == "path" else {}
    result = probe.run("run", "--format", "json", "-o", "out.json", "--no-redact", "--", program,
                       "exit", "1", **settings)
    assert result.code == 1, result.err
    document = json.loads((probe.folder / "out.json").read_text(encoding="utf-8"))
    interpreter = document["snapshot"]["run"]["interpreter"]
    assert interpreter.lower() == f"{scripts}\\python.exe".lower()
    assert "Windows" in document["snapshot"]["run"]["processes_error"]
