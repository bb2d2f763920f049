"""Measures triage over a made tracker beside grep -E with all literal signatures at once."""

import glob
import json
import os
import re
import statistics
import subprocess
import tempfile

ISSUES = 2000
SIZE_MB = 20
TARGET_S = 1.0
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


def make_tracker(path):
    """Issues with comments: the patterns' own examples among the noise of any tracker."""
    examples = [case["text"] for p in patterns() for case in p["proof"]["fires"] + p["proof"]["near_misses"]
                if "text" in case]
    share = SIZE_MB * 1_000_000 // ISSUES
    with open(path, "w", encoding="utf-8") as out:
        for number in range(ISSUES):
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


def measure(program):
    with tempfile.TemporaryDirectory() as folder:
        tracker = os.path.join(folder, "tracker.jsonl")
        words = os.path.join(folder, "signatures")
        make_tracker(tracker)
        literal = [re.sub(r"([][(){}^$.*+?|\\])", r"\\\1", s) for s in signatures()]
        with open(words, "w", encoding="utf-8") as out:
            out.write("\n".join(literal) + "\n")
        size = os.path.getsize(tracker)
        triage = seconds([program, "triage", "--format", "json", tracker])
        grep = seconds(["grep", "-E", "-i", "-o", "-f", words, tracker])
    print(f"{ISSUES} issues, {size / 1e6:.1f} MB, {len(literal)} literal signatures; time on one core, median of 7")
    print(f"{'bnb-probe triage':28}{triage:>8.3f} s{'<= ' + str(TARGET_S):>10}")
    print(f"{'grep -E -i -o, signatures':28}{grep:>8.3f} s")
    return triage <= TARGET_S
