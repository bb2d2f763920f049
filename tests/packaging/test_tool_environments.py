"""Installed by uv or pipx, the program reports on the person's environment, with the real tools."""

import json
import pathlib
import shutil
import zipfile

import pytest
from packaged import bare, interpreter_of, make_venv, run

SYSTEM = "/usr/bin/python3"
LEFT_OUT = "first python on PATH, bnb-probe's own environment left out"
REPORT = ("report", "--format", "json", "--no-redact")


@pytest.fixture
def person(tools, linux_wheel, tmp_path):
    """What a person has who keeps wheels in a folder: uv and pipx on PATH, a home of their own."""
    home = tmp_path / "home"
    programs = tmp_path / "programs"
    programs.mkdir(parents=True)
    (home / ".local" / "bin").mkdir(parents=True)
    for name in ("uv", "uvx"):
        shutil.copy2(tools.program(name), programs / name)
    return bare(home, f"{programs}:{home}/.local/bin:/usr/bin:/bin", UV_FIND_LINKS=linux_wheel.parent,
                PIP_FIND_LINKS=f"{linux_wheel.parent} {tools.wheels}", UV_PYTHON=SYSTEM, PIPX_DEFAULT_PYTHON=SYSTEM,
                PIPX_DEFAULT_BACKEND="uv")


@pytest.fixture
def venv(tmp_path):
    return make_venv(tmp_path / "mine")


def active(person, venv):
    return {**person, "VIRTUAL_ENV": str(venv), "PATH": f"{venv}/bin:{person['PATH']}"}


def report(person, *command, **more):
    return interpreter_of(run(*command, *REPORT, env=person, **more).stdout)


@pytest.fixture(params=["uvx", "uvx with links", "uv tool run", "uv tool install", "pipx install",
                        "pipx run", "pipx run with pip"])
def start(request, tools, person):
    """The command by which the program runs, installed first where that is how it is done."""
    pipx = tools.module("pipx")
    home = pathlib.Path(person["HOME"])
    if request.param == "uv tool install":
        run("uv", "tool", "install", "bnb-probe", env=person)
    if request.param == "pipx install":
        run(*pipx, "install", "bnb-probe", env=person)
        assert (home / ".local/share/pipx/venvs/bnb-probe/pipx_metadata.json").exists()
    if request.param == "pipx run with pip":
        person["PIPX_DEFAULT_BACKEND"] = "pip"
    if request.param == "uvx with links":
        person["UV_LINK_MODE"] = "symlink"
    return {"uvx": ["uvx", "bnb-probe"], "uvx with links": ["uvx", "bnb-probe"],
            "uv tool run": ["uv", "tool", "run", "bnb-probe"], "pipx run": [*pipx, "run", "bnb-probe"],
            "pipx run with pip": [*pipx, "run", "bnb-probe"],
            }.get(request.param, [home / ".local" / "bin" / "bnb-probe"])


def test_the_first_python_that_is_not_the_tools(person, start):
    assert report(person, *start) == (SYSTEM, LEFT_OUT)


def test_the_active_environment(person, start, venv):
    assert report(active(person, venv), *start) == (f"{venv}/bin/python", "active virtual environment")


def test_one_that_is_asked_for(person, start, venv):
    done = run(*start, *REPORT, "--python", venv, env=person)
    assert interpreter_of(done.stdout) == (f"{venv}/bin/python", "asked for")


def test_a_command_gets_the_persons_python(person, start):
    """`uvx bnb-probe run -- python3 ...` starts what the shell would start."""
    done = run(*start, "run", "--", "python3", "-c", "import sys; print(sys.executable)", env=person)
    assert done.stdout.strip() == SYSTEM


def test_no_python_but_the_tools(person, tmp_path):
    """Then there is none: a report on the tool's environment would mislead."""
    person["PATH"] = str(tmp_path / "programs")
    done = run(tmp_path / "programs" / "uvx", "bnb-probe", *REPORT, env=person)
    assert json.loads(done.stdout)["snapshot"]["python"]["interpreters"] == []


@pytest.fixture
def torch_wheel(linux_wheel, tmp_path):
    """A package that calls itself torch, and a folder with both wheels."""
    folder = tmp_path / "more"
    folder.mkdir()
    shutil.copy2(linux_wheel, folder)
    with zipfile.ZipFile(folder / "torch-9.9-py3-none-any.whl", "w") as archive:
        archive.writestr("torch/__init__.py", "")
        archive.writestr("torch-9.9.dist-info/METADATA", "Metadata-Version: 2.1\nName: torch\nVersion: 9.9\n")
        archive.writestr("torch-9.9.dist-info/WHEEL",
                         "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("torch-9.9.dist-info/RECORD", "torch/__init__.py,,\n")
    return folder


def test_uvx_with_torch_means_that_environment(person, torch_wheel, venv):
    person["UV_FIND_LINKS"] = str(torch_wheel)
    executable, because = report(active(person, venv), "uvx", "--with", "torch", "bnb-probe")
    assert "/archive-v" in executable
    assert because == "environment that bnb-probe is installed in together with torch"


def test_an_installed_tool_with_torch_stands_behind_the_active_environment(person, torch_wheel, venv):
    person["UV_FIND_LINKS"] = str(torch_wheel)
    run("uv", "tool", "install", "--with", "torch", "bnb-probe", env=person)
    assert report(active(person, venv), "bnb-probe")[0] == f"{venv}/bin/python"
    executable, because = report(person, "bnb-probe")
    assert executable.endswith("uv/tools/bnb-probe/bin/python") and because.endswith("with torch")


def test_an_environment_that_is_not_active(person, torch_wheel, venv):
    """venv/bin/bnb-probe in a venv with torch means that venv; in an empty one, as ever, PATH's."""
    person["UV_FIND_LINKS"] = str(torch_wheel)
    run("uv", "pip", "install", "--python", venv, "bnb-probe", env=person)
    assert report(person, venv / "bin" / "bnb-probe") == (SYSTEM, "first python on PATH")
    run("uv", "pip", "install", "--python", venv, "torch", env=person)
    assert report(person, venv / "bin" / "bnb-probe") == (
        f"{venv}/bin/python", "environment that bnb-probe is installed in together with torch")


def test_uv_run_with_it_in_a_project(person, tmp_path):
    """uv run --with puts an environment over the project's: the report is on what Python would see."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text('[project]\nname = "p"\nversion = "1"\nrequires-python = ">=3.8"\n')
    done = run("uv", "run", "--with", "bnb-probe", "bnb-probe", *REPORT, env=person, cwd=project)
    path = run("uv", "run", "--with", "bnb-probe", "python", "-c", "import sys; print(sys.path)", env=person,
               cwd=project).stdout
    first = json.loads(done.stdout)["snapshot"]["python"]["interpreters"][0]
    assert f"{project}/.venv/lib" in path
    assert any(folder.startswith(f"{project}/.venv/lib") for folder in first["search_path"])


def test_python_m_means_its_own_environment(person, venv):
    run("uv", "pip", "install", "--python", venv, "bnb-probe", env=person)
    other = make_venv(venv.parent / "other")
    done = run(venv / "bin" / "python", "-m", "bnb_probe", *REPORT, env=active(person, other))
    assert interpreter_of(done.stdout) == (f"{venv}/bin/python", "asked for")


@pytest.mark.parametrize("tool", ["uv", "pipx"])
def test_uninstalled_it_is_gone(tools, person, tool):
    home = pathlib.Path(person["HOME"])
    command = {"uv": ["uv", "tool"], "pipx": tools.module("pipx")}[tool]
    run(*command, "install", "bnb-probe", env=person)
    assert (home / ".local" / "bin" / "bnb-probe").exists()
    run(*command, "uninstall", "bnb-probe", env=person)
    left = [path for path in (home / ".local").rglob("*bnb*probe*") if not path.name.endswith(".lock")]
    assert left == []
