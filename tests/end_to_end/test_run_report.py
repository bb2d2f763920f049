"""`bnb-probe run`: what it explains of a command that failed."""

import json
import os
import shlex
import signal
import stat
import subprocess
import sys
import urllib.parse

import pytest

from support import fake_driver, torch_layout, wheels

PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable

CUDA_12 = ("libcudart.so.12", "libcublas.so.12", "libcublasLt.so.12", "libcusparse.so.12",
           "libnvJitLink.so.12")
EXPECTED = "libbitsandbytes_cuda124.so"

# What `import bitsandbytes` does to a process, with a torch that is only a layout: torch's
# libraries first, then the package's own. {fail} comes after. With a real torch the
# interpreter takes its time to end as well.
TRAIN = """\
import atexit, ctypes, os, sys, time
atexit.register(time.sleep, 0.1)
ctypes.CDLL({torch!r} + "/lib/libtorch_global_deps.so", mode=ctypes.RTLD_GLOBAL)
ctypes.CDLL({library!r})
{fail}
"""


@pytest.fixture
def gpu(driver_folder):
    return fake_driver.behaving(driver_folder, "count=1;cc=8.9;driver=12080")


@pytest.fixture
def venv(wheel_venv, tmp_path):
    """bitsandbytes 0.45.5 beside a torch for CUDA 12.4: the model says that it loads."""
    made = wheels.linked_copy(wheel_venv("0.45.5"), tmp_path / "venv")
    torch_layout.add_torch(made.site, "2.5.1+cu124", "12.4", None, CUDA_12, made.package / EXPECTED)
    return made


@pytest.fixture
def train(venv, probe):
    """train(fail, library): a script that loads a library of the package and fails so."""

    def write(fail="raise RuntimeError('bitsandbytes is to blame')", library=None):
        script = probe.folder / "train.py"
        script.write_text(TRAIN.format(torch=str(venv.site / "torch"), fail=fail,
                                       library=str(library or venv.package / EXPECTED)))
        return script

    return write


@pytest.fixture
def explain(probe, tmp_path):
    """explain(COMMAND...): the JSON report, held against the schema, and the result."""

    def run(*command, env=None, options=()):
        place = tmp_path / "report.json"
        result = probe.run("run", "--format", "json", "--no-redact", "-o", place, *options, "--",
                           *command, env=env)
        document = json.loads(place.read_text())
        probe.validate(document)
        return document, result

    return run


def python(code):
    return PYTHON, "-c", code


# --- how it ended ---


def test_exit_code_and_error_are_told(explain):
    document, result = explain(*python("raise ValueError('of the test')"))
    assert result.code == 1
    run = document["snapshot"]["run"]
    assert (run["exit_code"], run["signal"]) == (1, None)
    assert "ValueError: of the test" in document["run"]["ended"]
    assert document["run"]["failed"] is True


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGKILL])
def test_signal_is_named(explain, number):
    document, result = explain(*python(f"import os; os.kill(os.getpid(), {int(number)})"))
    assert result.code == -number
    run = document["snapshot"]["run"]
    assert (run["exit_code"], run["signal"], run["signal_name"]) == (None, number, number.name)
    assert number.name in document["run"]["ended"]
    assert "without a Python traceback" in document["run"]["ended"]
    # It names nothing of bitsandbytes, so the verdict does not blame it.
    assert document["verdict"] == "unknown"
    assert number.name in document["verdict_says"]


@pytest.mark.parametrize("line", [
    "Error invalid device function at line 508 in file /src/csrc/ops.cu",
    "[rank1]: Error named symbol not found at line 90 in file /src/csrc/ops.cu",
    "CUDA error: an illegal memory access was encountered",
    "terminate called after throwing an instance of 'c10::Error'",
    "Fatal Python error: Segmentation fault",
    "double free or corruption (!prev)",
    "python: symbol lookup error: /x/libfoo.so: undefined symbol: bar",
])
def test_words_of_native_code_are_named(explain, line):
    document, _ = explain(*python(
        f"import sys; print('step 1'); print({line!r}, file=sys.stderr); sys.exit(1)"))
    native = document["run"]["native"]
    assert [one["excerpt"] for one in native] == [line]
    assert native[0]["says"]
    output = document["snapshot"]["run"]["output"]["text"].splitlines()
    assert output[native[0]["line"] - 1] == line


def test_ordinary_words_are_not_taken_for_native_ones(explain):
    document, _ = explain(*python(
        "import sys; print('Error rate at line 3: see the file'); print('ValueError in file x'); "
        "sys.exit(1)"))
    assert document["run"]["native"] == []


def test_fault_handler_is_read(explain):
    document, result = explain(PYTHON, "-X", "faulthandler", "-c",
                               "import ctypes; ctypes.string_at(0)")
    assert result.code == -signal.SIGSEGV
    assert document["run"]["native"][0]["excerpt"] == "Fatal Python error: Segmentation fault"


# --- the report ---


def test_report_follows_on_standard_error(probe):
    result = probe.run("run", "--", *python("print('its output'); raise ValueError('boom')"))
    assert result.out == "its output\n"
    assert "UNKNOWN: The command ended with exit code 1" in result.err
    assert "ValueError: boom" in result.err


def test_report_in_a_file_and_the_gist_on_the_terminal(probe, tmp_path):
    place = tmp_path / "bug.md"
    result = probe.run("run", "--format", "markdown", "-o", place, "--",
                       *python("raise ValueError('boom `x`')"))
    assert result.code == 1
    assert "the report is in" in result.err
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    text = place.read_text()
    reproduction = text.split("### Reproduction")[1].split("### Expected")[0]
    assert shlex.join(python("raise ValueError('boom `x`')")) in reproduction.replace("'\\''", "'\"'\"'")
    assert "exit code 1" in reproduction
    assert "ValueError: boom `x`" in reproduction


def test_success_writes_a_report_when_asked(explain):
    document, result = explain(*python("print('fine')"))
    assert result.code == 0
    assert document["run"]["failed"] is False
    assert document["snapshot"]["run"]["output"]["text"] == "fine\n"


def test_report_that_cannot_be_written(probe, tmp_path):
    place = tmp_path / "missing" / "report.txt"
    result = probe.run("run", "-o", place, "--", *python("pass"))
    assert result.code == 3 and "report.txt" in result.err
    result = probe.run("run", "-o", place, "--", *python("raise SystemExit(5)"))
    assert result.code == 5 and "report.txt" in result.err


def test_command_and_output_are_redacted(probe):
    result = probe.run("run", "--format", "json", "-o", "-", "--", *python(
        "raise ValueError('/home/tester/x hf_abcdefghijklmnopqrstuvwxyzABCDEFGH')"))
    assert "hf_abcdefghij" not in result.out
    assert "/home/tester" not in result.out


def test_findings_are_the_same_from_the_report(probe, tmp_path):
    """A maintainer sees later what the person saw, with the command and its output."""
    place = tmp_path / "report.json"
    line = "RuntimeError: CUDA Setup failed despite GPU being available."
    probe.run("run", "--format", "json", "-o", place, "--", *python(
        f"import sys; print({line!r}); print('bitsandbytes', '*' * 500000); sys.exit(1)"))
    document = json.loads(place.read_text())
    again = probe.report("--from", place, redact=True)
    for member in ("run", "findings", "verdict", "verdict_says", "loader"):
        assert again[member] == document[member], member
    assert document["snapshot"]["run"]["output"]["left_out"] > 0
    assert any(piece["source"] == "the command's output" for one in document["findings"]
               for piece in one["evidence"] if piece["from"] == "text")
    text = probe.run("--from", place, "--format", "markdown").out
    assert "The command ended with exit code 1" in text


def test_report_is_offered_only_where_bitsandbytes_is_named(probe):
    """The command that makes the report runs the same program again."""
    about = python("import bitsandbytes")
    text = probe.run("run", "--", *about).err
    assert f"bnb-probe run --format url -- {shlex.join(about)}" in text
    text = probe.run("run", "--", *python("raise ValueError('of my own')")).err
    assert "--format url" not in text and "hardly" in text


# --- the interpreter ---


def test_environment_of_the_command_is_the_one_looked_at(explain, venv, train, gpu):
    """Its interpreter is neither on PATH nor active: it is the process that tells."""
    document, _ = explain(venv.python, train(), env=gpu)
    run = document["snapshot"]["run"]
    assert run["interpreter"] == str(venv.python)
    assert run["interpreter_from"] == "process"
    looked_at = document["snapshot"]["python"]["interpreters"][0]
    assert looked_at["executable"] == str(venv.python)
    assert looked_at["chosen_because"] == "the command ran it"
    assert document["snapshot"]["bitsandbytes"]["version"] == "0.45.5"


def test_script_with_an_interpreter_line(explain, venv, train, gpu):
    script = venv.folder / "bin" / "trainer"
    script.write_text(f"#!{venv.python}\n" + train().read_text())
    script.chmod(0o755)
    document, _ = explain("trainer", "--steps", "3",
                          env={**gpu, "PATH": f"{venv.folder}/bin:/usr/bin:/bin"})
    assert document["snapshot"]["run"]["interpreter"] == str(venv.python)
    assert document["snapshot"]["run"]["command_line"] == "trainer --steps 3"


def test_shell_script_that_sets_variables(explain, venv, train, gpu, probe):
    script = probe.folder / "train.sh"
    script.write_text("#!/bin/sh\nexport CUDA_VISIBLE_DEVICES=0 SECRET_KEY=sesame\nunset HSA_X\n"
                      f"sleep 0.1\n{venv.python} {train()}\nexit $?\n")
    script.chmod(0o755)
    document, result = explain("./train.sh", env=gpu)
    run = document["snapshot"]["run"]
    assert result.code == 1
    assert run["interpreter"] == str(venv.python)
    assert run["environment_changes"] == [
        {"name": "CUDA_VISIBLE_DEVICES", "here": None, "there": "0"}]
    assert document["snapshot"]["environment"]["CUDA_VISIBLE_DEVICES"] == "0"
    assert "sesame" not in json.dumps(document)
    # The shell comes first, then the Python that it started, which the report is about.
    assert [one["python"] for one in run["processes"]] == [False, True]
    assert run["processes"][1]["parent"] == run["processes"][0]["pid"]
    assert run["subject"] == 1


def test_worker_of_a_launcher_is_what_the_report_is_about(explain, venv, train, gpu, probe):
    """As torchrun and accelerate do: the process that fails is not the one that was typed."""
    launcher = probe.folder / "launch.py"
    launcher.write_text(
        "import subprocess, sys\n"
        f"done = subprocess.run([{str(venv.python)!r}, {str(train('time.sleep(1); sys.exit(5)'))!r}])\n"
        "sys.exit(done.returncode)\n")
    document, result = explain(PYTHON, launcher, env=gpu)
    run = document["snapshot"]["run"]
    assert result.code == 5
    assert [one["python"] for one in run["processes"]] == [True, True]
    assert run["subject"] == 1
    assert run["interpreter"] == str(venv.python)
    assert document["run"]["agreement"] == "agrees", document["run"]


def test_launcher_of_many_short_commands(explain, venv, train, gpu, probe):
    """What came and went before does not hide the process that matters."""
    launcher = probe.folder / "launch.sh"
    launcher.write_text("#!/bin/sh\nfor i in $(seq 150); do /bin/sleep 0.01; done\n"
                        f"{venv.python} {train('time.sleep(1); sys.exit(5)')}\nexit $?\n")
    launcher.chmod(0o755)
    document, result = explain("./launch.sh", env=gpu)
    run = document["snapshot"]["run"]
    assert result.code == 5
    assert [one["python"] for one in run["processes"]] == [False, True]
    assert run["interpreter"] == str(venv.python)


def test_command_without_python(explain):
    document, _ = explain("/bin/sh", "-c", "exit 4")
    run = document["snapshot"]["run"]
    assert (run["interpreter"], run["interpreter_from"], run["subject"]) == (None, None, None)
    assert document["run"]["agreement"] == "cannot-tell"


def test_another_interpreter_asked_for_is_the_first_difference(explain, venv, train, gpu):
    other = "/bin/true"
    document, _ = explain(venv.python, train(), env=gpu, options=("--python", other))
    first = document["run"]["differences"][0]
    assert first["about"] == "interpreter"
    assert "--python" in first["because"]


# --- prediction and reality ---


def test_prediction_holds(explain, venv, train, gpu):
    document, _ = explain(venv.python, train(), env=gpu)
    assert document["loader"]["chosen"] == EXPECTED
    assert document["run"]["agreement"] == "agrees", document["run"]
    assert document["run"]["differences"] == []
    process = document["snapshot"]["run"]["processes"][0]
    mapped = {os.path.basename(one["path"]): one["path"] for one in process["libraries"]}
    assert mapped[EXPECTED] == str(venv.package / EXPECTED)
    assert mapped["libcublas.so.12"] == str(
        venv.site / torch_layout.PLACES["libcublas.so.12"] / "libcublas.so.12")
    # A failure that nothing known explains is not called well because loading works.
    assert document["verdict"] == "unknown"
    assert "bitsandbytes is to blame" in document["verdict_says"]


@pytest.mark.parametrize("fail", [
    "time.sleep(0.05); ctypes.string_at(0)",
    "time.sleep(0.05); os.abort()",
    "time.sleep(0.05); os._exit(3)",
])
def test_libraries_of_a_process_that_dies_without_a_word(explain, venv, train, gpu, fail):
    document, _ = explain(venv.python, train(fail), env=gpu)
    assert document["run"]["agreement"] == "agrees", document["run"]
    assert document["run"]["concerns_bitsandbytes"] is True


def test_other_library_because_of_a_variable(explain, venv, train, gpu, probe):
    """The script sets the variable after its start, and says so as bitsandbytes does."""
    other = venv.package / "libbitsandbytes_cpu.so"
    script = train("print('WARNING: BNB_CUDA_VERSION=118 environment variable detected')\n"
                   "raise RuntimeError('bitsandbytes is to blame')", library=other)
    document, _ = explain(venv.python, script, env=gpu)
    run = document["run"]
    assert run["agreement"] == "differs"
    first = run["differences"][0]
    assert (first["about"], first["expected"], first["found"]) == (
        "library", EXPECTED, "libbitsandbytes_cpu.so")
    assert "BNB_CUDA_VERSION" in first["because"] and "itself" in first["because"]
    assert EXPECTED in document["verdict_says"]
    shown = probe.run("run", "--", venv.python, script, env=gpu).err
    assert "First difference" in shown and "libbitsandbytes_cpu.so" in shown


def test_other_copy_of_the_package(explain, venv, train, gpu, tmp_path):
    copy = tmp_path / "copy" / "bitsandbytes"
    copy.mkdir(parents=True)
    os.link(venv.package / EXPECTED, copy / EXPECTED)
    document, _ = explain(venv.python, train(library=copy / EXPECTED), env=gpu)
    first = document["run"]["differences"][0]
    assert (first["about"], first["found"]) == ("copy", str(copy / EXPECTED))
    assert first["because"]


def test_needed_library_from_elsewhere(explain, venv, train, gpu, tmp_path):
    """The script maps its own libcudart before torch does."""
    elsewhere = torch_layout.add_cuda_library(tmp_path / "elsewhere", "libcudart.so.12",
                                              venv.package / EXPECTED)
    script = train()
    script.write_text(f"import ctypes; ctypes.CDLL({str(elsewhere)!r}, mode=ctypes.RTLD_GLOBAL)\n"
                      + script.read_text())
    document, _ = explain(venv.python, script, env=gpu)
    differences = document["run"]["differences"]
    assert [one["about"] for one in differences] == ["needed"]
    assert differences[0]["found"] == str(elsewhere)
    assert "libcudart.so.12" in differences[0]["says"]


def test_library_that_is_missing(explain, wheel_venv, gpu, probe, tmp_path):
    """The loader's own error, the model's verdict and the map agree on what is not there."""
    venv = wheels.linked_copy(wheel_venv("0.45.5"), tmp_path / "venv")
    torch_layout.add_torch(venv.site, "2.5.1+cu124", "12.4", None,
                           [one for one in CUDA_12 if one != "libcublas.so.12"],
                           venv.package / EXPECTED)
    script = probe.folder / "train.py"
    script.write_text(TRAIN.format(torch=str(venv.site / "torch"), fail="",
                                   library=str(venv.package / EXPECTED)))
    document, result = explain(venv.python, script, env=gpu)
    if result.code == 0:
        pytest.skip("needs a machine whose loader does not find libcublas.so.12 by itself")
    assert "libcublas.so.12: cannot open shared object file" in result.err
    assert document["verdict"] == "problem"
    assert "libcublas.so.12" in document["verdict_says"]
    assert document["run"]["agreement"] == "agrees"
    assert "no library of bitsandbytes" in document["run"]["agreement_says"]


def test_file_replaced_under_the_process(explain, venv, train, gpu, tmp_path):
    gone = tmp_path / "gone" / EXPECTED
    gone.parent.mkdir()
    gone.write_bytes((venv.package / EXPECTED).read_bytes())
    fail = f"os.unlink({str(gone)!r}); time.sleep(1); raise RuntimeError('gone')"
    document, _ = explain(venv.python, train(fail, library=gone), env=gpu)
    process = document["snapshot"]["run"]["processes"][0]
    assert {"path": str(gone), "deleted": True} in process["libraries"]


NOISY = """\
import sys
for i in range(40000): print('noise', i, 'x' * 60)
sys.stdout.flush()
sys.stderr.write('Traceback (most recent call last):\\n'
                 '  File "/x/site-packages/bitsandbytes/cextension.py", line 5, in <module>\\n'
                 'RuntimeError: the one that matters\\n')
for i in range(40000): print('noise', i, 'y' * 60)
sys.exit(1)
"""


def test_traceback_before_much_noise_is_found(explain):
    document, _ = explain(*python(NOISY))
    text = document["snapshot"]["run"]["output"]["text"]
    assert "RuntimeError: the one that matters\n" in text
    assert len(text) < 500_000
    assert "the one that matters" in document["run"]["ended"]


@pytest.mark.parametrize("form, heading", [
    ("markdown", "### Reproduction"), ("html", "What was printed"), ("url", "&reproduction=")])
def test_every_format_shows_the_traceback_before_much_noise(probe, form, heading):
    result = probe.run("run", "--format", form, "-o", "-", "--", *python(NOISY))
    report = urllib.parse.unquote_plus(result.out.splitlines()[-1]) if form == "url" else result.out
    assert "RuntimeError: the one that matters" in report.split(heading)[-1]


def test_without_proc(release_probe):
    """Nothing to look at, and that is what is said. (Sanitizers need /proc themselves.)"""
    wrapper = ["/usr/bin/unshare", "--mount", "/bin/sh", "-c",
               "mount -t tmpfs none /proc && exec \"$@\"", "sh"]
    tried = subprocess.run([*wrapper, "true"], capture_output=True, check=False)
    if tried.returncode != 0:
        pytest.skip("needs a mount namespace of its own")
    result = release_probe.run("run", "--format", "json", "-o", "-", "--",
                               *python("raise SystemExit(6)"), wrapper=wrapper)
    assert result.code == 6
    document = json.loads(result.out)
    assert "/proc is not there" in document["snapshot"]["run"]["processes_error"]
    assert "/proc is not there" in document["run"]["agreement_says"]
