"""Running bnb-probe and reading what it says."""

import dataclasses
import json
import os
import pathlib
import subprocess
import sys

import jsonschema
import pytest

SOURCE = pathlib.Path(__file__).resolve().parents[3]

# A program that a test waits for in vain must not hold the whole run.
PATIENCE_S = 60


def find_program(variable):
    """The program named by a variable, or the usual build. Without it nothing can be tested."""
    path = pathlib.Path(os.environ.get(variable) or SOURCE / "build" / "bnb-probe")
    if not path.exists():
        pytest.fail(f"no program at {path}: run scripts/run, or name one in {variable}")
    return path


def find_tool(name):
    """
    A developer's tool that was built beside the program under test, or, where that is a file of a
    release, beside the one named by BNB_PROBE_TOOLS.
    """
    folder = pathlib.Path(os.environ.get("BNB_PROBE_TOOLS") or find_program("BNB_PROBE").parent)
    if not (folder / name).exists():
        pytest.fail(f"no program at {folder / name}: build the target {name}")
    return folder / name


def bare_environment(home):
    """An environment of a test's own: nothing of the person who runs the tests shows."""
    return {"PATH": "/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8", "USER": "tester"}


@dataclasses.dataclass
class Result:
    code: int
    out: str
    err: str
    seconds: float = 0.0

    @property
    def err_lines(self):
        return [line for line in self.err.splitlines() if line.strip()]


class Program:
    """One build of bnb-probe, run in an empty folder with a bare environment."""

    def __init__(self, path, folder):
        self.path = pathlib.Path(path)
        self.home = folder / "home"
        self.folder = folder / "work"
        self.complaints = folder / "sanitizer"
        for made in (self.home, self.folder, self.complaints):
            made.mkdir(exist_ok=True)
        self._validator = None

    def environment(self, changes=None):
        environment = bare_environment(self.home)
        # Sanitizers write to files: a complaint in a forked collector would otherwise be
        # swallowed as that collector's noise. Signals are left to the program to show.
        options = "exitcode=99:handle_segv=0:handle_abort=0:handle_sigbus=0:"
        options += f"log_path={self.complaints}/complaint"
        environment["ASAN_OPTIONS"] = options
        environment["UBSAN_OPTIONS"] = f"print_stacktrace=1:log_path={self.complaints}/complaint"
        for name, value in (changes or {}).items():
            if value is None:
                environment.pop(name, None)
            else:
                environment[name] = str(value)
        return environment

    def run(self, *arguments, env=None, cwd=None, stdin=None, stdout=subprocess.PIPE,
            wrapper=()):
        """
        Runs it to its end. `stdin` is text or bytes; none means the null device. `wrapper` is
        a command that runs the command after it.
        """
        given = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [*wrapper, str(self.path), *map(str, arguments)],
            env=self.environment(env),
            cwd=str(cwd or self.folder),
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            stdout=stdout,
            stderr=subprocess.PIPE,
            timeout=PATIENCE_S,
            check=False,
        )
        self.assert_no_complaint()
        out = (done.stdout or b"").decode("utf-8")
        return Result(done.returncode, out, done.stderr.decode("utf-8"))

    def peak_kb(self, *arguments):
        """
        The most memory that a run held. The program is started by a small process: what the
        starter holds counts as the program's own first peak.
        """
        starter = ("import os, sys\npid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)\n"
                   "_, status, usage = os.wait4(pid, 0)\nassert status == 0\n"
                   "print(usage.ru_maxrss, file=sys.stderr)")
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", starter, str(self.path), *map(str, arguments)],
            capture_output=True, text=True, check=True, env=self.environment(),
            cwd=str(self.folder), timeout=PATIENCE_S)
        return int(done.stderr)

    def assert_no_complaint(self):
        complaints = sorted(self.complaints.iterdir())
        said = "\n".join(file.read_text(errors="replace")[:4000] for file in complaints)
        for file in complaints:
            file.unlink()
        assert not complaints, f"a sanitizer complains:\n{said}"

    @property
    def validator(self):
        if self._validator is None:
            schema = json.loads(self.run("schema").out)
            jsonschema.Draft202012Validator.check_schema(schema)
            self._validator = jsonschema.Draft202012Validator(schema)
        return self._validator

    def validate(self, document):
        errors = sorted(self.validator.iter_errors(document), key=lambda e: list(e.path))
        assert not errors, "\n".join(
            f"/{'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in errors[:10]
        )
        assert document["schema"] == "bnb-probe/1"

    def report(self, *arguments, redact=False, **how):
        """The JSON report, held against the schema."""
        arguments = ["--format", "json", *arguments]
        if not redact:
            arguments.append("--no-redact")
        result = self.run(*arguments, **how)
        assert result.code == 0, f"exit code {result.code}: {result.err}"
        document = json.loads(result.out)
        self.validate(document)
        return document


def program_under_test(folder):
    """The program under test, with `folder` for its home and working folder."""
    return Program(find_program("BNB_PROBE"), folder)


def finding(document, pattern):
    """The finding of a pattern, wherever it stands; None where there is none."""
    waiting = list(document["findings"])
    while waiting:
        one = waiting.pop(0)
        if one["pattern"] == pattern:
            return one
        waiting.extend(one.get("symptoms") or [])
    return None
