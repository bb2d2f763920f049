"""Native libraries as this project's own readers see them (bnb-probe-binary)."""

import json
import os
import subprocess

from . import Trouble


def build(root):
    """The path of bnb-probe-binary, built if it is not there or out of date."""
    folder = os.path.join(root, "build")
    steps = (["cmake", "-S", root, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release"],
             ["cmake", "--build", folder, "--target", "bnb-probe-binary"])
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Trouble(f"{' '.join(step)} failed:\n{done.stdout}{done.stderr}")
    return os.path.join(folder, "bnb-probe-binary")


def codes_of(seen):
    """["cubin sm_90", ...], or None where the code inside could not be listed."""
    if seen.get("gpu_code") is None or seen.get("gpu_code_error"):
        return None
    return sorted({f"{code['kind']} {code['target']}" for code in seen["gpu_code"]})


def exported_of(seen):
    if seen.get("symbols") is None:
        return None
    return sorted(name for name, there in seen["symbols"].items() if there)


def library_of(path, seen):
    """The facts that are kept of one library; None for what the readers do not know."""
    return {
        "name": os.path.basename(path),
        "size": os.path.getsize(path),
        "format": seen.get("format"),
        "bits": seen.get("bits"),
        "machine": seen.get("machine"),
        "soname": seen.get("soname"),
        "needed": seen.get("needed"),
        "delay_needed": seen.get("delay_needed") or [],
        "rpath": seen.get("rpath") or [],
        "runpath": seen.get("runpath") or [],
        "version_needs": sorted([need["library"], sorted(need["versions"])]
                                for need in seen.get("version_needs") or []),
        "gpu_code": codes_of(seen),
        "exports": exported_of(seen),
    }


def read(reader, paths):
    """The facts of each library, the names of the key symbols, and complaints."""
    if not paths:
        return [], []
    done = subprocess.run([reader, *paths], capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    if len(lines) != len(paths):
        raise Trouble(f"{reader} ended with {done.returncode} and {len(lines)} lines for "
                      f"{len(paths)} files: {done.stderr.strip()}")
    libraries, complaints = [], []
    for path, line in zip(paths, lines):
        seen = json.loads(line)
        for trouble in (seen.get("error"), seen.get("gpu_code_error")):
            if trouble:
                complaints.append(f"{os.path.basename(path)}: the reader says: {trouble}")
        libraries.append(library_of(path, seen))
    return libraries, complaints


def symbols(reader):
    """The key symbols that the reader looks for: those it answers for on its own program."""
    done = subprocess.run([reader, reader], capture_output=True, text=True, check=False)
    try:
        return set(json.loads(done.stdout)["symbols"])
    except (ValueError, KeyError, TypeError):
        raise Trouble(f"{reader} names no symbols: {done.stderr.strip()}") from None
