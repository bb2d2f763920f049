"""Every allocation and every call of a run fails in turn: the runs, and what is expected."""

import dataclasses
import json
import os
import pathlib

import jsonschema

from faults.injection import Control, Fault, Kind
from faults.watched import World

TIMEOUT_S = 5
# How long anything may take: the timeout of the probing, and room for a busy machine.
PATIENCE_S = 40

# Members of a document that differ from run to run.
PASSING = {"ms", "collected_at", "first_seen_ms", "last_seen_ms", "pid", "tool",
           "available_bytes", "processes", "seconds", "agreement_says"}


def _lasting(value):
    """A document without what differs from run to run, or with what else runs here."""
    if isinstance(value, dict):
        return {name: _lasting(one) for name, one in value.items() if name not in PASSING}
    return [_lasting(one) for one in value] if isinstance(value, list) else value


@dataclasses.dataclass(frozen=True)
class Scenario:
    """A run whose calls are made to fail."""
    name: str
    arguments: tuple            # {out} is the output folder, {in} the folder with the inputs
    form: str = "text"
    codes: tuple = (0, 3)       # the exit codes that it may end with
    output: str = ""            # the file that it writes in the output folder; "": standard output
    environment: tuple = ()     # further variables
    named: bool = False         # the output's file system makes no files without a name
    steady: bool = True         # two runs give the same result
    err_lines: int = 0          # lines on standard error that a good run may print
    command_code: int = 0       # of `run`: the code of its command, where that has ended
    old_output: bool = False    # the output file is there already


@dataclasses.dataclass
class Setting:
    """What all runs share."""
    program: str
    library: str
    inputs: str
    folder: str
    schema: dict


class Stepper:
    """One scenario, run as often as it takes. Each process of the driver has its own."""

    def __init__(self, setting, scenario):
        self.setting, self.scenario = setting, scenario
        folder = pathlib.Path(setting.folder) / f"{scenario.name}-{os.getpid()}"
        self.world = World(folder)
        self.control = Control(folder / "control", scenario.named)
        self.validator = jsonschema.Draft202012Validator(setting.schema)
        self.clean = None

    def _word(self, word):
        return word.format(**{"out": self.world.out, "in": self.setting.inputs})

    @property
    def output(self):
        return self.world.out / self.scenario.output if self.scenario.output else None

    def run(self):
        for file in self.world.out.iterdir():
            file.unlink()
        if self.output and self.scenario.old_output:
            self.output.write_bytes(b"as it was\n")
        changes = {name: self._word(value) for name, value in self.scenario.environment}
        environment = self.control.environment(self.setting.library, self.world.environment(changes))
        command = [self.setting.program, *map(self._word, self.scenario.arguments)]
        return self.world.run(command, environment, patience=PATIENCE_S)

    def record(self):
        """The places of a run in which nothing fails."""
        self.control.record()
        done = self.run()
        self.clean = self._result(done)
        problem = self._judge(done, None)
        assert not problem, f"{self.scenario.name}: {problem}: {done.err}"
        return sorted(self.control.sites(), key=lambda site: (site.child, site.memory, site.hash))

    def _result(self, done):
        written = self.output.read_bytes() if self.output and self.output.exists() else done.out
        if self.scenario.form == "json":
            try:
                return _lasting(json.loads(written))
            except ValueError:
                pass
        return written

    def _complete(self, data):
        """What is wrong with a result that claims to be whole; "" where nothing is."""
        if not data.endswith(b"\n"):
            return "the result does not end with a line end"
        if self.scenario.form == "json":
            try:
                document = json.loads(data)
            except ValueError as error:
                return f"no JSON: {error}"
            errors = [f"{one.json_path}: {one.message[:200]}"
                      for one in self.validator.iter_errors(document)]
            return "; ".join(errors[:3])
        if self.scenario.form == "html" and not data.rstrip().endswith(b"</html>"):
            return "the page has no end"
        return ""

    def _file_problem(self, done):
        others = [name for name in done.left_files if name != f"out/{self.scenario.output}"]
        if others:
            return f"left behind: {', '.join(others)}"
        if not self.output or not self.output.exists():
            return ""
        data = self.output.read_bytes()
        if data == b"as it was\n":
            return "" if self.scenario.old_output and done.code else "it says done and wrote nothing"
        return self._complete(data)

    def _judge(self, done, fault):
        """What is wrong; "" where nothing is."""
        if done.complaints:
            return f"a sanitizer complains: {done.complaints[0]}"
        if done.left_running:
            return f"still running: {', '.join(done.left_running)}"
        if done.seconds > TIMEOUT_S + 20:
            return f"it took {done.seconds:.1f} s"
        # How the command ended cannot be known where waiting for it fails.
        lost = fault and not fault.site.child and (
            fault.site.name == "waitid" or (fault.ever and not fault.site.memory))
        if (self.scenario.command_code and "Traceback" in done.err and not lost
                and done.code != self.scenario.command_code):
            return f"exit code {done.code} in place of the command's: {done.err[-300:]}"
        if done.code not in self.scenario.codes:
            return f"exit code {done.code}: {done.err[-300:]}"
        problem = self._file_problem(done)
        if problem:
            return problem
        if done.code == 3 and 3 in self.scenario.codes:
            writing = fault and fault.site.name in ("write", "dup", "close", "fflush")
            lines = done.err_lines
            if not 1 <= len(lines) <= 3 or not all(one.startswith("bnb-probe: ") for one in lines):
                return f"no clear line: {done.err[-300:]!r}"
            return "half a result" if done.out and not writing else ""
        if len(done.err_lines) > self.scenario.err_lines:
            return f"it says: {done.err[-300:]!r}"
        if self.output and not self.output.exists():
            told = any(one.startswith("bnb-probe: ") and "the report is in" not in one for one in done.err_lines)
            return "" if told else "it says done and wrote nothing"
        return self._complete(done.out) if not self.output else ""

    def _same(self, done):
        return self._result(done) == self.clean

    def step(self, fault):
        """(what is wrong or "", whether the fault was met, what it did to the result)."""
        self.control.fail(fault)
        done = self.run()
        met = self.control.hits() > 0
        problem = self._judge(done, fault)
        harmless = fault.kind in (Kind.INTERRUPTED, Kind.SHORT) and not fault.ever
        if not problem and met and harmless and self.scenario.steady and (done.code == 3 or not self._same(done)):
            problem = f"an interruption shows: exit code {done.code} {done.err[-200:]}"
        return problem, met, self._effect(done)

    def _effect(self, done):
        """"same"; "told" where the report says what happened; "untold"; "refused"."""
        if done.code == 3:
            return "refused"
        result = self._result(done)
        if result == self.clean:
            return "same"
        if not isinstance(result, dict) or "snapshot" not in result:
            return "told"
        before, after = ({**one["snapshot"]} for one in (self.clean, result))
        told_before, told_after = (one.pop("collectors") for one in (before, after))
        return "same" if before == after else "told" if told_before != told_after else "untold"


def faults_of(sites):
    """All that may be made to fail at these places."""
    for site in sites:
        yield Fault(site)
        yield Fault(site, ever=True)
        if site.count > 2:
            yield Fault(site, skip=site.count // 2)
        if site.may_be_interrupted:
            yield Fault(site, Kind.INTERRUPTED)
        if site.name in ("read", "write"):
            yield Fault(site, Kind.SHORT)


def thinned(faults, dense, most):
    """The first `dense` of each sort, then ever fewer, about `most` in all."""
    sorts = {}
    for fault in faults:
        sorts.setdefault((fault.site.child, fault.site.memory), []).append(fault)
    chosen = []
    for rest in sorts.values():
        share = max(1, most // len(sorts))
        chosen += rest[:dense]
        rest = rest[dense:]
        room = max(1, share - dense)
        chosen += rest[::max(1, -(-len(rest) // room))]
    return chosen
