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
from typing import Any, Dict, Optional, Sequence

__all__ = ["ProbeError", "program", "report"]


class ProbeError(RuntimeError):
    """The program could not do what was asked; the message is its own."""


def program() -> str:
    """The path of the bnb-probe program that this package was installed with."""
    name = "bnb-probe.exe" if os.name == "nt" else "bnb-probe"
    schemes = [sysconfig.get_path("scripts")]
    user = f"{os.name}_user"
    if user in sysconfig.get_scheme_names():
        schemes.append(sysconfig.get_path("scripts", user))
    # pip install --target puts programs beside the packages.
    schemes.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bin"))
    for folder in schemes:
        path = os.path.join(folder, name)
        if os.access(path, os.X_OK):
            return path
    found = shutil.which(name)
    if found:
        return found
    raise ProbeError(f"{name} is not where this package was installed to; install bnb-probe again")


def report(
    arguments: Sequence[str] = (),
    *,
    python: Optional[str] = sys.executable,
    timeout: Optional[float] = None,
) -> Dict[str, Any]:
    """The report on this interpreter, as `bnb-probe report --format json` writes it.

    ``arguments`` are more of the program's options. ``python`` is the interpreter that is looked
    at, or None for the one that the program would choose. ``timeout`` bounds the probing, in
    seconds. Raises ProbeError where the program says that it could not.
    """
    command = [program(), "report", "--format", "json"]
    if python and not {"--from", "--root"}.intersection(word.split("=")[0] for word in arguments):
        command += ["--python", python]
    if timeout is not None:
        command += ["--timeout", str(timeout)]
    done = subprocess.run([*command, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise ProbeError(done.stderr.decode("utf-8", "replace").strip()
                         or f"bnb-probe ended with {done.returncode}")
    return json.loads(done.stdout)
