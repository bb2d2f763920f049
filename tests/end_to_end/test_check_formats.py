"""What CI systems read: each format held against its published schema or its own reader."""

import json
import re
import subprocess
import xml.etree.ElementTree

import jsonschema
import pytest
import yaml

from support import published
from support.checking import assuming, run_check

HOPPER = assuming("gpu=9.0", "driver=550.54", "torch=2.6.0+cu124")

# Text that would break out of one format or another.
HOSTILE = ("x\r\n::error::planted\n##[error]planted ]]> <b>&\"' % %0A # TODO \\ | `code` "
           "\x1b[31m\x00\x07\ufffe\u202e ~ @someone ---\n...\nok 9 - planted\nBail out!")


@pytest.fixture(params=["passes", "fails", "unknown", "hostile"])
def case(request, probe, report, wheel_venv, tmp_path):
    """Arguments of a run, each with another kind of result."""
    env = wheel_venv("0.49.2").active
    saved = tmp_path / f"{request.param}.json"
    document = report(*HOPPER, env=env)
    required = ["bitsandbytes>=0.45", "gpu>=8.0"]
    if request.param == "fails":
        document = report(*HOPPER, env=wheel_venv("0.42.0").active)
        required += ["backend=cuda", "transformers>=4.40"]
    elif request.param == "unknown":
        document["snapshot"]["collectors"]["session"] = {"status": "crashed", "detail": "signal 11",
                                                         "ms": 1}
        del document["snapshot"]["host"]["libc"]
        required += ["glibc>=2.28"]
    elif request.param == "hostile":
        plant(document["snapshot"])
        required += ["gpu>=10.0", "transformers<4", "triton<1", "glibc>=9", "driver>=999",
                     "cuda>=99", "python>=4", "===" .join(["torch", "1#2\\3'\"<>&|%0A::error::x"])]
    saved.write_text(json.dumps(document))
    log = tmp_path / "log.txt"
    log.write_text(f"{HOSTILE}\nNameError: name 'str2optimizer32bit' is not defined\n")
    beside = ["--log", log] if request.param == "hostile" else []
    return ["check", "--from", saved, *beside,
            *[word for one in required for word in ("--require", one)]]


def plant(snapshot):
    """Puts hostile text wherever somebody else chooses what stands there."""
    python = snapshot["python"]["interpreters"][0]
    for name in ("transformers", "triton"):
        python["packages"][name] = [{"name": name, "version": f"4.0{HOSTILE}", "place": HOSTILE}]
    python["version"] = HOSTILE
    python["executable"] = f"/v/{HOSTILE}/python"
    snapshot["host"]["libc"]["name"] = HOSTILE
    snapshot["cuda"]["driver"]["devices"][0]["name"] = HOSTILE
    snapshot["cuda"]["kernel_module"]["version"] = HOSTILE
    snapshot["bitsandbytes"]["path"] = f"/v/{HOSTILE}"
    snapshot["collectors"]["session"] = {"status": "crashed", "detail": HOSTILE, "ms": 1}


@pytest.fixture
def shown(probe, case):
    """shown(format): (what it writes, the check document)."""
    code, document = run_check(probe, *case[1:], redact=True)
    if str(case[2]).endswith("hostile.json"):
        says = json.dumps(document["checks"])
        assert says.count("planted") > 10 and "<b>" in says, "it is not where it should be"

    def run(form):
        result = probe.run(*case, "--format", form)
        assert result.code == code and result.err == ""
        assert "\x1b" not in result.out and "\x00" not in result.out and "\u202e" not in result.out
        return result.out, document

    return run


def scored(document):
    return [one for one in document["checks"] if one["result"] != "note"]


def test_junit(shown, tmp_path):
    text, document = shown("junit")
    path = tmp_path / "junit.xml"
    path.write_text(text)
    done = subprocess.run(["xmllint", "--noout", "--nonet", "--schema",
                           str(published.path("junit-10.xsd")), str(path)],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    suites = xml.etree.ElementTree.fromstring(text)
    (suite,) = suites
    cases = suite.findall("testcase")
    expected = scored(document)
    assert len(cases) == len(expected) == int(suite.get("tests"))
    for element, one in zip(cases, expected):
        assert words(element.get("name")) == words(readable(one["name"]))
        names = [child.tag for child in element]
        assert names == {"pass": [], "fail": ["failure"], "unknown": ["error"]}[one["result"]]
    assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
    assert int(suite.get("errors")) == len(suite.findall("testcase/error"))


def test_junit_has_what_the_strictest_schema_asks_for(shown):
    """Ant's schema: every attribute is required, in this order the children, and no others."""
    text, _ = shown("junit")
    suites = xml.etree.ElementTree.fromstring(text)
    assert suites.tag == "testsuites" and not suites.attrib
    (suite,) = suites
    assert set(suite.attrib) == {"name", "package", "id", "timestamp", "hostname", "tests",
                                 "failures", "errors", "time"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp"))
    tags = [child.tag for child in suite]
    assert tags == ["properties", *["testcase"] * (len(tags) - 3), "system-out", "system-err"]
    for case in suite.findall("testcase"):
        assert set(case.attrib) == {"name", "classname", "time"}
        assert all(set(child.attrib) == {"type", "message"} for child in case)


def test_junit_says_why(shown):
    text, document = shown("junit")
    (suite,) = xml.etree.ElementTree.fromstring(text)
    for case, one in zip(suite.findall("testcase"), scored(document)):
        for child in case:
            assert words(child.get("message")) == words(readable(one["says"]))


def words(text):
    return " ".join(text.split())


def readable(text):
    """As a name is shown: control characters and direction marks replaced, on one line."""
    text = re.sub(r"[\n\t]", " ", text)
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]",
                  "\ufffd", text)


def test_sarif(shown):
    text, document = shown("sarif")
    log = json.loads(text)
    errors = list(jsonschema.Draft4Validator(published.schema("sarif-2.1.0.json")).iter_errors(log))
    assert not errors, errors[0].message
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    results = run["results"]
    expected = [one for one in document["checks"]
                if one["result"] != "pass" and not one["explained_by"] and one["kind"] != "collector"]
    assert len(results) == len(expected)
    for result, one in zip(results, expected):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["kind"] == ("open" if one["result"] == "unknown" else "fail")
        # Section 3.27.10: a level other than "none" is for failures alone.
        assert (result["level"] == "none") == (result["kind"] == "open")
        names = [place["fullyQualifiedName"] for location in result["locations"]
                 for place in location.get("logicalLocations", [])]
        assert names == [piece["pointer"] for piece in one["evidence"] if "pointer" in piece]
        if one["kind"] == "finding":
            assert result["ruleId"] == one["id"]
            (found,) = [each for each in document["findings"] if each["pattern"] == one["id"]]
            signature = (found.get("signature") or {}).get("code")
            assert result.get("fingerprints", {}).get("rootCause/v1") == signature
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] == (document["result"] != "unknown")
    notes = invocation["toolExecutionNotifications"]
    assert len(notes) == sum(one["kind"] == "collector" for one in document["checks"])


def test_sarif_addresses_are_addresses(shown):
    text, _ = shown("sarif")
    for address in re.findall(r'"uri":\s*"([^"]*)"', text):
        assert re.fullmatch(r"(file:///)?[-A-Za-z0-9._~/]*(%[0-9A-F]{2}[-A-Za-z0-9._~/]*)*", address)


def test_tap_is_read_by_prove(shown, tmp_path):
    text, document = shown("tap")
    path = tmp_path / "result.tap"
    path.write_text(text)
    done = subprocess.run(["prove", "-e", "cat", str(path)], capture_output=True, text=True,
                          check=False, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"})
    tests = scored(document)
    failed = sum(one["result"] != "pass" for one in tests)
    assert "Parse errors" not in done.stdout, done.stdout
    assert f"Tests={len(tests)}," in done.stdout
    assert (done.returncode == 0) == (failed == 0)
    if failed:
        assert f"Tests: {len(tests)} Failed: {failed})" in done.stdout


def test_tap_and_its_diagnostics(shown):
    text, document = shown("tap")
    lines = text.split("\n")
    tests = scored(document)
    assert lines[:2] == ["TAP version 13", f"1..{len(tests)}"]
    points = [line for line in lines if re.match(r"(not )?ok ", line)]
    assert len(points) == len(tests)
    for number, (line, one) in enumerate(zip(points, tests), 1):
        word = "ok" if one["result"] == "pass" else "not ok"
        # No "#" without a backslash before it: it would begin a directive.
        assert re.fullmatch(rf"{word} {number} - ([^#\\]|\\[#\\])*", line), line
    blocks = re.findall(r"\n  ---\n(.*?)\n  \.\.\.\n", text, re.DOTALL)
    troubled = [one for one in tests if one["result"] != "pass"]
    assert len(blocks) == len(troubled)
    for block, one in zip(blocks, troubled):
        read = yaml.safe_load(block)
        assert read["severity"] == {"fail": "fail", "unknown": "unknown"}[one["result"]]
        assert words(read["message"]) == words(readable(one["says"]))
        assert len(read.get("facts", [])) == len(one["evidence"])


def commands_of(lines):
    """As the runner of GitHub Actions reads a line (ActionCommand.cs of github.com/actions/runner)."""
    for line in lines:
        command = re.fullmatch(r"\s*::(\w[\w-]*)(?: (.*?))?::(.*)", line)
        if not command:
            assert "##[" not in line
            continue
        name, properties, message = command.groups()
        read = {}
        for word in (properties or "").split(","):
            key, _, value = word.partition("=")
            for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ",")):
                value = value.replace(code, character)
            read[key.strip()] = value.replace("%25", "%")
        for code, character in (("%0D", "\r"), ("%0A", "\n")):
            message = message.replace(code, character)
        yield name, read, message.replace("%25", "%")


def test_github_annotations(shown):
    text, document = shown("github")
    *lines, summary, end = text.split("\n")
    assert end == "" and summary == f"bnb-probe check: {document['says']}"
    receipt = [line for line in lines if not line.startswith("::")]
    assert "withheld from this report" in receipt[-1] and len(receipt) <= 2
    lines = lines[:-len(receipt)]
    commands = list(commands_of(lines))
    assert len(commands) == len(lines)
    expected = [one for one in document["checks"]
                if one["result"] != "pass" and not one["explained_by"]]
    assert len(commands) == len(expected)
    for (name, properties, message), one in zip(commands, expected):
        assert name == ("error" if one["result"] != "note" else
                        "notice" if one["severity"] == "info" else "warning")
        assert set(properties) <= {"title", "file", "line"}
        assert properties["title"].startswith("bnb-probe: ")
        assert words(message).startswith(words(readable(one["says"]))), message
        assert words(properties["title"]) == words(f"bnb-probe: {readable(one['name'])}")


def test_markdown(shown):
    text, document = shown("markdown")
    rows = [line for line in text.split("\n") if line.startswith("| ")]
    assert len(rows) == len(document["checks"]) + 2
    # A cell ends at a "|" without a backslash before it: three cells a row, whatever stands in them.
    for row in rows:
        assert len(re.findall(r"(?<!\\)\|", row)) == 4, row
    assert "<b>" not in re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    assert text.count("```") % 2 == 0


def test_text_names_every_check(shown):
    text, document = shown("text")
    marks = re.findall(r"^(pass|FAILED|unknown|note) ", text, re.MULTILINE)
    words = {"pass": "pass", "fail": "FAILED", "unknown": "unknown", "note": "note"}
    assert marks == [words[one["result"]] for one in document["checks"]]
    assert max(map(len, text.splitlines()[:1])) < 80


SECRETS = ("quillsworth", "hf_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789", "203.0.113.77")


@pytest.mark.parametrize("form", ["text", "json", "markdown", "github", "junit", "sarif", "tap"])
def test_secrets_do_not_show(probe, wheel_venv, tmp_path, form):
    home = tmp_path / "home" / SECRETS[0]
    home.mkdir(parents=True)
    log = home / "run.log"
    log.write_text(f"CUDA SETUP: Setup Failed! {home}/x.py {SECRETS[1]} {SECRETS[2]}:29500\n")
    env = {**wheel_venv("0.49.2").active, "HOME": home, "USER": SECRETS[0], "LOGNAME": SECRETS[0],
           "HF_TOKEN": SECRETS[1]}
    summary = home / "summary.md"
    result = probe.run("check", "--format", form, "--log", log, "--summary", summary, *HOPPER,
                       "--require", "transformers", env=env, cwd=home)
    assert result.code == 1
    assert "Setup Failed" in result.out
    for secret in SECRETS:
        assert secret not in result.out and secret not in summary.read_text()
