"""Measures triage: a made tracker beside grep -E with all literal signatures at once, memory over
trackers of two sizes, time over single logs of growing length."""

import glob
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile

ISSUES = 2000
SIZE_MB = 20
TARGET_S = 1.0
LARGER = 5  # the second tracker, in sizes of the first
PEAK_GROWTH = 1.1
LOGS_MB = (12.5, 25, 50)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

FILLER = (
    '  File "/opt/venv/lib/python3.10/site-packages/torch/nn/modules/module.py", line {n}, in _call_impl\n'
    "    return forward_call(*args, **kwargs)\n",
    "step {n}: loss 1.23 on cuda:0, grad_norm 0.51, learning rate 2e-4\n",
    "I tried again with transformers and another driver {n} times, and memory is still not released.\n",
    "|   {n}  NVIDIA A100-SXM4-80GB   On  | 00000000:07:00.0 Off |                  0 |\n",
)


def patterns():
    for path in sorted(glob.glob(os.path.join(ROOT, "checks", "patterns", "*.json"))):
        with open(path, encoding="utf-8") as file:
            yield json.load(file)


def strings(value, key):
    """Every string that stands under a key, anywhere below."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == key and isinstance(inner, str):
                yield inner
            yield from strings(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner, key)


def signatures():
    """The longest piece of each alternative that is literal text."""
    found = set()
    for pattern in patterns():
        for regex in strings(pattern["shows"], "text_matches"):
            for branch in re.split(r"\|", regex):
                pieces = [p for p in re.split(r"\\.|\(\?\w*[:!=)]?|[][(){}^$.*+?\\]", branch) if p]
                longest = max(pieces, key=len, default="")
                if len(longest) >= 6:
                    found.add(longest)
    return sorted(found)


def write_words(path):
    """The signatures as patterns for grep -E, in a file; returns them."""
    literal = [re.sub(r"([][(){}^$.*+?|\\])", r"\\\1", s) for s in signatures()]
    with open(path, "w", encoding="utf-8") as out:
        out.write("\n".join(literal) + "\n")
    return literal


def make_tracker(path, issues=ISSUES):
    """Issues with comments: the patterns' own examples among the noise of any tracker."""
    examples = [case["text"] for p in patterns() for case in p["proof"]["fires"] + p["proof"]["near_misses"]
                if "text" in case]
    share = SIZE_MB * 1_000_000 // ISSUES
    with open(path, "w", encoding="utf-8") as out:
        for number in range(issues):
            noise, n = [], number
            while sum(map(len, noise)) < share - 350:
                noise.append(FILLER[n % len(FILLER)].format(n=n))
                n += 7
            half = len(noise) // 2
            json.dump({"number": number, "title": f"Trouble {number}",
                       "body": examples[number % len(examples)] + "\n" + "".join(noise[:half]), "labels": [],
                       "comments": [{"body": "".join(noise[half:])}]}, out)
            out.write("\n")


def seconds(command, repeat=7):
    """User and system time of a command, the median: what one core is busy with it."""
    taken = []
    for _ in range(repeat):
        # Not the null device: grep sees it and stops at the first match.
        with tempfile.TemporaryFile() as sink:
            before = os.times()
            subprocess.run(command, stdout=sink, stderr=subprocess.DEVNULL, check=False,
                           env={**os.environ, "LC_ALL": "C"})  # grep is at its fastest then
            after = os.times()
        taken.append(after.children_user - before.children_user + after.children_system - before.children_system)
    return statistics.median(taken)


def peak_mb(command):
    """The most memory a command held. A small process starts it: what its starter holds would count
    as the program's own first peak."""
    starter = ("import os, sys\n"
               "sink = os.open(os.devnull, os.O_WRONLY)\n"
               "pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ,\n"
               "                     file_actions=[(os.POSIX_SPAWN_DUP2, sink, 1)])\n"
               "_, status, usage = os.wait4(pid, 0)\n"
               "print(usage.ru_maxrss) if status == 0 else sys.exit(1)")
    done = subprocess.run([sys.executable, "-I", "-S", "-c", starter, *command], capture_output=True, text=True,
                          check=True)
    return int(done.stdout) / 1024


def make_log(path, size_mb):
    """One long log with a known error near its end."""
    with open(path, "w", encoding="utf-8") as out:
        written, n = 0, 0
        while written < size_mb * 1_000_000:
            written += out.write(FILLER[n % len(FILLER)].format(n=n))
            n += 1
        out.write("NameError: name 'str2optimizer32bit' is not defined\n")


def measure_speed(program, folder):
    tracker = os.path.join(folder, "tracker.jsonl")
    words = os.path.join(folder, "signatures")
    make_tracker(tracker)
    literal = write_words(words)
    size = os.path.getsize(tracker)
    triage = seconds([program, "triage", "--format", "json", tracker])
    grep = seconds(["grep", "-E", "-i", "-o", "-f", words, tracker])
    print(f"{ISSUES} issues, {size / 1e6:.1f} MB, {len(literal)} literal signatures; time on one core, median of 7")
    print(f"{'bnb-probe triage':28}{triage:>8.3f} s{'<= ' + str(TARGET_S):>12}")
    print(f"{'grep -E -i -o, signatures':28}{grep:>8.3f} s")
    return triage <= TARGET_S


def measure_memory(program, folder):
    trackers = [os.path.join(folder, name) for name in ("small.jsonl", "large.jsonl")]
    make_tracker(trackers[0])
    make_tracker(trackers[1], ISSUES * LARGER)
    result = os.path.join(folder, "result")
    print(f"\npeak memory over {SIZE_MB} MB and {SIZE_MB * LARGER} MB; markdown holds the review, which it sorts")
    bounded = True
    for form, where in (("json", []), ("json", ["-o", result]), ("text", ["-o", result]), ("markdown", [])):
        small, large = (peak_mb([program, "triage", "--format", form, *where, path]) for path in trackers)
        target = f"<= {PEAK_GROWTH} x" if form != "markdown" else ""
        print(f"{' '.join(['--format', form, *(['-o FILE'] if where else [])]):28}{small:>7.1f} MB{large:>7.1f} MB"
              f"{target:>12}")
        bounded = bounded and (form == "markdown" or large <= small * PEAK_GROWTH)
    return bounded


def measure_growth(program, folder):
    print("\none log, time on one core, median of 3")
    rates = []
    for size in LOGS_MB:
        log = os.path.join(folder, "long.log")
        make_log(log, size)
        taken = seconds([program, "triage", "--format", "json", log], repeat=3)
        rates.append(taken / size)
        print(f"{f'{size} MB':28}{taken:>8.3f} s{1000 * taken / size:>9.1f} ms a MB")
    return rates[-1] <= 1.5 * rates[0]


def measure(program):
    """Prints the tables; whether every target is met."""
    with tempfile.TemporaryDirectory() as folder:
        return all([measure_speed(program, folder), measure_memory(program, folder),
                    measure_growth(program, folder)])
