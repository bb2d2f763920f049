"""`bnb-probe triage`: what it reads, what it says, and when it does not say "close"."""

import json

import jsonschema
import pytest

from support.program import SOURCE

LEGACY = """I run a training script.

```
/opt/venv/lib/python3.10/site-packages/bitsandbytes/cuda_setup/main.py:166: UserWarning: Welcome to bitsandbytes. For bug reports, please run
CUDA SETUP: Loading binary /opt/venv/lib/python3.10/site-packages/bitsandbytes/libbitsandbytes_cpu.so...
Traceback (most recent call last):
  File "/srv/job/train.py", line 4, in <module>
    import bitsandbytes as bnb
  File "/opt/venv/lib/python3.10/site-packages/bitsandbytes/cextension.py", line 20, in <module>
    raise RuntimeError('''
RuntimeError:
        CUDA Setup failed despite GPU being available. Please run the following command to get more information:
```

bitsandbytes==0.41.1
"""

FEATURE = "### Feature request\n\nA paged Lion for the XPU backend.\n\n### Motivation\n\nLess memory.\n"


def issue(number=1, title="Setup fails", body=LEGACY, **more):
    return {"number": number, "title": title, "body": body, **more}


def triage(probe, *arguments, stdin=None):
    result = probe.run("triage", "--format", "json", *arguments, stdin=stdin)
    assert result.code == 0, result.err
    document = json.loads(result.out)
    schema = json.loads((SOURCE / "report/bnb-probe-1.schema.json").read_text())
    jsonschema.validate(document, {**schema["$defs"]["triage"], "$defs": schema["$defs"]})
    snapshot = {**schema["$defs"]["snapshot"], "$defs": schema["$defs"], "required": []}
    for result in document["results"]:
        jsonschema.validate(result["facts"]["snapshot"], snapshot)
    return document["results"]


def one(probe, body, title="Something", **more):
    return triage(probe, "-", stdin=json.dumps(issue(title=title, body=body, **more)))[0]


def test_plain_text(probe):
    (result,) = triage(probe, "-", stdin=LEGACY)
    assert result["primary"] == "legacy-cuda-setup"
    assert result["facts"]["bnb_version"] == "0.41.1"
    assert result["facts"]["python_version"] == "3.10"
    assert result["facts"]["error_in"] == "bitsandbytes"
    evidence = result["findings"][0]["evidence"]
    lines = LEGACY.splitlines()
    for piece in evidence:
        if "excerpt" in piece:
            assert piece["excerpt"].strip("…").strip() in lines[piece["line"] - 1]


@pytest.mark.parametrize("shape", ["object", "indented", "array", "lines", "rest", "graphql"])
def test_shapes(probe, shape):
    issues = [issue(3), issue(4, "Paged Lion", FEATURE, comments=[{"body": "me too"}])]
    text = {
        "object": lambda: json.dumps(issues[0]),
        "indented": lambda: json.dumps(issues[0], indent=2),
        "array": lambda: json.dumps(issues),
        "lines": lambda: "\n".join(map(json.dumps, issues)) + "\n",
        "rest": lambda: json.dumps([{**i, "id": 99, "comments": 5, "user": {"login": "x"}} for i in issues]),
        "graphql": lambda: json.dumps(
            {"data": {"repository": {"issues": {"nodes": [
                {**i, "comments": {"nodes": [{"body": "hm"}]}} for i in issues]}}}}),
    }[shape]()
    results = triage(probe, "-", stdin=text)
    expected = [3] if shape in ("object", "indented") else [3, 4]
    assert [r["id"] for r in results] == expected
    assert results[0]["primary"] == "legacy-cuda-setup"
    assert results[0]["title"] == "Setup fails"
    if len(results) > 1:
        assert results[1]["primary"] is None
        assert results[1]["action"] == "keep"


def test_many_files(probe, tmp_path):
    names = []
    for number in range(3):
        path = tmp_path / f"issue{number}.md"
        path.write_text(f"# Title {number}\n\n{LEGACY}")
        names.append(str(path))
    results = triage(probe, *names)
    assert [r["title"] for r in results] == ["# Title 0", "# Title 1", "# Title 2"]
    assert [r["id"] for r in results] == names


def test_a_report_of_its_own(probe, tmp_path):
    path = tmp_path / "report.json"
    path.write_text(json.dumps({"schema": "bnb-probe/1", "snapshot": {
        "host": {"os": "linux", "machine": "x86_64", "libc": {"name": "glibc", "version": "2.17"}},
        "bitsandbytes": {"installed": True, "version": "0.42.0"}, "collectors": {}}}))
    (result,) = triage(probe, str(path))
    assert result["primary"] == "eol-glibc"


def test_a_pasted_report_that_disagrees(probe):
    pasted = json.dumps({"schema": "bnb-probe/1", "snapshot": {"bitsandbytes": {"version": "0.49.2"}}})
    result = one(probe, f"I use bitsandbytes==0.41.1\n\n```json\n{pasted}\n```\n")
    assert result["facts"]["disagreements"] == [
        {"pointer": "/bitsandbytes/version", "text": "0.41.1", "attached": "0.49.2"}]
    assert result["action"] == "keep"


def test_a_broken_line_costs_only_itself(probe):
    text = "\n".join([json.dumps(issue(1)), '{"title": "cut', json.dumps(issue(2)), "[]", ""])
    result = probe.run("triage", "--format", "json", "-", stdin=text)
    assert result.code == 3
    assert [r["id"] for r in json.loads(result.out)["results"]] == [1, 2]
    assert len(result.err_lines) == 2
    assert "line 2" in result.err_lines[0]
    assert "line 4" in result.err_lines[1]


def test_an_array_that_is_cut_off(probe):
    text = json.dumps([issue(1), issue(2)])[:-40]
    result = probe.run("triage", "--format", "json", "-", stdin=text)
    assert result.code == 3
    assert [r["id"] for r in json.loads(result.out)["results"]] == [1]
    assert "cut off" in result.err


def test_a_log_that_starts_with_objects_is_a_log(probe):
    log = '{"loss": 1.2, "step": 1}\n{"loss": 1.1, "step": 2}\n' + LEGACY
    (result,) = triage(probe, "-", stdin=log)
    assert result["primary"] == "legacy-cuda-setup"


@pytest.mark.parametrize("text", ["", "  \n\n"])
def test_nothing_at_all(probe, text):
    result = probe.run("triage", "-", stdin=text)
    assert result.code == 3
    assert "empty" in result.err


def test_bytes_that_are_no_text(probe):
    broken = b"# T\xff\xfe\n\n" + LEGACY.replace("\n", "\r\n").encode() + b"\x1b[31mred\x1b[0m \xc3"
    result = probe.run("triage", "--format", "json", "-", stdin=broken)
    assert result.code == 0
    assert json.loads(result.out)["results"][0]["primary"] == "legacy-cuda-setup"


def test_entities_bars_and_details(probe):
    body = ("<details><summary>log</summary>\n\n 10%|##   |\r 90%|#### |\rdone\n"
            "NameError: name &#39;str2optimizer32bit&#39; is not defined\n</details>")
    assert one(probe, body)["primary"] == "native-library-load-failure"


def test_closing(probe):
    result = one(probe, LEGACY)
    assert result["action"] == "close"
    assert "0.41.1" in result["closing_comment"]
    assert "open a new issue" in result["closing_comment"]


NOT_TO_BE_CLOSED = {
    "a feature request that quotes a trace": FEATURE + LEGACY,
    "a current version that shows the old trace": LEGACY.replace("0.41.1", "0.49.2"),
    "two versions": LEGACY + "\nthe same with bitsandbytes==0.48.0\n",
    "the banner of a log that ends well, and another error":
        "CUDA SETUP: Loading binary /x/libbitsandbytes_cuda118.so...\nbitsandbytes==0.40.0\n"
        "Traceback (most recent call last):\n  File \"/x/site-packages/bitsandbytes/nn/modules.py\", line 4, in f\n"
        "ValueError: wrong shape",
    "an illegal access of a bare operation":
        "bitsandbytes==0.49.2\n```python\nimport bitsandbytes.functional as F\nF.quantize_4bit(x)\n```\n"
        "RuntimeError: CUDA error: an illegal memory access was encountered",
    "a mangled symbol of a ROCm file":
        "libbitsandbytes_rocm62.so: undefined symbol: _Z26__device_stub__kQuantize",
    "a binary that is not shipped yet":
        "bitsandbytes==0.49.2\nRuntimeError: Configured CUDA binary not found at "
        "/x/site-packages/bitsandbytes/libbitsandbytes_cuda134.so",
    "FSDP in a report about Params4bit": "FSDP with Params4bit state_dict fails, bitsandbytes==0.49.1\n"
        "RuntimeError: Unexpected key(s) in state_dict",
    "DeepSpeed with a wrong loss": "DeepSpeed stage 3 gives a higher loss than stage 2 with bnb, 0.48.1",
    "GLIBCXX": "ImportError: /lib64/libstdc++.so.6: version `GLIBCXX_3.4.29' not found (required by "
        "/x/bitsandbytes/libbitsandbytes_cpu.so)",
}


@pytest.mark.parametrize("name", NOT_TO_BE_CLOSED)
def test_look_alikes_are_kept(probe, name):
    assert one(probe, NOT_TO_BE_CLOSED[name])["action"] != "close"


@pytest.mark.parametrize("labels", [["Question"], [{"name": "Question"}], {"nodes": [{"name": "Question"}]}])
def test_a_label_is_a_fact(probe, labels):
    words = "bitsandbytes rounds to the nearest of 16 values, I take it, and keeps one scale a block."
    result = one(probe, words, title="Rounding in NF4", labels=labels)
    assert result["facts"]["text"]["labels"] == ["Question"]
    assert (result["primary"], result["action"]) == ("question-not-bug", "keep")
    assert one(probe, words, title="Rounding in NF4")["primary"] is None


@pytest.mark.parametrize("label", ["Feature Request", "enhancement", "Contributions Welcome", "High Priority"])
def test_what_is_wanted_is_not_closed(probe, label):
    assert one(probe, LEGACY, labels=[{"name": "Windows"}])["action"] == "close"
    assert one(probe, LEGACY, labels=[{"name": label}])["action"] == "keep"


def test_what_a_comment_says_closes_nothing(probe):
    result = one(probe, "How far is the work on this?", comments=[{"body": LEGACY}])
    assert result["primary"] == "legacy-cuda-setup"
    assert result["action"] == "keep"


def test_cause_before_symptom(probe):
    result = one(probe, LEGACY + "\nNameError: name 'str2optimizer32bit' is not defined\n")
    assert result["primary"] == "legacy-cuda-setup"
    symptom = [f for f in result["findings"] if f["pattern"] == "native-library-load-failure"]
    assert symptom[0]["cause"] == "legacy-cuda-setup"


def test_markdown_for_a_review(probe):
    nasty = 'x`*<b>@someone\x1b[31m</details> ](http://e.example)'
    issues = [issue(5, nasty), issue(6, "hm", "no pattern"), issue(7, "Setup", LEGACY.replace("0.41.1", ""))]
    result = probe.run("triage", "--format", "markdown", "-", stdin=json.dumps(issues))
    assert result.code == 0
    assert "# gh issue close 5 " in result.out
    assert "# gh issue close 6 " not in result.out
    assert all(line.startswith("#") for line in result.out.splitlines() if "gh issue close" in line)
    assert "\x1b" not in result.out
    title = next(line for line in result.out.splitlines() if line.startswith("- #5"))
    assert "<b>" not in title and "@someone" not in title and "](http" not in title.replace("\\](", "")
    assert "No known pattern" in result.out


def test_text_is_escaped(probe):
    result = probe.run("triage", "-", stdin=json.dumps(issue(5, "a\x1b]0;t\x07b\u202ec")))
    assert result.code == 0
    assert "\x1b" not in result.out and "\x07" not in result.out and "\u202e" not in result.out


def test_why(probe):
    result = probe.run("triage", "--why", "legacy-cuda-setup", "-", stdin=LEGACY)
    assert result.code == 0
    assert "true" in result.out and "shows/0" in result.out
    result = probe.run("triage", "--why-not", "eol-glibc", "-", stdin=LEGACY)
    assert result.code == 0
    assert "false" in result.out
    result = probe.run("triage", "--why", "no-such", "-", stdin=LEGACY)
    assert result.code == 2
    assert len(result.err_lines) == 1


def test_a_signature_that_is_given_up_is_noted(probe, tmp_path):
    pattern = {
        "id": "greedy", "title": "Greedy", "severity": "info", "disposition": "question", "affects": "x",
        "explanation": "x", "shows": [{"status": "likely", "says": "x", "when": {"text_matches": "(a+)+(a+)+[^a][xy]"}}],
        "rules_out": [], "explains": [], "remedy": [], "closing_comment": None, "canonical_issue": None,
        "references": [], "proof": {"fires": [{"name": "a", "text": "aabx"}], "near_misses": [{"name": "b", "text": "c"}]}}
    (tmp_path / "greedy.json").write_text(json.dumps(pattern))
    (result,) = triage(probe, "--patterns", str(tmp_path), "-", stdin=LEGACY + "a" * 5000)
    assert result["primary"] == "legacy-cuda-setup"
    assert "1 of the signatures" in result["notes"][0]


def test_the_pattern_in_the_documentation(probe, tmp_path):
    text = (SOURCE / "checks/patterns/README.md").read_text()
    example = text.split("## A pattern in ten lines")[1].split("```")[1]
    (tmp_path / "gpu-on-fire.json").write_text(example)
    assert len(example.strip().splitlines()) <= 10
    linted = probe.run("patterns", "--lint", str(tmp_path))
    assert linted.code == 0, linted.err


def test_a_file_with_the_result(probe, tmp_path):
    out = tmp_path / "out.json"
    result = probe.run("triage", "--format", "json", "-o", str(out), "-", stdin=LEGACY)
    assert result.code == 0 and result.out == ""
    assert len(json.loads(out.read_text())["results"]) == 1


def test_a_file_that_cannot_be_written_is_said_before_the_work(probe, tmp_path):
    out = tmp_path / "none" / "out.json"
    result = probe.run("triage", "-o", out, tmp_path / "not-read-either")
    assert result.code == 3
    assert len(result.err_lines) == 1 and str(out) in result.err


@pytest.mark.parametrize("format", ["text", "json"])
def test_memory_does_not_grow_with_the_tracker(release_probe, tmp_path, format):
    """Into a file as well: the results go out as they come."""
    filler = "\n".join(f"step {i}: loss 1.{i} on cuda:0 with torch and transformers" for i in range(140))
    peaks = []
    for count in (500, 5000):
        tracker = tmp_path / f"tracker{count}.jsonl"
        tracker.write_text("".join(json.dumps(issue(n, f"Issue {n}", LEGACY + filler)) + "\n" for n in range(count)))
        peaks.append(release_probe.peak_kb("triage", "--format", format, "-o", tmp_path / "out", tracker))
    assert (tmp_path / "out").stat().st_size > 5000 * 500
    assert peaks[1] < peaks[0] * 1.1 + 1024


def test_signatures_are_shown(probe):
    """The same root cause has one code, which each format shows with an address that searches for it."""
    issues = [issue(5), issue(6, "no pattern", "hm"), issue(7, "Again", LEGACY.replace("/srv/job", "/data"))]
    text = json.dumps(issues)
    results = triage(probe, "-", stdin=text)
    code = results[0]["findings"][0]["signature"]["code"]
    assert results[2]["findings"][0]["signature"]["code"] == code
    search = f"https://github.com/bitsandbytes-foundation/bitsandbytes/issues?q=is%3Aissue+%22{code}%22"
    shown = probe.run("triage", "-", stdin=text).out
    assert shown.count(f"Signature: {code} (legacy-cuda-setup") == 2
    assert shown.count(search) == 2
    review = probe.run("triage", "--format", "markdown", "-", stdin=text).out
    (line,) = [line for line in review.splitlines() if search in line]
    assert code in line and line.endswith("2 issues: #5, #7")


def test_secrets_stay_out(probe):
    body = LEGACY + "\nhf_abcdefghijklmnopqrstuvwxyzABCDEFGH /home/jdoe/x\nOSError: /home/jdoe/libcudart.so.11: " \
        "cannot open shared object file: No such file (bitsandbytes)"
    result = probe.run("triage", "--format", "json", "-", stdin=body)
    assert "jdoe" not in result.out
    assert "hf_abcdefghij" not in result.out


def test_a_tracker_takes_a_second(release_probe):
    filler = "\n".join(f"step {i}: loss 1.{i} on cuda:0 with torch and transformers" for i in range(140))
    issues = [issue(n, f"Issue {n}", (LEGACY if n % 3 else FEATURE) + filler) for n in range(2000)]
    text = "\n".join(map(json.dumps, issues))
    assert len(text) > 15_000_000
    result = release_probe.run("triage", "--format", "json", "-", stdin=text)
    assert len(json.loads(result.out)["results"]) == 2000
    assert result.seconds < 3
