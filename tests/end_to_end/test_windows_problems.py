"""
Every known problem that a Windows machine can have is found from facts alone, and its smallest
mended neighbour is told of nothing: over laid-out drives (--root). tests/windows has the same on a
running Windows.
"""

import pytest

from support import wheels, windows_drive, windows_problems
from support.program import SOURCE, finding

ON_A_DRIVE = [one for one in windows_problems.PROBLEMS if one.only != "running"]


@pytest.fixture
def seen(tmp_path, report):
    """seen(PROBLEM, SICK): the report on the machine, with what is assumed beside its files."""

    def look(problem, sick):
        drive = windows_drive.Drive(tmp_path / "drive")
        machine = windows_problems.Machine(drive)
        problem.build(machine, sick)
        drive.runtime()
        options = [f"env:{name}={value}" for name, value in machine.variables.items()]
        if machine.gpu:
            drive.driver(windows_problems.numbers_of(machine.driver_version))
            options.append(f"gpu={machine.gpu}")
        words = [word for option in options for word in ("--assume", option)]
        return report("--root", drive.folder, *words)

    return look


@pytest.mark.parametrize("problem", ON_A_DRIVE, ids=lambda one: one.name)
def test_found(problem, seen):
    windows_problems.assert_found(problem, seen(problem, sick=True))


@pytest.mark.parametrize("problem", ON_A_DRIVE, ids=lambda one: one.name)
def test_mended_neighbour(problem, seen):
    windows_problems.assert_mended(problem, seen(problem, sick=False))


TORCH = "torch==2.6.0"
RUNTIME = "msvc-runtime==14.44.35112"  # whose DLLs lie beside python.exe


@pytest.mark.parametrize("openmp", [True, False])
def test_published_torch_for_the_cpu(tmp_path, report, openmp):
    """
    What `pip install torch bitsandbytes` gives on Windows, with the published DLLs: PyTorch for the
    CPU, on a machine with a GPU. Without the OpenMP runtime the CPU library does not load either.
    """
    drive = windows_drive.Drive(tmp_path / "drive")
    machine = windows_problems.Machine(drive)
    drive.driver()
    machine.bitsandbytes("newest")
    wheels.unpack(windows_drive.fetched(TORCH), machine.site)
    data = tmp_path / "runtime"
    wheels.unpack(windows_drive.fetched(RUNTIME), data)
    for file in data.rglob("*.dll"):
        if openmp or not file.name.startswith("vcomp"):
            file.rename(drive.at(f"{machine.python_folder}/{file.name}"))
    document = report("--root", drive.folder, "--assume", "gpu=8.6")
    torch = document["snapshot"]["python"]["interpreters"][0]["torch"]
    assert (torch["version"], torch["cuda"]) == ("2.6.0+cpu", None)
    found = finding(document, "cpu-only-torch")
    assert found["status"] == "likely"
    assert document["loader"]["chosen"] == "libbitsandbytes_cpu.dll"
    assert document["loader"]["outcome"] == ("cpu-only" if openmp else "dependency-missing")
    missing = finding(document, "native-library-load-failure")
    assert bool(missing) is not openmp


def test_every_pattern_is_shown_or_is_none_of_facts():
    there = {path.stem for path in (SOURCE / "checks" / "patterns").glob("*.json")}
    shown = {one.pattern for one in windows_problems.PROBLEMS}
    assert shown | set(windows_problems.NOT_FROM_FACTS) | set(windows_problems.ELSEWHERE) == there
    assert not shown & set(windows_problems.NOT_FROM_FACTS)
