"""What the tests of the packages share."""

import json
import pathlib
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "scripts"))

from release_build import Trouble, program, sbom, wheel  # noqa: E402,F401

PATIENCE_S = 300
# What scripts/release calls the program of each platform.
PROGRAM_FILES = {platform: f"bnb-probe-{platform}{'.exe' if platform.startswith('windows') else ''}"
                 for platform in wheel.TAGS}


def platform_of(path):
    """The platform of a wheel, by its tags."""
    return next(platform for platform, tags in wheel.TAGS.items() if tags[0] in path.name)


def run(*command, env=None, cwd=None, check=True, stdin=None):
    done = subprocess.run([str(word) for word in command], check=False, capture_output=True, text=True,
                          env=env, cwd=cwd, timeout=PATIENCE_S, input=stdin,
                          stdin=subprocess.DEVNULL if stdin is None else None)
    if check:
        assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done


def bare(home, path="/usr/bin:/bin", **more):
    """An environment of a test's own, without the package index."""
    return {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", "PIP_NO_INDEX": "1", "UV_NO_INDEX": "1",
            "UV_OFFLINE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONDONTWRITEBYTECODE": "1",
            **{name: str(value) for name, value in more.items()}}


def make_venv(folder, python="/usr/bin/python3", pip=False):
    run(python, "-m", "venv", *([] if pip else ["--without-pip"]), folder)
    return pathlib.Path(folder)


def tree(folder):
    """Every path below a folder."""
    return {str(path.relative_to(folder)) for path in pathlib.Path(folder).rglob("*")}


def interpreter_of(text):
    """Where the report looked and why, of a report's JSON that hides nothing."""
    first = json.loads(text)["snapshot"]["python"]["interpreters"][0]
    return first["executable"], first["chosen_because"]


def check_it_works(venv, version, home):
    environment = bare(home)
    said = run(venv / "bin" / "bnb-probe", "--version", env=environment).stdout
    assert said.split()[:2] == ["bnb-probe", version]
    assert run(venv / "bin" / "python", "-m", "bnb_probe", "--version", env=environment).stdout == said
    code = ("import bnb_probe, json, sys; r = bnb_probe.report(['--no-redact'], timeout=20);"
            "print(json.dumps([r['schema'], r['tool']['version'], sys.executable,"
            " r['snapshot']['python']['interpreters'][0]['executable'], bnb_probe.program()]))")
    schema, tool, executable, seen, started = json.loads(
        run(venv / "bin" / "python", "-c", code, env=environment).stdout)
    assert (schema, tool) == ("bnb-probe/1", version)
    assert seen == executable, "report() looks at the interpreter that it is called in"
    assert started == str(venv / "bin" / "bnb-probe")
