"""
Every known problem that a Windows machine can have, on a running one: found from facts alone, and
not found once its one cause is mended.
"""

import shutil

import pytest

from support import windows_problems

HERE = [one for one in windows_problems.PROBLEMS if one.only != "drive"]
# What a driver says it is for, by its version.
CUDA_OF = {"560.94": "12060", "580.88": "13000"}


@pytest.fixture
def seen(report, laid_out, drive, driver_library, programs):
    """seen(PROBLEM, SICK): the report on the running machine."""
    nvcuda = drive / "windows" / "system32" / "nvcuda.dll"

    def look(problem, sick):
        machine = windows_problems.Machine(laid_out, "laid/")
        problem.build(machine, sick)
        environment = dict(machine.variables)
        if machine.gpu:
            nvcuda.write_bytes(driver_library)
            environment["BNB_FAKE_CUDA"] = \
                f"count=1;cc={machine.gpu};driver={CUDA_OF[machine.driver_version]}"
        tools = machine.at("tools")
        tools.mkdir()
        for name, text in machine.programs.items():
            shutil.copy(programs("prints_file"), tools / f"{name}.exe")
            (tools / f"{name}.exe.txt").write_text(text)
        folders = ["C:\\" + machine.python_folder.replace("/", "\\"),
                   *map(machine.native, ["tools", *machine.on_path])]
        environment["WINEPATH"] = ";".join(folders)
        return report(env=environment, cwd=machine.working_folder)

    yield look
    nvcuda.unlink(missing_ok=True)


@pytest.mark.parametrize("problem", HERE, ids=lambda one: one.name)
def test_found(problem, seen):
    windows_problems.assert_found(problem, seen(problem, sick=True))


@pytest.mark.parametrize("problem", HERE, ids=lambda one: one.name)
def test_mended(problem, seen):
    windows_problems.assert_mended(problem, seen(problem, sick=False))
