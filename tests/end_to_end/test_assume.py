"""What would be: facts put in place of others, and advice that keeps its promise."""

import json

import pytest

from support.program import finding

# A GPU that is not here, with the driver and the PyTorch that go with it.
HOPPER = ("gpu=9.0", "driver=550.54", "torch=2.6.0+cu124")

GOOD = ("loads", "loads-fallback", "jit-from-ptx", "cpu-only")


def assuming(*assumptions):
    return [word for one in assumptions for word in ("--assume", one)]


@pytest.fixture
def in_venv(report, wheel_venv):
    """in_venv(bitsandbytes version, assumptions...): the report for a real wheel's environment."""

    def make(version, *assumptions):
        return report(*assuming(*assumptions), env=wheel_venv(version).active)

    return make


def test_a_gpu_that_is_not_here(in_venv):
    document = in_venv("0.49.2", *HOPPER)
    loader = document["loader"]
    assert document["assumed"] == list(HOPPER)
    assert (loader["outcome"], loader["chosen"]) == ("loads", "libbitsandbytes_cuda124.so")
    assert document["verdict"] == "ok"
    # 550 is the driver of CUDA 12.4.
    assert document["snapshot"]["cuda"]["driver"]["version"] == "12.4"


def test_nothing_is_assumed_without_being_told(in_venv):
    assert in_venv("0.49.2")["assumed"] is None


@pytest.mark.parametrize("gpu, outcome", [
    ("9.0", "loads"),         # sm_90 is in the file for CUDA 12.4
    ("12.0", "jit-from-ptx"), # from its PTX for 9.0
    ("5.2", "no-gpu-code"),   # Maxwell is in no file since 0.48.0
])
def test_the_gpu_decides(in_venv, gpu, outcome):
    document = in_venv("0.49.2", f"gpu={gpu}", "driver=550.54", "torch=2.6.0+cu124")
    assert document["loader"]["outcome"] == outcome


def test_a_driver_that_is_too_old(in_venv):
    document = in_venv("0.49.2", "gpu=9.0", "driver=550.54", "torch=2.9.0+cu130")
    assert document["loader"]["outcome"] == "driver-too-old"
    steps = document["loader"]["advice"]["steps"]
    assert any("driver" in step["says"] and "580" in step["says"] for step in steps)


def test_an_old_glibc(in_venv):
    """The file for CUDA 12.6 of 0.45.5 needs glibc 2.34."""
    assumptions = ("gpu=9.0", "driver=560.35", "torch=2.6.0+cu126")
    assert in_venv("0.45.5", *assumptions)["loader"]["outcome"] == "loads"
    document = in_venv("0.45.5", *assumptions, "glibc=2.28")
    assert document["loader"]["outcome"] == "libc-too-old"
    assert finding(document, "eol-glibc")
    assert finding(in_venv("0.42.0", *assumptions, "glibc=2.17"), "eol-glibc")


def test_another_release_as_its_wheel_holds_it(in_venv):
    """What the release's data says of a wheel is what the wheel itself shows."""
    real = in_venv("0.46.1", *HOPPER)["snapshot"]["bitsandbytes"]["native_libraries"]
    told = in_venv("0.49.2", *HOPPER, "bitsandbytes=0.46.1")["snapshot"]["bitsandbytes"]
    assert told["version"] == "0.46.1"

    def facts(libraries):
        return {library["name"]: (library["needed"], library["requires"].get("GLIBC"),
                                  sorted({code["target"] for code in library["gpu_code"] or []}))
                for library in libraries}

    assert facts(told["native_libraries"]) == facts(real)


def test_another_platform(in_venv):
    document = in_venv("0.49.2", "platform=win_amd64", "gpu=8.6", "driver=560.94",
                       "torch=2.6.0+cu124")
    assert document["loader"]["chosen"] == "libbitsandbytes_cuda124.dll"
    assert document["snapshot"]["host"]["os"] == "windows"
    assert document["snapshot"]["host"].get("libc") is None
    # Python's own package for every platform holds Linux files only.
    document = in_venv("0.42.0", "platform=win_amd64", "gpu=8.6", "torch=2.6.0+cu121")
    assert document["loader"]["outcome"] not in GOOD


def test_an_old_python_stops_at_an_old_release(in_venv):
    advice = in_venv("0.42.0", *HOPPER, "python=3.8")["loader"]["advice"]
    assert advice["newest_working"] == "0.45.5"
    assert any("Python" in sentence for sentence in advice["in_the_way"])


def test_on_a_report_of_another_day(in_venv, report, tmp_path):
    saved = tmp_path / "saved.json"
    saved.write_text(json.dumps(in_venv("0.49.2", *HOPPER)))
    document = report("--from", saved, *assuming("bitsandbytes=0.42.0"))
    assert document["assumed"] == [*HOPPER, "bitsandbytes=0.42.0"]
    assert document["loader"]["outcome"] == "file-missing"


@pytest.mark.parametrize("wrong, says", [
    ("cuda=12.4", "there are platform, glibc, musl, python, gpu, driver"),
    ("gpu=fast", "compute capability"),
    ("gpu", "KEY=VALUE"),
    ("driver=new", "570.86"),
    ("env:HOME=/x", "BNB_CUDA_VERSION"),
    ("bitsandbytes=latest", "newest, source or none"),
])
def test_what_is_not_understood(probe, wrong, says):
    result = probe.run("--assume", wrong)
    assert result.code == 2
    assert result.out == ""
    assert len(result.err_lines) == 1 and says in result.err


def test_a_release_that_never_was(probe, wheel_venv):
    result = probe.run("--assume", "bitsandbytes=0.47.99", env=wheel_venv("0.49.2").active)
    assert result.code == 2
    assert len(result.err_lines) == 1 and "0.47.99" in result.err


def test_help_lists_the_keys(probe):
    text = probe.run("help", "assume").out
    for key in ("platform", "glibc", "gpu", "driver-cuda", "torch-hip", "bitsandbytes", "env:NAME"):
        assert f"\n  {key} " in text


@pytest.mark.parametrize("format", ["text", "markdown"])
def test_a_reader_sees_it_first(probe, wheel_venv, format):
    options = ["--format", format, *assuming("gpu=9.0", "driver=550.54", "torch=2.9.0+cu130")]
    result = probe.run(*options, env=wheel_venv("0.49.2").active)
    assert result.code == 0
    first = result.out.splitlines()[0]
    assert "ssumed" in first and "gpu=9.0" in first
    assert "What would work here" in result.out
    assert "580" in result.out


# Machines on which something is wrong with at least one of the wheels.
MACHINES = [
    (),
    ("gpu=9.0", "driver=550.54", "torch=2.6.0+cu124"),
    ("gpu=9.0", "driver=550.54", "torch=2.9.0+cu130"),
    ("gpu=5.2", "driver=570.86", "torch=2.9.0+cu126"),
    ("gpu=12.0", "driver=580.65", "torch=2.9.0+cu130", "env:BNB_CUDA_VERSION=118"),
    ("gpu=gfx942", "torch=2.9.1+rocm6.4"),
    ("glibc=2.17", "gpu=8.0", "driver=550.54", "torch=2.5.1+cu124"),
    ("python=3.9.18", "gpu=8.0", "driver=550.54", "torch=2.5.1+cu124"),
    ("platform=linux_aarch64", "gpu=9.0", "driver=570.86", "torch=2.8.0+cu128"),
]


@pytest.mark.parametrize("version", ["0.42.0", "0.45.5", "0.49.2"])
def test_every_step_keeps_its_promise(in_venv, report, tmp_path, version):
    steps = 0
    for machine in MACHINES:
        document = in_venv(version, *machine)
        saved = tmp_path / "saved.json"
        saved.write_text(json.dumps(document))
        for step in document["loader"]["advice"]["steps"]:
            then = report("--from", saved, *assuming(*step["assume"]))["loader"]
            assert then["outcome"] == step["outcome"], (machine, step, then["outcome_says"])
            assert then["outcome"] in GOOD, (machine, step)
            steps += 1
    assert steps >= 4


def test_a_command_is_for_the_interpreter_that_is_looked_at(in_venv, wheel_venv):
    """These environments hold no pip: uv makes such."""
    steps = in_venv("0.42.0", *HOPPER)["loader"]["advice"]["steps"]
    python = str(wheel_venv("0.42.0").python)
    assert steps[0]["command"].startswith(f"uv pip install --python {python} bitsandbytes==")
