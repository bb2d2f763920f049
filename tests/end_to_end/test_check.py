"""The gate: exit codes, what each requirement rests on, what is written beside."""

import json
import os
import pathlib
import shutil
import stat

import pytest

from support import debian_root, fake_driver, torch_layout
from support.checking import assuming, run_check
from support.program import finding

HOPPER = assuming("gpu=9.0", "driver=550.54", "torch=2.6.0+cu124")


@pytest.fixture
def check(probe):
    """check(ARGUMENTS...): (exit code, the check document, held against its schema)."""

    def run(*arguments, **how):
        return run_check(probe, *arguments, **how)

    return run


def results(document, kind="requirement"):
    return {one["name"]: one["result"] for one in document["checks"] if one["kind"] == kind}


# What is required of bitsandbytes 0.49.2 on the assumed H100, and the exit code.
CODES = [
    ((), 0),
    (("bitsandbytes>=0.45",), 0),
    (("bitsandbytes==0.49.*", "torch==2.6.0+cu124", "cuda>=12.4", "python>=3.8"), 0),
    (("backend=cuda", "outcome=loads", "code=native", "verdict=ok"), 0),
    (("gpu>=8.0", "gpu=9.0", "gpu-count==1", "driver>=550.54,<560", "driver-cuda>=12.4"), 0),
    (("bitsandbytes>=0.50",), 1),
    (("transformers",), 1),
    (("backend=rocm",), 1),
    (("gpu>=10.0",), 1),
    (("gpu=gfx942",), 1),
    (("gpu-count>=2",), 1),
    (("outcome!=loads",), 1),
    # What failed is known, whatever else is not.
    (("nvidia-nccl-cu12", "gpu>=10.0"), 1),
    (("bitsandbytes>0.45", "backnd=cuda"), 2),
    (("gpu>=fast",), 2),
    (("python=3.11",), 2),
]


@pytest.mark.parametrize("requirements, code", CODES)
def test_exit_codes(probe, wheel_venv, requirements, code):
    options = [word for one in requirements for word in ("--require", one)]
    result = probe.run("check", *HOPPER, *options, env=wheel_venv("0.49.2").active)
    assert result.code == code, result.out + result.err
    if code == 2:
        assert result.out == "" and len(result.err_lines) == 1
    else:
        assert result.err == ""
        assert result.out.startswith({0: "PASSED: ", 1: "FAILED: "}[code])


def test_every_requirement_names_its_fact(check, wheel_venv, report):
    env = wheel_venv("0.49.2").active
    requirements = ["bitsandbytes<1", "pip", "python<4", "cuda", "driver", "driver-cuda", "glibc",
                    "glibcxx", "gpu>=7.5", "gpu-count", "code=native", "backend=cuda",
                    "outcome=loads", "gcc"]
    options = [word for one in requirements for word in ("--require", one)]
    _, document = check(*HOPPER, *options, env=env)
    whole = report(*HOPPER, env=env)
    checks = [one for one in document["checks"] if one["kind"] == "requirement"]
    assert [one["name"] for one in checks] == requirements
    for one in checks:
        assert one["evidence"], one
        for piece in one["evidence"]:
            at = whole if piece["from"] == "loader" else whole["snapshot"]
            for part in piece["pointer"].split("/")[1:]:
                at = at[int(part)] if isinstance(at, list) else at[part]
            assert at == piece["value"], piece


def test_the_packages_of_a_report_can_be_required(probe, wheel_venv, report):
    env = wheel_venv("0.49.2").active
    packages = report(env=env)["snapshot"]["python"]["interpreters"][0]["packages"]
    assert len(packages) > 20
    for name in packages:
        result = probe.run("check", "--require", name, env=env)
        assert result.code != 2, result.err


def test_fail_on(check, wheel_venv):
    """0.42.0 on a machine without a GPU works, and its old detection is worth a warning."""
    env = wheel_venv("0.42.0").active
    options = assuming("torch=2.1.0+cpu", "gpu=none", "driver=none")
    code, document = check(*options, env=env)
    assert (code, document["verdict"]) == (0, "ok")
    assert results(document, "finding") and set(results(document, "finding").values()) == {"note"}
    code, document = check(*options, "--fail-on", "warning", env=env)
    assert (code, document["verdict"]) == (1, "ok")
    assert set(results(document, "finding").values()) == {"fail"}


def test_a_finding_behind_the_verdict_is_said_once(check, probe, wheel_venv):
    env = wheel_venv("0.42.0").active
    code, document = check(*HOPPER, env=env)
    assert code == 1
    verdict = document["checks"][0]
    assert (verdict["kind"], verdict["explained_by"]) == ("verdict", "legacy-cuda-setup")
    assert finding(document, "legacy-cuda-setup")
    lines = probe.run("check", *HOPPER, "--format", "github", env=env).out.splitlines()
    assert sum(line.startswith("::error") for line in lines) == 1


# --- could not look ---


@pytest.mark.parametrize("behaviour", ["fault=hang", "fault=segv", "fault=exit", "in=load;fault=abort"])
def test_a_driver_that_does_not_answer_is_no_pass(check, wheel_venv, driver_folder, behaviour):
    env = {**wheel_venv("0.49.2").active, **fake_driver.behaving(driver_folder, behaviour)}
    code, document = check("--timeout", "3", *assuming("torch=2.6.0+cu124"), env=env)
    assert code == 3, document["says"]
    assert "cuda_driver could be looked at" in results(document, "collector")
    # What is assumed does not have to be looked at.
    code, document = check("--timeout", "3", *HOPPER, "--require", "gpu>=9.0", env=env)
    assert code == 0, document["checks"]


def test_a_driver_that_refuses_is_an_answer(check, wheel_venv, driver_folder):
    env = {**wheel_venv("0.49.2").active, **fake_driver.behaving(driver_folder, "init=100")}
    code, document = check("--require", "gpu>=8.0", *assuming("torch=2.6.0+cu124"), env=env)
    assert code == 1
    assert results(document) == {"gpu>=8.0": "fail"}
    assert results(document, "collector") == {}


def test_real_devices_are_counted(check, wheel_venv, driver_folder):
    """As the driver lists them: CUDA_VISIBLE_DEVICES is its business."""
    env = {**wheel_venv("0.49.2").active,
           **fake_driver.behaving(driver_folder, "count=2;cc=9.0,6.1;driver=12040")}
    _, document = check("--require", "gpu>=8.0", "--require", "gpu>=6.0", "--require",
                        "gpu-count==2", env=env)
    assert results(document) == {"gpu>=8.0": "fail", "gpu>=6.0": "pass", "gpu-count==2": "pass"}


def test_an_image_that_is_not_running(check, wheel_venv, tmp_path):
    image = tmp_path / "image"
    image.mkdir()
    debian_root.make(image)
    site = image / "usr/local/lib/python3.11/dist-packages"
    site.mkdir(parents=True)
    venv = wheel_venv("0.46.1")
    for entry in venv.site.glob("bitsandbytes*"):
        shutil.copytree(entry, site / entry.name, symlinks=True)
    torch_layout.add_torch(site, "2.6.0+cu124", "12.4", libraries=torch_layout.PLACES,
                           used_by=venv.package / "libbitsandbytes_cuda124.so")
    required = ["--require", "backend=cuda", "--require", "gpu>=8.0"]
    # What GPU there will be is not to be seen in an image: no pass, and no failure.
    code, document = check("--root", image, *required)
    assert code == 3, document["checks"]
    assert results(document)["gpu>=8.0"] == "unknown"
    code, document = check("--root", image, *required, *assuming("gpu=9.0", "driver=550.54"))
    assert code == 0, document["checks"]
    code, document = check("--root", image, *required, *assuming("gpu=9.0", "driver=470.57"))
    assert code == 1
    assert results(document)["backend=cuda"] == "fail"


def test_an_empty_root_could_not_be_judged(check, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    code, document = check("--root", empty, "--require", "torch>=2", "--require", "glibc>=2.28")
    assert code == 3
    assert set(results(document).values()) == {"unknown"}
    assert (document["verdict"], document["result"]) == ("unknown", "unknown")


def test_a_report_of_another_day(check, probe, report, wheel_venv, tmp_path):
    saved = tmp_path / "saved.json"
    saved.write_text(json.dumps(report(*HOPPER, env=wheel_venv("0.49.2").active)))
    code, document = check("--from", saved, "--require", "bitsandbytes==0.49.2")
    assert (code, document["assumed"]) == (0, ["gpu=9.0", "driver=550.54", "torch=2.6.0+cu124"])
    saved.write_text("{}")
    assert probe.run("check", "--from", saved).code == 3
    assert probe.run("check", "--from", tmp_path / "missing.json").code == 3


def test_a_log_beside_the_machine(check, probe, wheel_venv, tmp_path):
    log = tmp_path / "error.txt"
    log.write_text("step 1\nError no kernel image is available for execution on the device at line "
                   "74 in file /src/csrc/ops.cu\n")
    code, document = check(*HOPPER, "--log", log, env=wheel_venv("0.49.2").active)
    assert code == 1
    assert finding(document, "no-gpu-code")
    line = probe.run("check", *HOPPER, "--log", "error.txt", "--format", "github", cwd=tmp_path,
                     env=wheel_venv("0.49.2").active).out.splitlines()[0]
    assert line.startswith("::error file=error.txt,line=2,title=")


# --- the command line ---


@pytest.mark.parametrize("arguments, says", [
    (("--require", "bitsandbites>=1"), "did you mean bitsandbytes?"),
    (("--require", "backend=cdua"), "did you mean backend=cuda?"),
    (("--fail-on", "info"), "error, warning"),
    (("--format", "url"), "check writes text, json, markdown, github, junit, sarif or tap, not url"),
    (("--require",), "needs its"),
    (("--quiet", "--format", "tap"), "--quiet"),
    (("--from", "x", "--root", "/"), "--from"),
    (("extra",), "one argument too many"),
])
def test_a_wrong_command_line(probe, arguments, says):
    result = probe.run("check", *arguments)
    assert result.code == 2
    assert result.out == ""
    assert len(result.err_lines) == 1 and says in result.err, result.err


def test_options_of_check_belong_to_it(probe):
    result = probe.run("--require", "gpu>=8.0")
    assert result.code == 2 and "'bnb-probe check'" in result.err


def test_help(probe):
    text = probe.run("check", "--help").out
    for word in ("--require", "--fail-on", "--summary", "--assume", "\n  gpu-count ", "\n  backend ",
                 "Exit code: 0 all passed"):
        assert word in text
    assert "check" in probe.run("--help").out


def test_quiet_is_one_line(probe, wheel_venv):
    result = probe.run("check", "--quiet", *HOPPER, "--require", "gpu>=8.0",
                       env=wheel_venv("0.49.2").active)
    assert (result.code, result.out) == (0, "PASSED: 2 of 2 checks passed.\n")


# --- what is written ---


def test_summary_is_appended(probe, wheel_venv, tmp_path):
    summary = tmp_path / "summary.md"
    arguments = ["check", *HOPPER, "--require", "gpu>=10.0", "--format", "github", "--summary",
                 summary]
    env = wheel_venv("0.49.2").active
    assert probe.run(*arguments, env=env).code == 1
    once = summary.read_text()
    assert once.startswith("### bnb-probe check: 1 of 2 checks failed.")
    assert stat.S_IMODE(summary.stat().st_mode) == 0o600
    assert probe.run(*arguments, env=env).code == 1
    assert summary.read_text() == once * 2
    summary.write_text("what another step wrote\n")
    probe.run(*arguments, env=env)
    assert summary.read_text() == "what another step wrote\n" + once


def test_a_summary_that_cannot_be_written(probe, wheel_venv, tmp_path):
    """What was asked for could not be done, however the checks came out."""
    target = tmp_path / "target"
    target.write_text("mine\n")
    link = tmp_path / "link"
    link.symlink_to(target)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for place in (tmp_path / "no" / "such", tmp_path, link, pipe):
        result = probe.run("check", *HOPPER, "--summary", place, env=wheel_venv("0.49.2").active)
        assert result.code == 3, place
        assert len(result.err_lines) == 1 and str(place) in result.err
    assert target.read_text() == "mine\n"


def test_output_file(probe, wheel_venv, tmp_path):
    path = tmp_path / "result.xml"
    result = probe.run("check", *HOPPER, "--format", "junit", "-o", path,
                       env=wheel_venv("0.49.2").active)
    assert (result.code, result.out) == (0, "")
    assert path.read_text().startswith("<?xml")
    missing = pathlib.Path(tmp_path / "no" / "result.xml")
    assert probe.run("check", *HOPPER, "-o", missing, env=wheel_venv("0.49.2").active).code == 3
