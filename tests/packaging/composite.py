"""Runs a composite action's steps on this machine, as far as this one goes: `if`, inputs, outputs."""

import dataclasses
import os
import re
import subprocess

import yaml
from packaged import PATIENCE_S, SOURCE


@dataclasses.dataclass
class Outcome:
    code: int
    log: str
    outputs: dict
    summary: str
    steps: list


def load(path=SOURCE / "action.yml"):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


class Scope(dict):
    """Names of an expression: `inputs.fail-on`, `steps.install.outputs.program`, `github.token`."""

    def value(self, name):
        at = self
        for part in name.split("."):
            at = at.get(part, "") if isinstance(at, dict) else ""
        return at

    def evaluate(self, expression):
        """The operators that this action uses, and no others."""
        alternatives = [part.strip() for part in expression.split("||")]
        for alternative in alternatives[:-1]:
            if self.truth(alternative):
                return self.term(alternative)
        return self.term(alternatives[-1])

    def truth(self, text):
        return all(self.term(part.strip()) not in ("", False) for part in text.split("&&"))

    def term(self, text):
        if "&&" in text:
            return self.truth(text)
        compared = re.fullmatch(r"([\w.-]+) (==|!=) '([^']*)'", text)
        if compared:
            return (self.value(compared[1]) == compared[3]) == (compared[2] == "==")
        assert re.fullmatch(r"[\w.-]+", text), text
        return self.value(text)

    def fill(self, text):
        return re.sub(r"\$\{\{ (.+?) \}\}", lambda match: str(self.evaluate(match[1])), text)


def run(folder, inputs, environment):
    """The whole action with these inputs; `environment` is the runner's."""
    action = load()
    unknown = set(inputs) - set(action["inputs"])
    assert not unknown, f"the action has no input {unknown}"
    scope = Scope(github={"token": "a-token"}, steps={})
    scope["inputs"] = {name: inputs.get(name, scope.fill(about.get("default", "")))
                       for name, about in action["inputs"].items()}
    outcome = Outcome(0, "", {}, "", [])
    summary = folder / "summary.md"
    for number, step in enumerate(action["runs"]["steps"]):
        if not scope.evaluate(step.get("if", "github.token")):
            continue
        output = folder / f"output-{number}"
        output.touch()
        script = folder / f"step-{number}.sh"
        script.write_text(step["run"])
        variables = {name: scope.fill(value) for name, value in step.get("env", {}).items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)], check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder, timeout=PATIENCE_S,
            stdin=subprocess.DEVNULL,
            env={**environment, **variables, "GITHUB_ACTION_PATH": str(SOURCE), "GITHUB_OUTPUT": str(output),
                 "GITHUB_STEP_SUMMARY": str(summary), "RUNNER_TEMP": str(folder)})
        outcome.log += done.stdout
        outcome.steps.append(step["name"])
        lines = [line.split("=", 1) for line in output.read_text().splitlines()]
        scope["steps"][step.get("id", str(number))] = {"outputs": dict(lines)}
        if done.returncode != 0:
            outcome.code = done.returncode
            break
    outcome.outputs = {name: scope.fill(about["value"]) for name, about in action["outputs"].items()}
    outcome.summary = summary.read_text() if summary.exists() else ""
    return outcome


def runner_environment(folder, programs, **more):
    return {"PATH": f"{programs}:/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8", "CI": "true",
            "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "owner/project",
            "PYTHONDONTWRITEBYTECODE": "1", "TZ": os.environ.get("TZ", ""), **more}
