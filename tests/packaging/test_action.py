"""The GitHub Action, step by step as a runner would start it, with a gh that writes down what it is asked."""

import hashlib
import json
import re
import shutil

import pytest

pytest.importorskip("yaml", reason="needs python3-yaml")

import composite  # noqa: E402
from packaged import SOURCE, run  # noqa: E402

# A gh that keeps its arguments, and the text of a comment, and knows the comments that are there.
GH = r"""#!/usr/bin/python3
import json, os, sys
asked = {"words": sys.argv[1:], "token": os.environ.get("GH_TOKEN")}
if "--body-file" in sys.argv:
    asked["body"] = open(sys.argv[sys.argv.index("--body-file") + 1], encoding="utf-8").read()
with open(os.environ["GH_RECORD"], "a") as record:
    record.write(json.dumps(asked) + "\n")
if sys.argv[1:3] == ["issue", "view"]:
    print(json.dumps({"comments": [{"body": os.environ.get("GH_COMMENT", "me too")}]}))
if sys.argv[2] == os.environ.get("GH_FAILS"):
    sys.exit("gh: HTTP 403: secret words")
"""
KNOWN = ("bitsandbytes 0.38.0\nCUDA Setup failed despite GPU being available. Please run the following "
         "command to get more information:\n\npython -m bitsandbytes\n")
VAGUE = "### System Info\n\nwindows\n\n### Reproduction\n\nimport bitsandbytes\n\n### Expected behavior\n\nworks"
REAL_BUG = "On 0.49.1 the 4-bit blockwise kernel returns NaN for a tensor of 2**31 elements; here is why: ..."


class Runner:
    """A runner's folder, its environment, and what gh was asked in it."""

    def __init__(self, folder, program):
        self.folder = folder
        self.record = folder / "gh.jsonl"
        programs = folder / "programs"
        programs.mkdir()
        (programs / "gh").write_text(GH)
        (programs / "gh").chmod(0o755)
        self.program = program
        self.environment = composite.runner_environment(folder, programs, GH_RECORD=str(self.record))

    def triage(self, issue, inputs=None, event=None, **more):
        path = self.folder / "event.json"
        path.write_text(json.dumps(event if event is not None else {
            "action": "opened", "issue": {"number": 7, "state": "open", **issue}}))
        return composite.run(self.folder, {"mode": "triage", "program": str(self.program), **(inputs or {})},
                             {**self.environment, "GITHUB_EVENT_PATH": str(path), **more})

    def gate(self, inputs, program=None):
        return composite.run(self.folder, {"program": str(program or self.program), **inputs}, self.environment)

    @property
    def asked(self):
        if not self.record.exists():
            return []
        return [json.loads(line) for line in self.record.read_text().splitlines()]

    @property
    def changes(self):
        """What gh was asked to change."""
        return [one["words"][1] for one in self.asked if one["words"][1] != "view"]


@pytest.fixture
def runner(tmp_path, linux_program):
    return Runner(tmp_path, linux_program)


def test_a_known_problem_is_answered(runner):
    outcome = runner.triage({"title": "RuntimeError: CUDA Setup failed", "body": KNOWN})
    assert outcome.code == 0, outcome.log
    assert (outcome.outputs["action"], outcome.outputs["pattern"], outcome.outputs["commented"]) == (
        "close", "legacy-cuda-setup", "true")
    view, comment = runner.asked
    assert view["words"] == ["issue", "view", "7", "--repo", "owner/project", "--json", "comments"]
    assert comment["words"][:5] == ["issue", "comment", "7", "--repo", "owner/project"]
    assert comment["token"] == "a-token"
    assert "known problem: **The old CUDA detection" in comment["body"]
    assert "python -m pip install --upgrade bitsandbytes" in comment["body"]
    assert "line 4" in comment["body"]
    assert "Closing" not in comment["body"], "it is not closed"
    assert "legacy-cuda-setup" in outcome.summary


def test_a_vague_issue_is_asked_for_more(runner):
    outcome = runner.triage({"title": "bitsandbytes not working", "body": VAGUE}, {"close": "true"})
    assert (outcome.outputs["action"], outcome.outputs["pattern"]) == ("ask", "insufficient-info")
    assert runner.changes == ["comment"], "what is not sure is not closed"
    assert "bnb-probe --format markdown" in runner.asked[-1]["body"]


def test_what_is_not_known_is_left_alone(runner):
    outcome = runner.triage({"title": "NaN for large tensors", "body": REAL_BUG},
                            {"close": "true", "label": "known problem"})
    assert outcome.code == 0, outcome.log
    assert (outcome.outputs["action"], outcome.outputs["commented"]) == ("keep", "false")
    assert runner.asked == []


def test_closing_where_that_is_asked_for(runner):
    runner.triage({"title": "CUDA Setup failed", "body": KNOWN}, {"close": "true", "label": "a label"})
    assert runner.changes == ["edit", "comment", "close"]
    edit, _, comment, close = runner.asked
    assert edit["words"][-1] == "--add-label=a label"
    assert "Closing this as outdated" in comment["body"]
    assert close["words"] == ["issue", "close", "7", "--repo", "owner/project", "--reason", "not planned"]


def test_only_the_summary(runner):
    outcome = runner.triage({"title": "CUDA Setup failed", "body": KNOWN}, {"comment": "false"})
    assert outcome.code == 0 and runner.asked == []
    assert outcome.outputs["action"] == "close" and "Closing this as outdated" in outcome.summary


def test_an_issue_is_answered_once(runner):
    outcome = runner.triage({"title": "CUDA Setup failed", "body": KNOWN},
                            GH_COMMENT="<!-- bnb-probe triage -->\nThis looks like ...")
    assert outcome.code == 0 and runner.changes == []
    assert outcome.outputs["commented"] == "false"


@pytest.mark.parametrize("event", [
    {"action": "created", "issue": {"number": 7, "state": "open", "title": "t", "body": KNOWN},
     "comment": {"body": KNOWN}},
    {"action": "opened", "issue": {"number": 7, "state": "open", "title": "t", "body": KNOWN,
                                   "pull_request": {}}},
    {"action": "labeled", "issue": {"number": 7, "state": "closed", "title": "t", "body": KNOWN}},
])
def test_other_events_are_left_alone(runner, event):
    outcome = runner.triage(None, event=event)
    assert outcome.code == 0 and runner.asked == []
    assert outcome.outputs["action"] == ""


@pytest.mark.parametrize("event", [{"ref": "refs/heads/main"}, [], {"issue": {"number": "7; id"}},
                                   {"issue": "7"}])
def test_an_event_without_an_issue(runner, event):
    outcome = runner.triage(None, event=event)
    assert outcome.code == 1 and runner.asked == []
    assert outcome.log.startswith("::error title=bnb-probe::")


def test_an_issue_without_a_body(runner):
    outcome = runner.triage({"title": "help", "body": None})
    assert outcome.code == 0, outcome.log
    assert outcome.outputs["action"] in ("ask", "keep")


def test_gh_fails(runner):
    """What gh says may hold anything: only that it failed is told."""
    outcome = runner.triage({"title": "CUDA Setup failed", "body": KNOWN}, GH_FAILS="comment")
    assert outcome.code == 1
    assert outcome.log.strip().splitlines()[-1] == "::error title=bnb-probe::gh issue comment ended with 1"
    assert "secret words" not in outcome.log


HOSTILE = [
    "$(touch PWNED)", "`touch PWNED`", "'; touch PWNED; '", '"; touch PWNED; "', "\ntouch PWNED\n",
    "x\n::error::PWNED\n::add-mask::a", "x\r\n::set-output name=action::close", "\naction=PWNED\n",
    "${{ github.token }}", "--repo=other/project", "-h", "@octocat @owner/team", "<!-- --> <script>PWNED</script>",
    "\x1b[2J\u202e\u0007", "'" * 50_000, "\udce9 lone",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_an_issue_says_stays_text(runner, text):
    """Title, body and everything that is quoted from them."""
    outcome = runner.triage({"title": f"CUDA Setup failed {text}", "body": f"{text}\n{KNOWN}\n{text}"},
                            {"close": "true"})
    assert outcome.code == 0, outcome.log
    assert not list(runner.folder.rglob("PWNED"))
    assert outcome.log == f"bnb-probe: issue 7: {outcome.outputs['action']} {outcome.outputs['pattern']}\n"
    assert outcome.outputs["action"] in ("close", "ask", "keep")
    assert re.fullmatch("[a-z0-9-]*", outcome.outputs["pattern"])
    for one in runner.asked:
        assert one["words"][0] == "issue" and one["words"][2:5] == ["7", "--repo", "owner/project"]
        assert not any(part in word for word in one["words"] for part in ("PWNED", "touch", "octocat"))
        body = one.get("body", "")
        assert "PWNED" not in body and not re.search(r"@\w", body)
        assert "a-token" not in body
    assert not re.search(r"(?m)^::", outcome.summary)


@pytest.mark.parametrize("name, value", [("comment", "yes"), ("close", ""), ("close", "$(touch PWNED)")])
def test_switches_are_true_or_false(runner, name, value):
    outcome = runner.triage({"title": "CUDA Setup failed", "body": KNOWN}, {name: value})
    assert outcome.code == 1 and f"the input {name} is neither" in outcome.log
    assert runner.asked == []


def test_another_mode(runner):
    outcome = composite.run(runner.folder, {"mode": "gate\ntriage", "program": "/bin/true"}, runner.environment)
    assert outcome.code == 2 and outcome.steps == ["Check the mode"]


def stand_in(folder, code):
    """A program that writes down its arguments and ends with `code`."""
    path = folder / "stand-in"
    path.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" > '{folder}/arguments'\nexit {code}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("code, result", [(0, "passed"), (1, "failed"), (2, "unknown"), (3, "unknown"),
                                          (139, "unknown")])
def test_the_gates_code_is_the_programs(runner, code, result):
    outcome = runner.gate({}, stand_in(runner.folder, code))
    assert (outcome.code, outcome.outputs["result"]) == (code, result)


def test_inputs_are_arguments_as_they_stand(runner):
    runner.gate({"require": "bitsandbytes>=0.45, <1\r\n\n  \ngpu>=8.0\n$(touch PWNED)", "assume": "gpu=9.0",
                 "root": "an image; touch PWNED", "python": "/a b/python\n--help", "fail-on": "warning",
                 "patterns": "more"}, stand_in(runner.folder, 0))
    assert (runner.folder / "arguments").read_text().splitlines() == [
        "check", "--format", "github", "--require=bitsandbytes>=0.45, <1", "--require=gpu>=8.0",
        "--require=$(touch PWNED)", "--assume=gpu=9.0", "--root=an image; touch PWNED",
        "--python=/a b/python", "--python=--help", "--patterns=more", "--fail-on=warning",
        f"--summary={runner.folder}/summary.md"]
    assert not list(runner.folder.rglob("PWNED"))


def test_the_gate_itself(runner):
    (runner.folder / "image").mkdir()
    outcome = runner.gate({"root": "image", "require": "bitsandbytes>=0.45\nbackend=cuda",
                           "assume": "gpu=9.0\ndriver=550.54"})
    assert outcome.code in (1, 3) and outcome.outputs["result"] != "passed"
    assert re.search(r"(?m)^::(error|warning)", outcome.log)
    assert "bitsandbytes" in outcome.summary


def install(runner, wheel, **inputs):
    environment = {**runner.environment, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheel.parent)}
    return composite.run(runner.folder, {"require": "python>=3", **inputs}, environment)


def test_the_wheel_is_known_by_its_checksum(runner, linux_wheel, version):
    digest = hashlib.sha256(linux_wheel.read_bytes()).hexdigest()
    outcome = install(runner, linux_wheel, sha256=f"{'0' * 64}\n  {digest}\r\n")
    assert f"bnb-probe {version}" in outcome.log
    assert outcome.steps == ["Install bnb-probe", "Gate"]
    assert outcome.outputs["program"].startswith(str(runner.folder))
    assert outcome.outputs["result"] in ("passed", "failed", "unknown")


@pytest.mark.parametrize("sha256, version", [
    ("0" * 64, ""), ("", ""), ("0" * 63, ""), ("sha256:" + "0" * 64, ""), ("$(touch PWNED)", ""),
    ("0" * 64, "0.1.0 --hash=sha256:1"), ("0" * 64, "https://example.org/x.whl"), ("0" * 64, "0.1.0\n-e .")])
def test_another_wheel_is_not_installed(runner, linux_wheel, sha256, version):
    outcome = install(runner, linux_wheel, sha256=sha256, version=version)
    assert outcome.code == 2 and outcome.steps == ["Install bnb-probe"]
    assert outcome.log.strip().splitlines()[-1].startswith("::error title=bnb-probe::")
    assert outcome.outputs["program"] == "" and not list(runner.folder.rglob("PWNED"))


def test_what_was_checked_out_is_not_imported(runner, linux_wheel):
    """A pip.py or a json.py in the repository that the job works on."""
    for name in ("pip.py", "json.py", "sitecustomize.py"):
        (runner.folder / name).write_text(f"open('{runner.folder}/PWNED', 'w')\n")
    digest = hashlib.sha256(linux_wheel.read_bytes()).hexdigest()
    assert "Gate" in install(runner, linux_wheel, sha256=digest).steps
    assert runner.triage({"title": "CUDA Setup failed", "body": KNOWN}).code == 0
    assert not list(runner.folder.rglob("PWNED"))


def workflows():
    text = (SOURCE / "action" / "README.md").read_text(encoding="utf-8")
    return re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)


def test_linted(tools, tmp_path):
    """The action, its scripts, and the workflows that its README shows, used on the action itself."""
    check = [*tools.module("check_jsonschema"), "--builtin-schema"]
    run(*check, "vendor.github-actions", SOURCE / "action.yml")
    run(tools.program("zizmor"), "--offline", "--no-config", SOURCE / "action.yml")
    run("git", "init", "--quiet", tmp_path)
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (tmp_path / "action.yml").write_text((SOURCE / "action.yml").read_text())
    assert len(workflows()) == 2
    for number, text in enumerate(workflows()):
        path = folder / f"{number}.yml"
        path.write_text(text)
        run(*check, "vendor.github-workflows", path)
        run(tools.program("zizmor"), "--offline", "--no-config", path)
        # As a local action its inputs are known.
        path.write_text(re.sub(r"OWNER/bnb-probe@\w+", "./", text))
    run(tools.program("actionlint"), cwd=tmp_path)
    broken = folder / "0.yml"
    broken.write_text(broken.read_text().replace("root: image", "rood: image"))
    assert "rood" in run(tools.program("actionlint"), cwd=tmp_path, check=False).stdout


def test_scripts_are_shellchecked(tmp_path):
    if not shutil.which("shellcheck"):
        pytest.skip("needs shellcheck")
    run("shellcheck", *sorted((SOURCE / "action").glob("*.sh")))
    for number, step in enumerate(composite.load()["runs"]["steps"]):
        path = tmp_path / f"{number}.sh"
        path.write_text(step["run"])
        run("shellcheck", "--shell", "bash", path)
        assert "${{" not in step["run"], "inputs are variables, not text of a script"
