"""
No report says who and where: canaries of every kind are planted in every place that a report is
made from, and looked for in every format of every command.
"""

import json
import os
import pty
import re
import subprocess

import pytest

from support import canaries, fake_driver, torch_layout, wheels
from support.canaries import PLANT, assert_none, everywhere, found_in
from support.program import SOURCE, Program, find_program

# --- every format of every command ---


def formats(probe, command):
    """The formats that a command writes, as its own help lists them."""
    line = re.search(r"--format FORMAT\s+([a-z0-9, ]+?)(?:;|$)", probe.run("help", command).out, re.M)
    return re.split(r",\s*|\s+or\s+", line[1])


def report_ways(probe, inputs):
    for form in formats(probe, "report"):
        yield ["report", "--format", form, *inputs]
        yield ["report", "--format", form, "--verbose", *inputs]
    yield ["report", "--quiet", *inputs]
    yield ["report", "--timing", *inputs]


def check_ways(probe, inputs):
    for form in formats(probe, "check"):
        yield ["check", "--format", form, "--require", "bitsandbytes>=99", *inputs]


# How each command is given the arguments that say what to look at; a new command is a new row.
WAYS = {"report": report_ways, "check": check_ways}


def assert_clean(probe, inputs, **how):
    """No output of any command that looks at a machine shows a canary; nor standard error."""
    for ways in WAYS.values():
        for arguments in ways(probe, inputs):
            result = probe.run(*arguments, **how)
            assert result.out and result.code in (0, 1, 3), result.err
            assert_none(result.out, " ".join(map(str, arguments[:4])))
            assert_none(result.err, "standard error of " + " ".join(map(str, arguments[:4])))


def test_every_command_that_redacts_is_looked_at(probe):
    listed = re.findall(r"^  (\w+) {2,}", probe.run("--help").out.split("Options")[0], re.M)
    redacting = {name for name in listed if "--no-redact" in probe.run("help", name).out}
    assert redacting == {"triage", "run", "compare", *WAYS}, "add a row to WAYS"


# --- a machine full of canaries ---


def distinct(folder, name):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.mkdir()
    return path


class Machine:
    """
    A home folder with a virtual environment whose every file says too much. (A number of four
    parts in a version or in the name of a file is a version, and no canary.)
    """

    def __init__(self, folder, wheel_venv):
        self.folder = folder
        self.home = distinct(folder / "people", canaries.USER)
        self.venv = wheels.linked_copy(wheel_venv("0.45.5"), self.home / "venv")
        self.tools = distinct(folder, "tools")
        self.libraries = distinct(folder, f"lib-{canaries.CANARIES[2][1]}-of-{canaries.USER}")
        self.plant_packages()
        self.plant_tools()
        self.plant_libraries()

    def plant_packages(self):
        torch_layout.add_torch(self.venv.site, "2.6.0+cu124", cuda="12.4")
        info = next(self.venv.site.glob("torch-*.dist-info"))
        (info / "METADATA").write_text(f"Name: torch\nVersion: 2.6.0\nRequires-Dist: {PLANT}\n")
        (info / "INSTALLER").write_text(PLANT + "\n")
        (info / "WHEEL").write_text(f"Tag: {PLANT}\nTag: {canaries.CANARIES[2][1]}\n")
        (info / "direct_url.json").write_text(json.dumps({
            "url": "https://canaryname:canarypass81@pkg.example.org/x?canaryquery=81",
            "vcs_info": {"vcs": "git", "requested_revision": PLANT, "commit_id": PLANT}}))
        for number, (kind, text, _) in enumerate(canaries.CANARIES):
            if kind == "ipv4":
                continue
            info = distinct(self.venv.site, f"accelerate-1.{number}.dist-info")
            (info / "METADATA").write_text(f"Name: accelerate {text}\nVersion: 1.0+{text}\n")
        info = distinct(self.venv.site, "peft-1.dist-info")
        (info / "METADATA").write_text(f"Name: peft\nVersion: {PLANT}\n")

    def plant_tools(self):
        for name in ("cmake", "nvcc", "gcc", "g++", "ninja", "hipcc", "python3"):
            tool = self.tools / name
            shown = PLANT.replace("'", "")
            tool.write_text(f"#!/bin/sh\necho 'cmake version {shown}'\necho '{shown}' >&2\nexit 1\n")
            tool.chmod(0o755)

    def plant_libraries(self):
        for kind, text, _ in canaries.CANARIES:
            if kind != "ipv4":
                (self.venv.package / f"libbitsandbytes_cuda-{text}.so").write_text("")
        fake_driver.build(self.libraries)

    def environment(self):
        gpu = f"Fake GPU of {canaries.USER} at {canaries.HOST}.{canaries.DOMAIN}, 10.66.77.88"
        return {
            "USER": canaries.USER,
            "HOME": self.home,
            "PATH": f"{self.tools}:/usr/bin:/bin",
            "VIRTUAL_ENV": self.venv.folder,
            "CONDA_PREFIX": f"/srv/{canaries.USER}/conda",
            "CUDA_VISIBLE_DEVICES": "GPU-c0ffee00-1234-5678-9abc-def012345678",
            "LD_LIBRARY_PATH": f"{self.libraries}:/home/bobbytables/lib",
            "LD_PRELOAD": "",
            "TORCH_CUDA_ARCH_LIST": PLANT,
            "PYTORCH_CUDA_ALLOC_CONF": PLANT,
            "BNB_CUDA_VERSION": canaries.CANARIES[2][1],
            "HF_TOKEN": PLANT,
            "SSH_CONNECTION": PLANT,
            "PS1": PLANT,
            "BNB_FAKE_CUDA": f"name={gpu}",
        }


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    return Machine(tmp_path_factory.mktemp("machine"), wheels.kept_venv)


@pytest.fixture(scope="module")
def as_host():
    """A wrapper that gives the machine a name of its own."""
    wrapper = ("unshare", "-u", "sh", "-c",
               f"hostname {canaries.HOST}.{canaries.DOMAIN} && exec \"$@\"", "sh")
    done = subprocess.run([*wrapper, "true"], capture_output=True, check=False)
    return wrapper if done.returncode == 0 else ()


@pytest.fixture
def log_file(probe):
    """A log, named with a canary, that a pattern recognises, canaries all around."""
    path = probe.folder / f"run-of-{canaries.USER}.log"
    lines = ["CUDA SETUP: Setup Failed!", "NameError: name 'str2optimizer32bit' is not defined",
             f'  File "/home/bobbytables/train.py", line 3, in {canaries.USER}',
             f"OSError: libcusparse.so.11: cannot open shared object file {PLANT}"]
    text = PLANT + "\n" + "\n".join(f"{line} {PLANT}\n{PLANT}" for line in lines) + "\n"
    path.write_text(text)
    return path


def test_the_machine_shows_its_canaries(release_probe, machine, as_host, log_file):
    """Without redaction they are all there: what the next test does not find could be found."""
    document = release_probe.report("--log", log_file, "--verbose", env=machine.environment(),
                            wrapper=as_host)
    kinds = set(found_in(json.dumps(document, ensure_ascii=False)))
    wanted = {kind for kind, _, _ in canaries.CANARIES + canaries.LONG_CANARIES}
    assert kinds >= (wanted if as_host else wanted - {"host"})
    snapshot = document["snapshot"]
    gpu = snapshot["cuda"]["driver"]["devices"][0]["name"]
    assert canaries.USER in gpu and "10.66.77.88" in gpu
    for place in ("python", "tools", "environment", "bitsandbytes", "libraries"):
        assert found_in(json.dumps(snapshot[place])), f"nothing is planted in {place}"
    assert "HF_TOKEN" not in json.dumps(snapshot), "a variable that is on no list was read"


def test_no_format_shows_a_canary(release_probe, machine, as_host, log_file):
    assert_clean(release_probe, ["--log", log_file], env=machine.environment(), wrapper=as_host)


def test_no_format_shows_what_was_assumed(release_probe, machine, as_host):
    words = " ".join(text for _, text, _ in canaries.CANARIES)
    assume = ["--assume", f"env:LD_LIBRARY_PATH={words}", "--assume", "gpu=9.0"]
    assert_clean(release_probe, assume, env=machine.environment(), wrapper=as_host)


def test_an_interpreter_that_talks(release_probe, machine, as_host):
    """Asked for by a path that says too much, and answering with all it knows."""
    assert_clean(release_probe, ["--python", machine.tools / "python3"], env=machine.environment(),
                 wrapper=as_host)


def test_run_writes_no_canary(release_probe, machine, as_host, log_file, tmp_path):
    """The command's own output goes on as it is; the report on it is redacted."""
    for form in formats(release_probe, "run"):
        path = tmp_path / f"report.{form}"
        result = release_probe.run("run", "--format", form, "-o", path, "--", "sh", "-c",
                                   f"cat '{log_file}'; exit 7", canaries.USER,
                                   env=machine.environment(), wrapper=as_host)
        assert result.code == 7, result.err
        assert found_in(result.out)
        assert_none(path.read_text(), f"run --format {form}")
        assert "str2optimizer32bit" in path.read_text()


def test_compare_shows_no_canary(release_probe, machine, as_host, tmp_path):
    """What the reports say; what the person calls them stays."""
    for name in ("one", "two"):
        environment = {**machine.environment(), "BNB_CUDA_VERSION": "", "LD_PRELOAD": PLANT + name,
                       "TORCH_CUDA_ARCH_LIST": PLANT + name, "PYTHONPATH": "/home/bobbytables/" + name}
        document = release_probe.report(env=environment, wrapper=as_host)
        (tmp_path / f"{name}.json").write_text(json.dumps(document))
    for form in formats(release_probe, "compare"):
        result = release_probe.run("compare", "--format", form, "--verbose", "one.json", "two.json",
                                   cwd=tmp_path, env=machine.environment(), wrapper=as_host)
        assert result.code == 0, result.err
        assert_none(result.out, f"compare --format {form}")


def test_ghosts_hold_no_canary(release_probe, machine, as_host):
    result = release_probe.run("--format", "json", "--with-ghosts", env=machine.environment(),
                       wrapper=as_host)
    assert_none(result.out, "a report with ghosts")


def test_another_root(release_probe, tmp_path):
    root = tmp_path / "root"
    words = " ".join(text for _, text, _ in canaries.CANARIES)
    (root / "etc").mkdir(parents=True)
    (root / "etc/os-release").write_text(
        f'ID=debian\nVERSION_ID="{words}"\nPRETTY_NAME="{words}"\nID_LIKE="{words}"\n')
    env = {"USER": canaries.USER}
    shown = release_probe.report("--root", root, env=env)
    assert len(found_in(json.dumps(shown["snapshot"]["host"]))) == len(canaries.CANARIES)
    assert_clean(release_probe, ["--root", root], env=env,
                 wrapper=host_of(f"{canaries.HOST}.{canaries.DOMAIN}"))


# --- reports that are read ---

SCHEMA = json.loads((SOURCE / "report" / "bnb-probe-1.schema.json").read_text())


@pytest.fixture(scope="module")
def rich(machine, tmp_path_factory):
    """A report with as many facts as there can be."""
    probe = Program(find_program("BNB_PROBE_RELEASE"), tmp_path_factory.mktemp("rich"))
    return probe.report(env={**machine.environment(), "BNB_FAKE_CUDA": "count=2"})


@pytest.mark.parametrize("way", ["after", "instead"])
def test_planted_in_every_fact(release_probe, rich, tmp_path, way):
    document = everywhere(rich, PLANT)
    if way == "instead":
        text = json.dumps(document["snapshot"])
        document["snapshot"] = json.loads(re.sub(
            r'"[^"\\]* (' + re.escape(json.dumps(PLANT)[1:-1]) + ')"', lambda m: f'"{m[1]}"', text))
    path = tmp_path / "planted.json"
    path.write_text(json.dumps(document))
    # Who reads it is not whom it is about: names are known of one's own machine alone.
    assert_clean(release_probe, ["--from", path], env={"USER": canaries.USER},
                 wrapper=host_of(canaries.HOST + "." + canaries.DOMAIN))


def host_of(name):
    wrapper = ("unshare", "-u", "sh", "-c", f"hostname {name} && exec \"$@\"", "sh")
    if subprocess.run([*wrapper, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("needs to be allowed to give the machine another name (unshare)")
    return wrapper


def test_each_canary_alone_is_replaced_in_each_type(release_probe, rich, tmp_path):
    """One at a time and as a whole string, so that no canary hides behind another."""
    for kind, text, _ in canaries.CANARIES + canaries.LONG_CANARIES:
        document = {"schema": "bnb-probe/1", "snapshot": {"collectors": {}, "tools": {
            "cmake": {"path": text, "version": text, "output": text, "from": text}},
            "host": {"machine": text, "os": text, "libc": {"name": text, "path": text}},
            "bitsandbytes": {"native_libraries": [
                {"name": text, "soname": text, "build_id": text, "needed": [text],
                 "requires": {text: text}, "symbols": {text: True}}]},
            "python": {"interpreters": [{"packages": {text: [{"name": text, "version": text,
                                                               "installed_at": text}]}}]}}}
        path = tmp_path / "one.json"
        path.write_text(json.dumps(document))
        result = release_probe.run("--from", path, "--format", "json", env={"USER": canaries.USER})
        assert result.code == 0, result.err
        # Words of a fixed list stay what they are, and so do versions.
        assert set(found_in(result.out)) - {"user", "host", "ipv4"} == set(), kind


def test_what_a_cut_leaves(probe, tmp_path):
    """Of a long line a part is shown: what made something secret may be cut off before it."""
    log = tmp_path / "long.log"
    for before in range(40, 110, 3):
        filler = "x " * 60
        log.write_text(f"{filler} password: canaryhidden81 {'y' * before} hf_QwErTyUiOpAsDfGhJkLzXcVbNm01 "
                       f"NameError: name 'str2optimizer32bit' is not defined {'z ' * before}"
                       f"hf_QwErTyUiOpAsDfGhJkLzXcVbNm01\n")
        out = probe.run("--log", log, "--format", "json").out
        assert "native-library-load-failure" in out
        assert "canaryhidden" not in out and "hidden81" not in out
        for piece in ("QwErTy", "UiOpAs", "DfGhJk", "LzXcVb"):
            assert piece not in out, out[out.index(piece) - 100:][:200]


# --- triage ---


def test_triage_shows_no_canary(release_probe, rich, tmp_path):
    body = "\n".join([PLANT, "NameError: name 'str2optimizer32bit' is not defined", PLANT,
                      "CUDA SETUP: Setup Failed!", f"torch {PLANT}", f"`{PLANT}`"])
    issues = tmp_path / f"issues-of-{canaries.USER}.json"
    issues.write_text(json.dumps([
        {"number": 1, "title": f"NameError {PLANT}", "body": body, "comments": [{"body": PLANT}]},
        {"id": PLANT, "title": PLANT, "body": json.dumps(everywhere(rich, PLANT))},
    ]))
    log = tmp_path / f"log-of-{canaries.USER}.txt"
    log.write_text(body)
    report = tmp_path / f"report-of-{canaries.USER}.json"
    report.write_text(json.dumps(everywhere(rich, PLANT)))
    wrapper = host_of(f"{canaries.HOST}.{canaries.DOMAIN}")
    env = {"USER": canaries.USER}
    runs = [["--format", form] for form in formats(release_probe, "triage")]
    runs += [["--why", "legacy-cuda-setup"], ["--why-not", "eol-glibc"]]
    for options in runs:
        result = release_probe.run("triage", *options, issues, log, report, env=env, wrapper=wrapper)
        assert result.code == 0, result.err
        assert_none(result.out, " ".join(options))


# --- the receipt ---


def test_the_receipt_says_what_kinds_were_withheld(release_probe, machine, as_host, log_file):
    document = release_probe.report("--log", log_file, redact=True, env=machine.environment(),
                            wrapper=as_host)
    kinds = {one["kind"]: one["count"] for one in document["withheld"]}
    listed = SCHEMA["$defs"]["withheld"]["items"]["properties"]["kind"]["enum"]
    assert set(kinds) == set(listed) - (set() if as_host else {"host-name"})
    text = release_probe.run("--log", log_file, env=machine.environment(), wrapper=as_host).out
    last = " ".join(text.split("Withheld from this report: ")[1].split())
    for words in ("user name", "token", "private key", "network address", "serial number"):
        assert words in last
    assert last.endswith(".")


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_the_receipt_stands_at_the_end(probe, form):
    lines = probe.run("--format", form).out.splitlines()
    assert "withheld from this report" in " ".join(lines[-3:])
    assert "withheld" not in probe.run("--format", form, "--no-redact").out


def test_a_report_read_again_keeps_its_receipt(report, probe, machine, tmp_path):
    first = report(redact=True, env=machine.environment())
    path = tmp_path / "first.json"
    path.write_text(json.dumps(first))
    again = report("--from", path, redact=True)
    assert again["withheld"] == first["withheld"] and again["withheld"]
    assert again["paths"] == first["paths"]


def on_terminal(probe, arguments, env):
    """(standard output, what the terminal at standard error shows, exit code)."""
    leader, follower = pty.openpty()
    done = subprocess.run([str(probe.path), *arguments], env=probe.environment(env), stderr=follower,
                          stdout=subprocess.PIPE, cwd=probe.folder, check=False, timeout=60)
    os.close(follower)
    shown = b""
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(leader)
    return done.stdout.decode(), shown.decode(), done.returncode


def test_what_was_withheld_is_shown_to_the_terminal_alone(probe, machine):
    out, shown, code = on_terminal(probe, ["--format", "json", "--show-withheld"],
                                   machine.environment())
    assert code == 0
    assert set(found_in(out)) <= {"host"}  # it is not the host's name here
    assert re.search(r"^token +hf_QwErTy", shown, re.M)
    assert re.search(r"^user-name +marianne", shown, re.M)
    assert "\x1b" not in shown


def test_what_was_withheld_goes_to_no_file(probe, machine):
    result = probe.run("--show-withheld", env=machine.environment())
    assert result.code == 2 and "terminal" in result.err and result.out == ""
    assert_none(result.err, "standard error")


# --- judged as before ---


def gist(document):
    """What was judged, without the words for it."""
    loader = document["loader"]

    def findings(those):
        return [(one["pattern"], one["status"], one["severity"], one["signature"],
                 findings(one.get("symptoms") or [])) for one in those]

    return {
        "verdict": document["verdict"],
        **{name: loader.get(name) for name in ("outcome", "chosen", "asks_for", "missing")},
        "files": [(one["name"], one["outcome"], [(need["library"], bool(need["path"]))
                                                 for need in one.get("needed") or []])
                  for one in loader.get("files") or []],
        "findings": findings(document["findings"]),
        "steps": [one["outcome"] for one in loader["advice"]["steps"]],
    }


def places(wheel_venv, home):
    """Environments in a home folder: (what to ask for, variables)."""
    for version in ("0.42.0", "0.45.5", "0.46.1"):
        venv = wheels.linked_copy(wheel_venv(version), home / "a project" / version)
        torch_layout.add_torch(venv.site, "2.6.0+cu124", cuda="12.4",
                               libraries=("libcudart.so.12", "libcublas.so.12"))
        yield [], venv.active
        yield ["--assume", "gpu=9.0", "--assume", "driver=550.54"], {
            **venv.active, "LD_LIBRARY_PATH": f"{home}/lib:{venv.site}/nvidia/cublas/lib"}


def test_a_redacted_report_is_judged_as_the_machine_was(probe, report, wheel_venv, tmp_path):
    for inputs, variables in places(wheel_venv, probe.home):
        variables = {"USER": canaries.USER, **variables}
        whole = report(*inputs, env=variables)
        first = report(*inputs, redact=True, env=variables)
        path = tmp_path / "redacted.json"
        path.write_text(json.dumps(first))
        again = report("--from", path, redact=True)
        assert gist(again) == gist(first) == gist(whole)
        for part in ("snapshot", "findings", "paths"):
            assert again[part] == first[part] or inputs
        assert gist(report("--from", path)) == gist(whole)


# --- paths that a person can use ---


def test_commands_can_be_typed(probe, wheel_venv):
    """What the report says to type finds the interpreter, in a shell of the person's own."""
    venv = wheels.linked_copy(wheel_venv("0.42.0"), probe.home / "my own venv")
    document = probe.report("--python", venv.python, redact=True)
    commands = [step["command"] for step in document["loader"]["remedy"] if step.get("command")]
    assert commands
    for command in commands:
        words = subprocess.run(["sh", "-c", f"printf '%s\\n' {command}"], capture_output=True,
                               text=True, env=probe.environment(), check=True).stdout.splitlines()
        assert str(venv.python) in words, command
    assert str(probe.home) not in json.dumps(document)
