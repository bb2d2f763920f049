"""How many lines of its reader the inputs of a target reach, as llvm-cov counts them."""

import json
import shutil
import subprocess
import tempfile
import pathlib

import libfuzzer


def tool(name):
    """Debian's tools carry the version of the compiler that they belong to."""
    return shutil.which(name) or shutil.which(f"{name}-14")


def lines_reached(target, corpus, seeds, findings):
    """(reached, all) lines of the reader's files; None where that cannot be told."""
    profdata, cov = tool("llvm-profdata"), tool("llvm-cov")
    if not profdata or not cov:
        return None
    with tempfile.TemporaryDirectory(prefix="bnb-probe-fuzz-") as folder:
        folder = pathlib.Path(folder)
        raw, merged = folder / "raw", folder / "merged"
        libfuzzer.run(target, corpus, seeds, findings, runs=0, profile=raw)
        if not raw.exists():
            return None
        subprocess.run([profdata, "merge", "-sparse", str(raw), "-o", str(merged)], check=True)
        done = subprocess.run([cov, "export", "-summary-only", f"-instr-profile={merged}",
                               str(libfuzzer.program(target)), *map(str, target.reader_files())],
                              check=True, capture_output=True)
    totals = json.loads(done.stdout)["data"][0]["totals"]["lines"]
    return totals["covered"], totals["count"]
