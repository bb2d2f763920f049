"""
How many lines of its reader the inputs of a target reach, as llvm-cov counts them. Of functions that
stand in the reader's files but that no input can reach, none is counted: see aside.py.
"""

import bisect
import re
import shutil
import subprocess
import tempfile
import pathlib

import libfuzzer
from aside import aside_of


def tool(name):
    """Debian's tools carry the version of the compiler that they belong to."""
    return shutil.which(name) or shutil.which(f"{name}-14")


def functions_of(report):
    """{(file, function): [reached, all]} of a report in lcov's form. Lines belong to the function
    that begins before them."""
    found = {}
    for record in report.split("end_of_record"):
        file, begins, lines = "", [], []
        for line in record.splitlines():
            word, _, rest = line.partition(":")
            if word == "SF":
                file = rest
            elif word == "FN":
                number, name = rest.split(",", 1)
                begins.append((int(number), name.rpartition(":")[2]))
            elif word == "DA":
                lines.append(tuple(map(int, rest.split(",")[:2])))
        begins.sort()
        for number, count in lines:
            at = bisect.bisect_right(begins, (number, "\uffff"))
            counts = found.setdefault((file, begins[at - 1][1] if at else ""), [0, 0])
            counts[0] += count > 0
            counts[1] += 1
    return found


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
        done = subprocess.run([cov, "export", "-format=lcov", f"-instr-profile={merged}",
                               str(libfuzzer.program(target)), *map(str, target.reader_files())],
                              check=True, capture_output=True, text=True)
    aside = aside_of(target)
    text = "".join(path.read_text() for path in target.reader_files())
    gone = [name for name in sorted(aside) if not re.search(rf"\b{name}\(", text)]
    if gone:
        raise SystemExit(f"fuzz: {target.name}: aside.py names what is not there: {', '.join(gone)}")
    counted = [counts for (_, name), counts in functions_of(done.stdout).items() if name not in aside]
    return sum(reached for reached, _ in counted), sum(lines for _, lines in counted)
