"""bnb-probe from Python: the parsed report of this machine and environment.

    import bnb_probe
    report = bnb_probe.report()
    print(report["verdict"], report["verdict_says"])

The program itself is native and imports nothing; this package only starts it.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from typing import Any, Dict, Iterator, Optional, Sequence

__all__ = ["ProbeError", "program", "report"]

# What says by itself where to look.
ELSEWHERE = frozenset(("--python", "--from", "--root"))


class ProbeError(RuntimeError):
    """The program could not do what was asked; the message is its own."""


def _program_folders() -> Iterator[str]:
    """Where an installer may have put the program that belongs to this package."""
    packages = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    programs = "Scripts" if os.name == "nt" else "bin"
    # Three up: lib/python3.x/site-packages. Two: Lib/site-packages of Windows. One: there for the
    # user's own packages. None: pip install --target, which says "bin" everywhere.
    for steps in (3, 2, 1):
        yield os.path.join(packages, *[os.pardir] * steps, programs)
    yield os.path.join(packages, "bin")
    yield sysconfig.get_path("scripts")
    user = os.name + "_user"
    if user in sysconfig.get_scheme_names():
        yield sysconfig.get_path("scripts", user)


def program() -> str:
    """The path of the bnb-probe program that this package was installed with."""
    name = "bnb-probe.exe" if os.name == "nt" else "bnb-probe"
    for folder in _program_folders():
        path = os.path.normpath(os.path.join(folder, name))
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    found = shutil.which(name)
    if found:
        return found
    raise ProbeError(name + " is not where this package was installed to; install bnb-probe again")


def says_where(words: Sequence[str]) -> bool:
    """Whether these arguments of the program name what is to be looked at."""
    return not ELSEWHERE.isdisjoint(word.split("=")[0] for word in words)


def report(
    arguments: Sequence[str] = (),
    *,
    python: Optional[str] = sys.executable,
    timeout: Optional[float] = None
) -> Dict[str, Any]:
    """The report on this interpreter, as `bnb-probe report --format json` writes it.

    ``arguments`` are more of the program's options. ``python`` is the interpreter that is looked
    at, or None for the one that the program would choose. ``timeout`` bounds the probing, in
    seconds. Raises ProbeError where the program says that it could not.
    """
    command = [program(), "report", "--format", "json"]
    if python and not says_where(arguments):
        command += ["--python", python]
    if timeout is not None:
        command += ["--timeout", str(timeout)]
    done = subprocess.run([*command, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise ProbeError(done.stderr.decode("utf-8", "replace").strip()
                         or "bnb-probe ended with {}".format(done.returncode))
    parsed = json.loads(done.stdout.decode("utf-8"))  # type: Dict[str, Any]
    return parsed
