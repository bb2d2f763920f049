"""`bnb-probe compare`: what differs between machines, and how reports of many are gathered."""

import copy
import itertools
import json
import os
import random
import subprocess

import jsonschema
import pytest

from support.program import SOURCE, program_under_test

GOOD = ("--assume", "gpu=9.0", "--assume", "driver=550.54", "--assume", "torch=2.6.0+cu124",
        "--assume", "bitsandbytes=0.45.5")
OLD_DRIVER = tuple("driver=470.82" if word == "driver=550.54" else word for word in GOOD)


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    """Reports of three machines: two that are alike, and one with an older driver."""
    program = program_under_test(tmp_path_factory.mktemp("machines"))
    return {name: program.report(*how) for name, how in
            {"node1": GOOD, "node2": GOOD, "node3": OLD_DRIVER}.items()}


@pytest.fixture
def folder(documents, tmp_path):
    made = tmp_path / "reports"
    made.mkdir()
    for name, document in documents.items():
        (made / f"{name}.json").write_text(json.dumps(document, indent=2))
    return made


def compare(probe, *arguments, code=0, **how):
    result = probe.run("compare", "--format", "json", *arguments, **how)
    assert result.code == code, result.err
    document = json.loads(result.out)
    schema = json.loads((SOURCE / "report/bnb-probe-1.schema.json").read_text())
    jsonschema.validate(document, {**schema["$defs"]["compare"], "$defs": schema["$defs"]})
    return document


def members(document):
    return [sorted(cluster["names"]) for cluster in document["clusters"]]


def facts(document):
    """{title: {value: names}} of all differences."""
    return {one["title"]: {value["value"]: sorted(itertools.chain.from_iterable(
        document["clusters"][cluster]["names"] for cluster in value["clusters"]))
        for value in one["values"]} for one in document["differences"]}


def test_two_reports(probe, folder):
    document = compare(probe, "node1.json", "node3.json", cwd=folder)
    assert document["reports"] == 2 and not document["alike"]
    found = facts(document)
    assert found["Verdict"] == {"ok": ["node1.json"], "problem": ["node3.json"]}
    assert found["NVIDIA driver"] == {"550.54": ["node1.json"], "470.82": ["node3.json"]}
    groups = [one["group"] for one in document["differences"]]
    assert groups == sorted(groups, key=["outcome", "gpu", "torch", "bitsandbytes", "python", "host",
                                         "environment", "tools", "collectors"].index)
    text = probe.run("compare", "node1.json", "node3.json", cwd=folder)
    assert text.code == 0
    assert text.out.splitlines()[0].startswith("2 reports differ in ")
    assert "470.82 (node3.json)" in text.out


def test_the_same_machine_twice_is_alike(probe, tmp_path):
    """Two real runs, with all that is different from run to run."""
    for name in ("first", "second"):
        result = probe.run("--format", "json", "-o", tmp_path / name, env={"TMPDIR": tmp_path / name})
        assert result.code == 0
    document = compare(probe, tmp_path / "first", tmp_path / "second")
    assert document["alike"] and document["differences"] == []
    assert "alike" in probe.run("compare", tmp_path / "first", tmp_path / "second").out


def test_the_odd_one_out(probe, folder):
    document = compare(probe, folder)
    assert document["odd_one_out"] == "node3"
    assert members(document) == [["node1", "node2"], ["node3"]]
    driver = next(one for one in document["differences"] if one["title"] == "NVIDIA driver")
    assert driver["goes_with_outcome"]
    assert driver["values"][driver["majority"]]["value"] == "550.54"
    text = probe.run("compare", folder).out
    assert text.startswith("node3 is the odd one out of 3 reports")


def srun(documents):
    """srun -l: lines of all tasks as they come, each with the number of its task."""
    lines = [[f"{number:>2}: {line}" for line in json.dumps(document, indent=1).splitlines()]
             for number, document in enumerate(documents.values())]
    mixed = [line for row in itertools.zip_longest(*lines) for line in row if line is not None]
    return "\n".join([*mixed, "srun: error: node9: task 3: Exited with exit code 127", ""])


def pods(documents):
    return "".join(f"[pod/{name}/main] {line}\n" for name, document in documents.items()
                   for line in json.dumps(document, indent=2).splitlines())


def ansible(documents):
    return "".join(f"{name} | CHANGED | rc=0 >>\n{json.dumps(document, indent=4)}\n"
                   for name, document in documents.items())


def tasks(documents):
    hosts = {name: {"stdout": json.dumps(document), "rc": 0} for name, document in documents.items()}
    return json.dumps({"plays": [{"tasks": [{"hosts": hosts}]}]})


GATHERED = {
    "srun -l": (srun, ["0", "1", "2"]),
    "kubectl logs --prefix": (pods, ["node1/main", "node2/main", "node3/main"]),
    "clush": (lambda d: "".join(f"{n}: {json.dumps(x)}\n" for n, x in d.items()), None),
    "ansible": (ansible, None),
    "ansible's JSON": (tasks, None),
    "an object by host": (json.dumps, None),
    "JSON lines": (lambda d: "".join(json.dumps(x) + "\n" for x in d.values()),
                   ["standard input:1", "standard input:2", "standard input:3"]),
    "one after the other": (lambda d: "".join(json.dumps(x, indent="\t") + "\n" for x in d.values()), ...),
    "without indents": (lambda d: "".join(json.dumps(x, indent=0) + "\n" for x in d.values()), ...),
    "an array": (lambda d: json.dumps(list(d.values())), ...),
    "an indented array": (lambda d: json.dumps(list(d.values()), indent=2), ...),
}


@pytest.mark.parametrize("way", GATHERED)
def test_what_tools_gather(probe, documents, way):
    gather, names = GATHERED[way]
    document = compare(probe, "-", stdin=gather(documents))
    assert [cluster["count"] for cluster in document["clusters"]] == [2, 1]
    if names is not ...:
        names = names or list(documents)
        assert members(document) == [names[:2], names[2:]]
        assert document["odd_one_out"] == names[2]


def test_a_tree_of_ansible(probe, documents, tmp_path):
    """--tree: a file a host, named after it, the report as a text in what the module returned."""
    tree = tmp_path / "tree"
    tree.mkdir()
    for name, document in documents.items():
        text = json.dumps(document, indent=2)
        (tree / f"{name}.example.org").write_text(json.dumps(
            {"changed": True, "rc": 0, "stdout": text, "stdout_lines": text.splitlines()}))
    (tree / "node4.example.org").write_text(json.dumps(
        {"changed": False, "msg": "Failed to connect to the host via ssh", "unreachable": True}))
    (tree / "node5.example.org").write_text(json.dumps(
        {"changed": True, "rc": 127, "stdout": "", "stderr": "bnb-probe: command not found"}))
    result = probe.run("compare", "--format", "json", tree)
    assert result.code == 3
    assert members(json.loads(result.out)) == [["node1.example.org", "node2.example.org"],
                                               ["node3.example.org"]]
    assert len(result.err_lines) == 2
    assert "node4.example.org" in result.err_lines[0] and "Failed to connect" in result.err_lines[0]
    assert "node5.example.org" in result.err_lines[1] and "not found" in result.err_lines[1]


def test_folders_in_folders(probe, documents, tmp_path):
    for name, document in documents.items():
        (tmp_path / "all" / name).mkdir(parents=True)
        (tmp_path / "all" / name / "report.json").write_text(json.dumps(document))
    (tmp_path / "all" / "slurm.err").write_text("not JSON")
    assert members(compare(probe, tmp_path / "all")) == [
        ["node1/report", "node2/report"], ["node3/report"]]


def test_a_broken_document_costs_only_itself(probe, folder, documents):
    (folder / "node4.json").write_text("")
    (folder / "node5.json").write_text(json.dumps(documents["node1"])[:-100])
    (folder / "node6.json").write_text('{"schema": "bnb-probe/9"}')
    (folder / "node7.json").write_text("Traceback (most recent call last):\n")
    result = probe.run("compare", "--format", "json", folder)
    assert result.code == 3
    document = json.loads(result.out)
    assert document["reports"] == 3
    assert len(result.err_lines) == 4 == len(document["problems"])
    for line, name, word in zip(result.err_lines, ("node4", "node5", "node6", "node7"),
                                ("empty", "cut off", "bnb-probe/9", "no JSON")):
        assert name in line and word in line


def test_a_line_that_is_cut_off(probe, documents):
    lines = [json.dumps(document) for document in documents.values()]
    result = probe.run("compare", "--format", "json", "-", stdin="\n".join([lines[0], lines[0][:999], *lines[1:], ""]))
    assert result.code == 3
    assert "line 2" in result.err
    assert json.loads(result.out)["reports"] == 3


@pytest.mark.parametrize("arguments, code", [((), 2), (("none.json",), 3), (("node1.json",), 3),
                                             (("--format", "url", "node1.json"), 2)])
def test_nothing_to_compare(probe, folder, arguments, code):
    result = probe.run("compare", *arguments, cwd=folder)
    assert result.code == code and result.out == ""
    assert 1 <= len(result.err_lines) <= 2


def test_redacted_reports_compare(probe, folder, tmp_path):
    """Homes and names of different people are taken out; whose report it is says the file."""
    for name, user in (("left", "annabel"), ("right", "bartholomew")):
        home = tmp_path / user
        home.mkdir()
        result = probe.run("--format", "json", "-o", folder / f"{name}.json", env={
            "HOME": home, "USER": user, "LD_LIBRARY_PATH": f"/home/{user}/lib"})
        assert result.code == 0
    document = compare(probe, "left.json", "right.json", cwd=folder)
    assert document["alike"], document["differences"]
    assert members(document) == [["left.json", "right.json"]]


def test_what_is_shown_is_redacted(probe, folder, documents):
    """Reports that were made with --no-redact; versions of four parts are no addresses."""
    changed = copy.deepcopy(documents["node1"])
    changed["snapshot"]["environment"]["LD_PRELOAD"] = "hf_abcdefghijklmnopqrstuvwxyzABCDEFGH 203.0.113.9"
    changed["snapshot"]["cuda"]["libraries"] = [
        {"family": "cublas", "version": "12.8.4.1", "found_from": "wheel"}]
    (folder / "node3.json").write_text(json.dumps(changed))
    for form in ("text", "json", "markdown"):
        result = probe.run("compare", "--format", form, folder)
        assert "hf_abcdef" not in result.out and "203.0.113.9" not in result.out
        assert "12.8.4.1 (wheel)" in result.out
        assert "203.0.113.9" in probe.run("compare", "--no-redact", "--format", form, folder).out


def test_what_is_shown_is_plain(probe, folder, documents):
    nasty = "x`*<b>@someone\x1b[31m\u202e"
    changed = copy.deepcopy(documents["node1"])
    changed["snapshot"]["environment"]["CUDA_HOME"] = nasty
    (folder / f"a{nasty.replace('/', '')}.json").write_text(json.dumps(changed))
    for form in ("text", "markdown"):
        result = probe.run("compare", "--verbose", "--format", form, folder)
        assert result.code == 0
        assert "\x1b" not in result.out and "\u202e" not in result.out
        assert form == "text" or "<b>" not in result.out.replace("`` x`*<b>", "")


def test_recorded_machines(probe, recorded_machines, tmp_path):
    """Real machines that have little in common."""
    reports = tmp_path / "reports"
    reports.mkdir()
    names = ("16amd64-4n4c-cgroup-distance-merge", "32amd64-4s2n4c-cgroup2")
    for name in names:
        root = recorded_machines / name
        if not root.is_dir():
            pytest.skip(f"needs recorded machines: {name}")
        (reports / f"{name}.json").write_text(json.dumps(probe.report("--root", root)))
    document = compare(probe, reports)
    found = facts(document)
    assert all(name in str(found["Memory"]) for name in names)
    assert all(len(values) > 1 for values in found.values())


def mutated(document, rng):
    """The document with something of another type at one place."""
    changed = copy.deepcopy(document)
    at = changed
    while True:
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        key = rng.choice(keys)
        if not isinstance(at[key], (dict, list)) or not at[key] or rng.random() < 0.15:
            at[key] = rng.choice([None, True, -1, 1e300, "", "/", [], {}, [[None]], {"": {}}, [{"a": []}]])
            return changed
        at = at[key]


def test_documents_of_any_shape(probe, documents):
    rng = random.Random(7)
    text = "".join(json.dumps(mutated(documents["node1"], rng)) + "\n" for _ in range(400))
    result = probe.run("compare", "-", stdin=text)
    assert result.code in (0, 3)
    assert result.out


@pytest.fixture
def fleet(documents, tmp_path):
    """2,000 hosts, each with noise of its own; every 400th has the old driver."""
    made = tmp_path / "fleet"
    made.mkdir()
    for number in range(2000):
        document = documents["node3" if number % 400 == 7 else "node1"]
        snapshot = document["snapshot"]
        host = {**document, "collected_at": f"2026-01-01T00:{number % 60:02}:00Z", "snapshot": {
            **snapshot,
            "collectors": {"host": {"status": "ok", "ms": number / 7}},
            "environment": {"LD_LIBRARY_PATH": f"/tmp/slurm.{number}/lib", "CUDA_VISIBLE_DEVICES": str(number % 8),
                            "CUDA_HOME": f"/local/of-host{number}"}}}
        (made / f"node{number:04}.json").write_text(json.dumps(host))
    return made


def test_a_fleet(release_probe, fleet):
    document = compare(release_probe, fleet)
    assert document["reports"] == 2000
    assert [cluster["count"] for cluster in document["clusters"]] == [1995, 5]
    assert document["clusters"][1]["names"] == ["node0007", "node0407", "node0807", "node1207", "node1607"]
    assert [one["title"] for one in document["scattered"]] == ["CUDA_HOME"]
    before = os.times()
    done = subprocess.run([release_probe.path, "compare", fleet], capture_output=True, text=True,
                          env=release_probe.environment(), check=True, timeout=60)
    after = os.times()
    assert "5 reports: node0007, node0407, node0807, ..." in done.stdout
    assert after.children_user - before.children_user < 5
    assert release_probe.peak_kb("compare", fleet) < 32 * 1024
