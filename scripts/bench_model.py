"""Measures the loader model over an environment with 14 native libraries, beside ldd and libtree."""

import glob
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests", "end_to_end"))
from support import torch_layout  # noqa: E402

RELEASE = "0.50.2"
LIBRARIES = 14
TARGET_MS = 10.0
# A machine on which everything has to be looked at: the chosen library, and the code in it.
MACHINE = ("gpu=9.0", "driver=570.86.15")
TORCH = ("2.8.0+cu126", "12.6")
CUDA_LIBRARIES = ("libcudart.so.12", "libcublas.so.12", "libcublasLt.so.12", "libcusparse.so.12",
                  "libnvJitLink.so.12")


def wheel():
    """The release's wheel for this kind of machine, downloaded once."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = os.path.join(base, "bnb-probe-bench")
    kept = glob.glob(os.path.join(folder, f"bitsandbytes-{RELEASE}-*.whl"))
    if not kept:
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps",
                        "--only-binary=:all:", "--platform", "manylinux_2_24_x86_64",
                        "-d", folder, f"bitsandbytes=={RELEASE}"], check=True)
        kept = glob.glob(os.path.join(folder, f"bitsandbytes-{RELEASE}-*.whl"))
    return kept[0]


def make_environment(python, folder):
    """A virtual environment with that wheel and a torch. Returns its Python and the libraries."""
    subprocess.run([python, "-m", "venv", "--without-pip", folder], check=True)
    site = glob.glob(os.path.join(folder, "lib", "python3*", "site-packages"))[0]
    with zipfile.ZipFile(wheel()) as archive:
        archive.extractall(site)
    libraries = sorted(glob.glob(os.path.join(site, "bitsandbytes", "libbitsandbytes*.so")))
    for library in libraries[LIBRARIES:]:
        os.unlink(library)
    libraries = libraries[:LIBRARIES]
    if len(libraries) != LIBRARIES:
        sys.exit(f"bench: bitsandbytes {RELEASE} has {len(libraries)} libraries, not {LIBRARIES}")
    made_for = next(one for one in libraries if one.endswith("cuda126.so"))
    torch_layout.add_torch(pathlib.Path(site), *TORCH, libraries=CUDA_LIBRARIES,
                           used_by=made_for)
    return os.path.join(folder, "bin", "python"), libraries


def collect(program, python, saved):
    """Writes a report, and says how long reading the libraries and judging took in that run."""
    command = [program, "--python", python, "--format", "json", "--no-redact", "--timing", "-o", saved]
    for one in MACHINE:
        command += ["--assume", one]
    done = subprocess.run(command, check=True, stderr=subprocess.PIPE, text=True)
    with open(saved, encoding="utf-8") as file:
        document = json.load(file)
    collectors = document["snapshot"]["collectors"]
    judging = float(re.search(r"([0-9.]+) ms  checks$", done.stderr, re.MULTILINE)[1])
    return document, collectors["bitsandbytes"]["ms"] + collectors["libraries"]["ms"], judging


def check(document):
    """Numbers count for nothing where the model stopped early."""
    outcome = document["loader"]["outcome"]
    found = len(document["snapshot"]["bitsandbytes"]["native_libraries"])
    if outcome != "loads" or found != LIBRARIES:
        sys.exit(f"bench: the model says {outcome} of {found} libraries, which is not what is measured")


def measure(program, python, pairs, warm_up, run_once):
    """Per row the milliseconds of each pair.

    Judging is all of the checks in a live run: the model, the advice tried on it and the known
    problems. Replaying a saved report adds reading its JSON, which has a row of its own.
    """
    environment = {"PATH": "/usr/bin:/bin", "HOME": os.environ.get("HOME", "/")}
    libtree = shutil.which("libtree")
    rows = {"reading": [], "judging": [], "replay": [], "start": [], "ldd": [], "libtree": []}
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "wb") as sink:
        venv_python, libraries = make_environment(python, os.path.join(folder, "venv"))
        saved = os.path.join(folder, "saved.json")
        commands = {
            "start": [program, "--version"],
            "replay": [program, "--from", saved, "--quiet", "--no-redact"],
            "ldd": [shutil.which("ldd"), *libraries],
        }
        if libtree:
            commands["libtree"] = [libtree, *libraries]
        for number in range(warm_up + pairs):
            document, reading, judging = collect(program, venv_python, saved)
            check(document)
            names = list(commands) if number % 2 == 0 else list(reversed(commands))
            # libtree ends with another code for each library that it does not find, as those of CUDA.
            taken = {name: run_once(commands[name], environment, sink, any_code=name == "libtree")[0]
                     for name in names}
            if number >= warm_up:
                rows["reading"].append(reading)
                rows["judging"].append(judging)
                for name, milliseconds in taken.items():
                    rows[name].append(milliseconds)
    return rows


def show(rows):
    start = statistics.median(rows["start"])
    model = [one + other for one, other in zip(rows["reading"], rows["judging"])]
    print(f"{len(model)} pairs, alternating; bitsandbytes {RELEASE} with {LIBRARIES} libraries, warm")
    print(f"{'':40}{'least':>10}{'median':>10}{'90 %':>10}{'target':>10}")

    def row(name, values, target=""):
        ordered = sorted(values)
        high = ordered[min(len(ordered) - 1, int(0.9 * len(ordered)))]
        print(f"{name:40}{ordered[0]:>7.1f} ms{statistics.median(values):>7.1f} ms{high:>7.1f} ms{target:>10}")

    row("reading libraries and search places", rows["reading"])
    row("judging", rows["judging"])
    row("both", model, f"<= {TARGET_MS:.0f} ms")
    row("replay of it, beyond process start", [whole - start for whole in rows["replay"]])
    row("process start (--version)", rows["start"])
    row("ldd, the same files", rows["ldd"])
    if rows["libtree"]:
        row("libtree, the same files", rows["libtree"])
    else:
        print(f"{'libtree, the same files':40}    absent")
    for name in ("ldd", "libtree"):
        if rows[name]:
            ratios = [one / other for one, other in zip(model, rows[name])]
            print(f"{'both / ' + name + ', pair by pair':40}{'':10}{statistics.median(ratios):>10.3f}")
    return statistics.median(model) <= TARGET_MS
