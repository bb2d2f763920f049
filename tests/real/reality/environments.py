"""One environment a case: a virtual environment of hard links, and what surrounds it."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from reality import answers, layouts
from support import wheels
from support.program import Program, find_program

# New enough for every torch of the matrix: which driver is too old is another test's matter.
DRIVER = "13020"


class Environment:
    """The folders, files and variables of one case. Damage changes it; nothing is shared."""

    def __init__(self, folder, layout, release, devices, releases, driver_folder):
        self.folder = pathlib.Path(folder)
        self.layout = layout
        self.release = release
        self.devices = list(devices)
        self.releases = releases
        self.venv = wheels.make_venv(self.folder / "venv")
        self.python = self.venv.python
        self.site = self.venv.site
        self.package = self.venv.package
        self.home = self.folder / "home"
        self.cwd = self.folder / "work"
        for made in (self.home, self.cwd):
            made.mkdir()
        self.variables = {}
        self.library_path = []
        self.driver = driver_folder if devices else None
        self.arguments = []
        layouts.put(self.site, layout, releases)
        if layout.kind == "conda":
            self.variables["CONDA_PREFIX"] = str(self.venv.folder)
        if release:
            put_release(release, self.site)

    def chosen_file(self):
        """The file that damage is done to: torch's own version, or the nearest below."""
        digits = self.layout.cuda.replace(".", "")
        exact = self.package / f"libbitsandbytes_cuda{digits}.so"
        if exact.exists():
            return exact
        others = sorted(one for one in self.package.glob(f"libbitsandbytes_cuda{digits[:2]}?.so"))
        return others[-1] if others else self.package / "libbitsandbytes_cpu.so"

    def run_environment(self):
        """The variables for the program and for the real loader alike."""
        path = list(self.library_path)
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.home), "LANG": "C.UTF-8",
                       "USER": "tester", "PYTHONDONTWRITEBYTECODE": "1"}
        environment.update(self.venv.active if self.venv else {})
        if self.driver:
            path.append(str(self.driver))
            environment["BNB_FAKE_CUDA"] = (
                f"count={len(self.devices)};cc={','.join(self.devices)};driver={DRIVER}")
        if path:
            environment["LD_LIBRARY_PATH"] = ":".join(map(str, path))
        environment.update(self.variables)
        return environment

    def ask_reality(self, safe_path=False):
        """(what the real loader said, the same as an Answer)."""
        environment = self.run_environment()
        if safe_path:
            environment["PYTHONSAFEPATH"] = "1"
        raw = answers.ask(self.python, environment, self.cwd, self.devices, self.layout.real)
        return raw, answers.interpret(raw)

    def ask_model(self):
        # Not the sanitized build, whose own libraries the damage would hit, too.
        program = Program(find_program("BNB_PROBE_RELEASE"), self.folder)
        document = program.report(*self.arguments, "--timeout", "60", env=self.run_environment(),
                                  cwd=self.cwd)
        return document


def put_release(release, site):
    """A release into a site-packages, as hard links to the kept one."""
    kept = wheels.kept_venv(release)
    for entry in kept.site.iterdir():
        if entry.name.startswith("bitsandbytes"):
            subprocess.run(["cp", "-al", str(entry), str(site)], check=True)


def own_copy(path):
    """Makes the file at `path` one's own, to be written to without harm to the kept one."""
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data)
    return path


def make_root():
    """Where cases live: beside the cache, so that hard links can be made."""
    base = wheels.cache_folder() / "real" / "cases"
    base.mkdir(parents=True, exist_ok=True)
    return pathlib.Path(tempfile.mkdtemp(dir=base))


def remove(folder):
    shutil.rmtree(folder, ignore_errors=True)


def describe(environment):
    """What a person needs to see a disagreement again."""
    return json.dumps({"python": str(environment.python), "cwd": str(environment.cwd),
                       "env": environment.run_environment(), "devices": environment.devices,
                       "interpreter": sys.version.split()[0], "pid": os.getpid()}, indent=1)
