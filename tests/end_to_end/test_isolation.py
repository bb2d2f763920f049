"""No network, and nothing written that was not asked for: watched from outside by strace."""

import json
import re
import shutil
import subprocess

import pytest

from support.checking import assuming

CALLS = ("socket,connect,bind,sendto,sendmsg,open,openat,openat2,creat,mkdir,mkdirat,unlink,unlinkat,"
         "rename,renameat,renameat2,link,linkat,symlink,symlinkat,truncate,ftruncate,chmod,fchmod,"
         "fchmodat,mknod,mknodat,utimensat,execve,memfd_create,clone,clone3,fork,vfork")


def trace(command, log, **how):
    return subprocess.run(["strace", "-f", "-y", "-qq", "-s", "300", "-e", f"trace={CALLS}", "-o", str(log),
                           *map(str, command)], capture_output=True, check=False, timeout=120, **how)


@pytest.fixture
def traced(release_probe, tmp_path):
    """traced(ARGUMENTS...): the lines of the calls that the program and its children made."""
    if not shutil.which("strace"):
        pytest.skip("needs strace")
    trial = trace(["/bin/true"], tmp_path / "trial")
    if trial.returncode != 0:
        pytest.skip(f"needs strace to be allowed: {trial.stderr.decode().strip()}")

    def run(*arguments, env=None):
        log = tmp_path / "trace"
        done = trace([release_probe.path, *arguments], log, env=release_probe.environment(env),
                     cwd=release_probe.folder, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, done.stderr.decode()
        lines = log.read_text(errors="replace").splitlines()
        assert any("execve(" in line for line in lines), "nothing was traced"
        return [line for line in lines if not re.search(r"= -1 E\w+", line)]

    return run


def calls_of(lines, *names):
    pattern = re.compile(rf"^\d+\s+({'|'.join(names)})\(")
    return [line for line in lines if pattern.search(line)]


def writes(lines):
    opened = [line for line in calls_of(lines, "open", "openat", "openat2", "creat")
              if re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|creat\(", line)]
    changed = calls_of(lines, "mkdir", "mkdirat", "unlink", "unlinkat", "rename", "renameat",
                       "renameat2", "link", "linkat", "symlink", "symlinkat", "truncate",
                       "ftruncate", "chmod", "fchmod", "fchmodat", "mknod", "mknodat", "utimensat")
    return [line for line in opened + changed if '"/dev/null"' not in line]


@pytest.mark.parametrize("form", ["text", "json", "markdown", "url"])
def test_no_socket_and_nothing_written(traced, form):
    lines = traced("--format", form)
    assert calls_of(lines, "socket", "connect", "bind") == []
    assert writes(lines) == []


def test_with_a_real_wheel(traced, wheel_venv):
    lines = traced("--format", "json", env=wheel_venv("0.46.1").active)
    assert calls_of(lines, "socket", "connect", "bind") == []
    assert writes(lines) == []


def test_only_the_output_file_is_written(traced, tmp_path):
    output = tmp_path / "out" / "report.json"
    output.parent.mkdir()
    lines = traced("--format", "json", "--output", str(output))
    assert json.loads(output.read_text())["schema"] == "bnb-probe/1"
    elsewhere = [line for line in writes(lines) if str(output.parent) not in line]
    assert elsewhere == []
    assert list(output.parent.iterdir()) == [output]


def test_check_writes_output_and_summary(traced, wheel_venv, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    lines = traced("check", *assuming("gpu=9.0", "driver=550.54", "torch=2.6.0+cu124"), "--format",
                   "github", "--summary", folder / "summary.md", "--output", folder / "annotations",
                   env=wheel_venv("0.49.2").active)
    assert calls_of(lines, "socket", "connect", "bind") == []
    assert [line for line in writes(lines) if str(folder) not in line] == []
    assert sorted(path.name for path in folder.iterdir()) == ["annotations", "summary.md"]


# Every command beside report and check, as it is used.
OTHER_COMMANDS = [["triage", "issue.md"], ["triage", "--format", "markdown", "issue.md"], ["compare", "one.json", "one.json"],
                  ["patterns"], ["patterns", "--lint"], ["schema"], ["--version"], ["--help"], ["help", "run"],
                  ["completion", "bash"], ["--from", "one.json", "--format", "html"], ["--root", "/", "--format", "json"],
                  ["run", "--format", "json", "--", "/bin/true"]]


@pytest.mark.parametrize("command", OTHER_COMMANDS, ids=" ".join)
def test_no_command_opens_a_socket_or_writes(traced, release_probe, command):
    folder = release_probe.folder
    (folder / "issue.md").write_text("CUDA SETUP: Setup Failed!\n")
    (folder / "one.json").write_text('{"schema": "bnb-probe/1", "snapshot": {"collectors": {}}}')
    lines = traced(*command)
    assert calls_of(lines, "socket", "connect", "bind", "sendto", "sendmsg") == []
    # The terminal that a command gets is no file.
    assert [line for line in writes(lines) if "/dev/pt" not in line and "/dev/tty" not in line] == []


def test_no_shell_is_started(traced):
    started = [line for line in traced("--format", "json") if "execve(" in line]
    assert not [line for line in started if re.search(r'execve\("[^"]*/(sh|bash|dash|env)"', line)]


@pytest.mark.parametrize("command", [["--format", "json"], ["run", "--", "/bin/true"]], ids=" ".join)
def test_no_thread_is_started(traced, wheel_venv, command):
    """What a thread sanitizer would watch over: nothing, in the program or its children."""
    lines = traced(*command, env=wheel_venv("0.46.1").active)
    started = calls_of(lines, "clone", "clone3", "fork", "vfork")
    assert started
    assert [line for line in started if "CLONE_THREAD" in line] == []
