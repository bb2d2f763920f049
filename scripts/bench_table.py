"""One table of everything that has a time, in one run: what bnb-probe does, and what others take that
do something like it. The rows alternate, so that whatever else the machine does meets all alike."""

import os
import shutil
import statistics
import subprocess
import tempfile

import bench_model
import bench_triage

SLOW_ROUNDS = 5  # of what takes long: once in so many of the rounds, spread over all
NOT_INSTALLED = "not installed"


class Row:
    """A command, or why there is none."""

    def __init__(self, name, command, *, slow=False, any_code=False, why_not=NOT_INSTALLED):
        self.name = name
        self.command = command if command and command[0] else None
        self.slow = slow
        self.any_code = any_code
        self.why_not = why_not
        self.milliseconds = []


def has_module(python, module):
    question = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
    done = subprocess.run([python, "-c", question], capture_output=True, check=False)
    return done.returncode == 0


def module_row(python, module, package):
    command = [python, "-m", module] if has_module(python, package) else None
    return Row(f"python -m {module}", command, slow=True, any_code=True,
               why_not=f"{package} is not installed for {python}")


def model_rows(program, python, folder):
    """Judging an environment of 14 native libraries, and what looks at the same files."""
    saved = os.path.join(folder, "model.json")
    libtree = shutil.which("libtree")
    try:
        venv_python, libraries = bench_model.make_environment(python, os.path.join(folder, "venv"))
        bench_model.check(bench_model.collect(program, venv_python, saved)[0])
    except (OSError, subprocess.CalledProcessError) as error:
        return [Row("loader model, 14 libraries", None, why_not=f"no environment to look at: {error}")]
    return [Row("loader model, 14 libraries", [program, "--from", saved, "--quiet"]),
            Row("ldd, the same files", [shutil.which("ldd"), *libraries]),
            Row("libtree, the same files", [libtree, *libraries], any_code=True)]


def triage_rows(program, folder):
    tracker = os.path.join(folder, "tracker.jsonl")
    words = os.path.join(folder, "signatures")
    bench_triage.make_tracker(tracker)
    bench_triage.write_words(words)
    return [Row(f"triage, {bench_triage.ISSUES} issues", [program, "triage", "--format", "json", tracker], slow=True),
            # Into a file, not to the null device: grep sees that and stops at the first match.
            Row("grep -E -i -o, its signatures", ["/bin/sh", "-c", 'exec grep -E -i -o -f "$0" "$1" >"$2"', words,
                                                  tracker, os.path.join(folder, "found")], slow=True)]


def rows_of(program, python, other, environment, folder):
    saved = os.path.join(folder, "saved.json")
    subprocess.run([program, "--format", "json", "-o", saved], env=environment, check=True)
    bugreport = [shutil.which("git"), "bugreport", "--output-directory", folder, "--suffix"]
    return [
        Row("python3 -c pass", [python, "-c", "pass"]),
        Row("bnb-probe, default run", [program]),
        Row("bnb-probe --version", [program, "--version"]),
        Row("replay of that run's report", [program, "--from", saved]),
        *model_rows(program, python, folder),
        *triage_rows(program, folder),
        module_row(other, "bitsandbytes", "bitsandbytes"),
        module_row(other, "torch.utils.collect_env", "torch"),
        Row("fastfetch", [shutil.which("fastfetch")]),
        Row("lstopo", [shutil.which("lstopo-no-graphics") or shutil.which("lstopo"), "--of", "console"]),
        Row("git bugreport", bugreport if bugreport[0] else None),
    ]


def command_of(row, number):
    """git writes no report over another: each has a name of its own."""
    return [*row.command, str(number)] if row.command[1:2] == ["bugreport"] else row.command


def measure(program, python, other, environment, rounds, warm_up, run_once):
    environment = {**environment, "GIT_EDITOR": "true", "LC_ALL": "C"}
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "wb") as sink:
        rows = rows_of(program, python, other, environment, folder)
        for number in range(warm_up + rounds):
            order = rows if number % 2 == 0 else list(reversed(rows))
            for row in order:
                if not row.command or (row.slow and (number - warm_up) % max(1, rounds // SLOW_ROUNDS)):
                    continue
                taken = run_once(command_of(row, number), environment, sink, any_code=row.any_code)[0]
                if number >= warm_up:
                    row.milliseconds.append(taken)
    return rows


def show(rows):
    base = statistics.median(rows[0].milliseconds)
    print(f"{len(rows[0].milliseconds)} rounds, alternating; output to {os.devnull}")
    print(f"{'':36}{'median':>12}{'90 %':>12}{'x python3':>12}{'runs':>6}")
    for row in rows:
        if not row.milliseconds:
            print(f"{row.name:36}{row.why_not}")
            continue
        ordered = sorted(row.milliseconds)
        high = ordered[min(len(ordered) - 1, int(0.9 * len(ordered)))]
        median = statistics.median(ordered)
        print(f"{row.name:36}{median:>9.2f} ms{high:>9.2f} ms{median / base:>12.3f}{len(ordered):>6}")
