"""The interpreter a person would get, and what it would import."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from support import wheels

SYSTEM = "/usr/bin/python3"


def own_search_path(python, env=None, cwd="/"):
    """sys.path as the interpreter has it, without the folder of the program it runs."""
    done = subprocess.run([str(python), "-c", "import json, sys; print(json.dumps(sys.path[1:]))"],
                          capture_output=True, text=True, check=True, cwd=cwd,
                          env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **(env or {})})
    return json.loads(done.stdout)


def first(document):
    return document["snapshot"]["python"]["interpreters"][0]


def script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def make_standalone(prefix):
    """An interpreter with a prefix of its own, as conda and pyenv install it."""
    (prefix / "bin").mkdir(parents=True)
    binary = os.path.realpath(SYSTEM)
    version = f"python3.{sys.version_info[1]}"
    shutil.copy2(binary, prefix / "bin" / version)
    (prefix / "bin" / "python3").symlink_to(version)
    (prefix / "bin" / "python").symlink_to(version)
    library = prefix / "lib" / version
    library.mkdir(parents=True)
    for entry in os.scandir(f"/usr/lib/{version}"):
        (library / entry.name).symlink_to(entry.path)
    (library / "site-packages").mkdir(exist_ok=True)
    return prefix / "bin" / "python3"


@pytest.fixture
def venv(tmp_path):
    return wheels.make_venv(tmp_path / "venv")


def test_system_interpreter(report):
    seen = first(report())
    assert seen["executable"] == SYSTEM
    assert seen["real_executable"] == os.path.realpath(SYSTEM)
    assert seen["version"] == ".".join(map(str, sys.version_info[:3]))
    assert seen["prefix"] == seen["base_prefix"] == "/usr"
    assert seen["kind"] == "system"
    assert seen["implementation"] == "cpython"
    assert seen["bits"] == 64
    assert seen["machine"] == os.uname().machine
    marker = f"/usr/lib/python3.{sys.version_info[1]}/EXTERNALLY-MANAGED"
    assert seen["externally_managed"] is os.path.exists(marker)


def test_search_path_is_the_interpreters_own(report, venv):
    assert first(report())["search_path"] == own_search_path(SYSTEM)
    assert first(report(env=venv.active))["search_path"] == own_search_path(venv.python)


def test_search_path_with_pythonpath_and_pth_files(report, venv, tmp_path):
    extra = tmp_path / "extra"
    extra.mkdir()
    (venv.site / "more.pth").write_text(f"{extra}\n# a comment\n/not/there\n")
    env = {"PYTHONPATH": f"{tmp_path}/first:{tmp_path}"}
    assert (first(report(env={**venv.active, **env}))["search_path"]
            == own_search_path(venv.python, env))


def test_active_venv(report, venv):
    seen = first(report(env=venv.active))
    assert seen["executable"] in (str(venv.folder / "bin" / name) for name in ("python", "python3"))
    assert seen["prefix"] == str(venv.folder)
    assert seen["base_prefix"] == "/usr"
    assert seen["kind"] == "venv"
    assert str(venv.site) in seen["site_folders"]
    assert "virtual environment" in seen["chosen_because"]


def test_venv_that_is_gone(report, tmp_path):
    """VIRTUAL_ENV left over in a shell: the interpreter on PATH is asked instead."""
    seen = first(report(env={"VIRTUAL_ENV": str(tmp_path / "gone")}))
    assert seen["executable"] == SYSTEM


def test_conda_like(report, tmp_path):
    prefix = tmp_path / "miniconda3" / "envs" / "train"
    python = make_standalone(prefix)
    # The copied interpreter keeps its distribution's idea of where packages are.
    said = subprocess.run([str(python), "-c", "import site; print(site.getsitepackages()[0])"],
                          capture_output=True, text=True, check=True, cwd="/")
    site = pathlib.Path(said.stdout.strip())
    site.mkdir(parents=True, exist_ok=True)
    (prefix / "conda-meta").mkdir()
    (prefix / "conda-meta" / "history").write_text("")
    (prefix / "conda-meta" / "bitsandbytes-0.49.1-cuda129_py311h0d8ca8d_0.json").write_text(
        json.dumps({"name": "bitsandbytes", "version": "0.49.1",
                    "build": "cuda129_py311h0d8ca8d_0", "channel": "conda-forge"}))
    info = site / "bitsandbytes-0.49.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bitsandbytes\nVersion: 0.49.1\n")
    (info / "INSTALLER").write_text("conda\n")
    (site / "bitsandbytes").mkdir()
    (site / "bitsandbytes" / "__init__.py").write_text('__version__ = "0.49.1"\n')
    document = report(env={"CONDA_PREFIX": str(prefix), "PATH": f"{prefix}/bin:/usr/bin:/bin"})
    seen = first(document)
    assert seen["prefix"] == str(prefix)
    assert seen["kind"] == "conda"
    assert "conda" in seen["chosen_because"]
    assert seen["search_path"] == own_search_path(python)
    assert document["snapshot"]["bitsandbytes"]["version"] == "0.49.1"
    assert document["snapshot"]["bitsandbytes"]["installer"] == "conda"


@pytest.fixture
def pyenv(tmp_path):
    """(variables, real interpreter, marker that the shim leaves when it is run)."""
    home = tmp_path / "pyenv"
    python = make_standalone(home / "versions" / "3.11.99")
    marker = tmp_path / "shim-was-run"
    shim = f"#!/usr/bin/env bash\nset -e\ntouch {marker}\nexec \"{python}\" \"$@\"\n"
    for name in ("python", "python3"):
        script(home / "shims" / name, shim)
    (home / "version").write_text("3.11.99\n")
    return ({"PYENV_ROOT": str(home), "PATH": f"{home}/shims:/usr/bin:/bin"}, python, marker)


def test_shim_is_resolved_not_run(report, pyenv):
    env, python, marker = pyenv
    seen = first(report(env=env))
    assert not marker.exists()
    assert os.path.realpath(seen["executable"]) == os.path.realpath(python)
    assert seen["shim"].startswith(env["PYENV_ROOT"] + "/shims/")
    assert seen["prefix"] == str(python.parent.parent)


def test_two_interpreters_in_the_order_asked(report, venv):
    seen = report("--python", venv.python, "--python", SYSTEM)["snapshot"]["python"]["interpreters"]
    assert [one["asked"] for one in seen] == [str(venv.python), SYSTEM]
    assert [one["kind"] for one in seen] == ["venv", "system"]


@pytest.mark.parametrize("name, text", [
    ("hangs", "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 1; done\n"),
    ("rubbish", "#!/bin/sh\nhead -c 3000 /dev/urandom\n"),
    ("lies", "#!/bin/sh\necho '{\"version\": 3}'; echo '[[['\n"),
    ("silent", "#!/bin/sh\nexit 0\n"),
    ("fails", "#!/bin/sh\necho 'No module named encodings' >&2\nexit 1\n"),
    ("endless", "#!/bin/sh\nexec yes 'words without end'\n"),
    ("dies", "#!/bin/sh\nkill -SEGV $$\n"),
    ("no-interpreter", "#!/not/there\n"),
])
def test_bad_interpreter_costs_only_itself(report, tmp_path, name, text):
    bad = script(tmp_path / "bad" / name, text)
    document = report("--python", bad, "--python", SYSTEM, "--timeout", "3")
    seen = document["snapshot"]["python"]["interpreters"]
    assert seen[0]["asked"] == str(bad)
    assert seen[0]["error"]
    assert seen[0].get("version") is None
    assert seen[1]["version"] == ".".join(map(str, sys.version_info[:3]))
    assert document["snapshot"]["host"]["libc"]["version"]


def test_interpreter_that_is_not_there(report, tmp_path):
    document = report("--python", tmp_path / "none", "--python", SYSTEM)
    seen = document["snapshot"]["python"]["interpreters"]
    assert seen[0]["error"] and seen[1]["version"]


def test_no_python_at_all(report, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    document = report(env={"PATH": str(empty)})
    assert document["snapshot"]["python"]["interpreters"] == []
    assert document["snapshot"]["host"]["libc"]["version"]


def imported_from(venv, cwd):
    """Where this interpreter would import bitsandbytes from, started in `cwd`."""
    code = ("import importlib.util as u; s = u.find_spec('bitsandbytes');"
            "print(s.origin or list(s.submodule_search_locations)[0])")
    return subprocess.run([str(venv.python), "-c", code], capture_output=True, text=True,
                          check=True, cwd=cwd).stdout.strip()


def test_shadowed_by_a_source_checkout(report, wheel_venv, tmp_path):
    venv = wheel_venv("0.46.1")
    checkout = tmp_path / "checkout"
    (checkout / "bitsandbytes").mkdir(parents=True)
    (checkout / "bitsandbytes" / "__init__.py").write_text('__version__ = "0.47.0.dev0"\n')
    (checkout / "CMakeLists.txt").write_text("project(bitsandbytes)\n")
    document = report(env=venv.active, cwd=checkout)
    shadow, = first(document)["shadowing"]
    assert shadow["package"] == "bitsandbytes"
    assert shadow["kind"] == "source-checkout"
    assert imported_from(venv, checkout) == str(checkout / "bitsandbytes" / "__init__.py")
    assert shadow["path"].startswith(str(checkout))
    assert document["verdict"] == "problem"


def test_folder_without_init_does_not_hide_an_installed_package(report, wheel_venv, tmp_path):
    venv = wheel_venv("0.46.1")
    cwd = tmp_path / "cwd"
    (cwd / "bitsandbytes").mkdir(parents=True)
    assert imported_from(venv, cwd) == str(venv.package / "__init__.py")
    assert report(env=venv.active, cwd=cwd)["snapshot"]["bitsandbytes"]["path"] == str(venv.package)


@pytest.mark.parametrize("name", ["sys.py", "json.py", "os.py", "site.py", "io.py", "sitecustomize.py",
                                  "usercustomize.py", "encodings/__init__.py", "platform.py"])
def test_hostile_file_in_the_current_folder_is_not_imported(report, tmp_path, name):
    cwd = tmp_path / "cwd"
    marker = tmp_path / "was-imported"
    file = cwd / name
    file.parent.mkdir(parents=True)
    file.write_text(f"open({str(marker)!r}, 'w').close()\n")
    document = report(cwd=cwd)
    assert first(document)["version"]
    assert not marker.exists()


def test_hostile_package_is_not_imported(report, venv, tmp_path):
    """Reading of a package never runs it, and .pth files with code stay text."""
    marker = tmp_path / "was-run"
    code = f"open({str(marker)!r}, 'w').close()\n"
    for name in ("bitsandbytes", "torch", "transformers"):
        (venv.site / name).mkdir()
        (venv.site / name / "__init__.py").write_text(code)
        (venv.site / name / "version.py").write_text(code)
    (venv.site / "evil.pth").write_text(f"import os; {code}")
    (venv.site / "sitecustomize.py").write_text(code)
    report(env=venv.active)
    assert not marker.exists()


def test_user_site(report, probe):
    site = probe.home / f".local/lib/python3.{sys.version_info[1]}/site-packages"
    info = site / "bitsandbytes-0.41.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bitsandbytes\nVersion: 0.41.0\n")
    (site / "bitsandbytes").mkdir()
    (site / "bitsandbytes" / "__init__.py").write_text("")
    document = report()
    seen = first(document)
    assert seen["user_site"] == {"path": str(site), "enabled": True}
    assert str(site) in seen["search_path"]
    assert seen["search_path"] == own_search_path(SYSTEM, {"HOME": str(probe.home)})
    off = first(report(env={"PYTHONNOUSERSITE": "1"}))
    assert off["user_site"]["enabled"] is False
    assert str(site) not in off["search_path"]
