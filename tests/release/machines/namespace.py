"""Running a command with mounts of its own, which nobody else sees and which end with it."""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

sys.path.append(str(pathlib.Path(__file__).parents[2] / "end_to_end"))

from support.program import Program  # noqa: E402


def unshare(script, *arguments, pid=True, user=False):
    """
    A command that runs the command after it behind the shell lines `script`. With `user`, even
    where root runs it, it has a namespace of users as well.
    """
    # Where the tests are not run by root, they are root in a namespace of their own.
    user = [] if os.geteuid() == 0 and not user else ["--user", "--map-root-user"]
    processes = ["--pid", "--fork", "--kill-child"] if pid else []
    return ["unshare", *user, "--mount", *processes, "sh", "-eu", "-c", script, "sh",
            *map(str, arguments)]


def need():
    """The test is skipped where no such namespace can be made."""
    if not shutil.which("unshare"):
        pytest.skip("needs namespaces: no unshare here")
    done = subprocess.run([*unshare("exec \"$@\""), "true"], check=False, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"needs namespaces: {done.stderr.strip()[-200:]}")


class Elsewhere(Program):
    """A bnb-probe that every time is run by the command `machine`."""

    def __init__(self, path, folder, machine):
        super().__init__(path, folder)
        self.machine = list(machine)

    def run(self, *arguments, wrapper=(), **how):
        return super().run(*arguments, wrapper=[*self.machine, *wrapper], **how)
