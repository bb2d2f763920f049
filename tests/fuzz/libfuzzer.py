"""One run of one target: its command line, and what libFuzzer says at its end."""

import dataclasses
import os
import re
import shutil
import subprocess
import tempfile

from targets import FOLDER, SOURCE

BUILD = SOURCE / "build-fuzz"
SECONDS_AN_INPUT = 10  # longer than any input may take, on a busy machine too
MEGABYTES = 2048
INTERRUPTED = 72
ENDS = {70: "an input took too long", 71: "out of memory", 77: "crash"}


@dataclasses.dataclass
class Outcome:
    runs: int = 0
    seconds: float = 0  # of a processor: on a busy machine less than went by
    edges: int = 0
    found: str = ""  # what was found, or ""
    log: str = ""


def program(target):
    return BUILD / "tests" / "fuzz" / f"fuzz-{target.name}"


def memory_folder():
    """Where targets write their small files: in memory where there is such a place."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def dictionary(target, folder):
    """One dictionary file of those that the target names; None where it names none."""
    if not target.dictionaries:
        return None
    path = folder / "words.dict"
    path.write_text("".join((FOLDER / "dictionaries" / f"{name}.dict").read_text()
                            for name in target.dictionaries))
    return path


def environment(scratch, profile):
    return {**os.environ, "TMPDIR": scratch, "LLVM_PROFILE_FILE": str(profile),
            "ASAN_OPTIONS": "detect_leaks=1:allocator_may_return_null=1",
            "UBSAN_OPTIONS": "print_stacktrace=1"}


def read_log(text, code):
    """What a log says; of a run that was interrupted, what its last line says."""
    outcome = Outcome(log=text)
    counts = re.findall(r"^#(\d+)\t", text, re.M)
    done = re.search(r"stat::number_of_executed_units: (\d+)", text)
    outcome.runs = int(done[1]) if done else int(counts[-1]) if counts else 0
    edges = re.findall(r" cov: (\d+)", text)
    outcome.edges = int(edges[-1]) if edges else 0
    if code not in (0, INTERRUPTED, -2, -15):
        summary = re.search(r"^SUMMARY: (.*)", text, re.M)
        outcome.found = summary[1] if summary else ENDS.get(code, f"exit code {code}")
    return outcome


def run(target, corpus, seeds, findings, *, seconds=None, runs=None, profile="/dev/null", started=None):
    """Goes on for so long, or so many runs; `runs=0` replays what is there."""
    findings.mkdir(parents=True, exist_ok=True)
    scratch = tempfile.mkdtemp(prefix="bnb-probe-fuzz-", dir=memory_folder())
    try:
        words = dictionary(target, findings.parent)
        command = [str(program(target)), f"-max_len={target.longest}", f"-timeout={SECONDS_AN_INPUT}",
                   f"-rss_limit_mb={MEGABYTES}", "-print_final_stats=1", "-reload=0",
                   f"-artifact_prefix={findings}/"]
        command += [f"-dict={words}"] if words else []
        command += [f"-max_total_time={int(seconds)}"] if seconds is not None else []
        command += [f"-runs={int(runs)}"] if runs is not None else []
        command += [str(corpus), *map(str, seeds)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   stdin=subprocess.DEVNULL, env=environment(scratch, profile))
        if started:
            started(process)
        with process.stdout:
            text = process.stdout.read().decode(errors="replace")
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        outcome = read_log(text, process.returncode)
        outcome.seconds = usage.ru_utime + usage.ru_stime
        return outcome
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def minimise(target, corpus, seeds):
    """Puts into `corpus` those of the seeds that reach something of their own."""
    scratch = tempfile.mkdtemp(prefix="bnb-probe-fuzz-", dir=memory_folder())
    try:
        command = [str(program(target)), "-merge=1", f"-max_len={target.longest}",
                   f"-timeout={SECONDS_AN_INPUT}", f"-artifact_prefix={scratch}/", str(corpus), str(seeds)]
        return subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL,
                              env=environment(scratch, "/dev/null"))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
