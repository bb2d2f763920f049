#!/usr/bin/env python3
"""Runs the fuzz targets and prints what each reached. Called by scripts/fuzz, which builds them.

Inputs are kept from one sitting to the next, in the cache, and so is how far each target came since
its reader last changed.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shutil
import signal
import sys
import threading

sys.dont_write_bytecode = True
import coverage  # noqa: E402
import libfuzzer  # noqa: E402
import seeds  # noqa: E402
import targets  # noqa: E402

RUNS_ENOUGH = 10_000_000
SECONDS_ENOUGH = 20 * 60  # of a processor
SLICE = 180  # seconds, as they go by, that a target goes on before another gets its turn


class Place:
    """The folders of one target in the cache."""

    def __init__(self, cache, target):
        self.target = target
        self.folder = cache / target.name
        self.corpus = self.folder / "corpus"
        self.findings = self.folder / "findings"
        self.seeds = cache / "seeds" / target.name
        for folder in (self.corpus, self.findings, self.seeds):
            folder.mkdir(parents=True, exist_ok=True)

    def digest(self):
        """Of what decides what the target does: a reader that changed starts anew."""
        digest = hashlib.sha256()
        for path in [*self.target.reader_files(), self.target.source]:
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def reached(self):
        try:
            reached = json.loads((self.folder / "reached.json").read_text())
        except (OSError, ValueError):
            reached = {}
        if reached.get("digest") != self.digest():
            return {"digest": self.digest(), "runs": 0, "seconds": 0.0, "edges": 0, "found": ""}
        return reached

    def add(self, outcome):
        reached = self.reached()
        reached["runs"] += outcome.runs
        reached["seconds"] += outcome.seconds
        reached["edges"] = max(reached["edges"], outcome.edges)
        reached["found"] = outcome.found or reached["found"]
        new = self.folder / "reached.json.new"
        new.write_text(json.dumps(reached, indent=1) + "\n")
        new.rename(self.folder / "reached.json")
        if outcome.found:
            (self.findings / "log.txt").write_text(outcome.log)


class Sitting:
    """Runs targets, so many at a time, until they are done or somebody interrupts."""

    def __init__(self, jobs):
        self.jobs = jobs
        self.stopped = False
        self.processes = set()
        self.lock = threading.Lock()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.stop)

    def stop(self, *_):
        self.stopped = True
        for process in list(self.processes):
            process.terminate()

    def run_one(self, place, seconds, runs):
        if self.stopped:
            return libfuzzer.Outcome()
        outcome = libfuzzer.run(place.target, place.corpus, [place.seeds], place.findings,
                                seconds=seconds, runs=runs, started=self.processes.add)
        with self.lock:
            place.add(outcome)
        word = outcome.found or f"{outcome.runs} runs, {outcome.edges} edges"
        print(f"fuzz: {place.target.name}: {word}", file=sys.stderr, flush=True)
        return outcome

    def all_once(self, places, seconds):
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            return dict(zip([place.target.name for place in places],
                            pool.map(lambda place: self.run_one(place, seconds, None), places)))

    def until_enough(self, places):
        """Turn by turn, those that have come least far first."""
        while not self.stopped:
            left = [place for place in places if not is_enough(place.reached()) and
                    not place.reached()["found"]]
            if not left:
                return
            left.sort(key=lambda place: progress(place.reached()))
            with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
                list(pool.map(self.one_turn, left))

    def one_turn(self, place):
        reached = place.reached()
        seconds = min(SLICE, SECONDS_ENOUGH - reached["seconds"])
        return self.run_one(place, max(1, seconds), max(1, RUNS_ENOUGH - reached["runs"]))


def progress(reached):
    return max(reached["runs"] / RUNS_ENOUGH, reached["seconds"] / SECONDS_ENOUGH)


def is_enough(reached):
    return progress(reached) >= 1


def table(places, rows, lines):
    """Markdown, since it is put into notes."""
    text = ["| target | runs | CPU s | runs/s | edges | lines of the reader | found |",
            "| --- | ---: | ---: | ---: | ---: | ---: | --- |"]
    for place in places:
        row = rows[place.target.name]
        speed = row["runs"] / row["seconds"] if row["seconds"] else 0
        reached = lines.get(place.target.name)
        share = f"{reached[0]} of {reached[1]} ({100 * reached[0] / reached[1]:.0f} %)" if reached else ""
        text.append(f"| {place.target.name} | {row['runs']} | {row['seconds']:.0f} | {speed:.0f} | "
                    f"{row['edges']} | {share} | {row['found'] or 'nothing'} |")
    total = sum(rows[place.target.name]["runs"] for place in places)
    hours = sum(rows[place.target.name]["seconds"] for place in places) / 3600
    text.append(f"\n{len(places)} targets, {total} runs, {hours:.2f} hours of a processor.")
    return "\n".join(text) + "\n"


def parse_arguments():
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", metavar="[SECONDS] [TARGET...]",
                        help="how long each target goes on, and which: all where none is named")
    parser.add_argument("--long", action="store_true",
                        help=f"until each has {RUNS_ENOUGH} runs or {SECONDS_ENOUGH // 60} minutes of a "
                             "processor, those of earlier sittings counted; interrupt and go on at will")
    parser.add_argument("--status", action="store_true", help="only say how far each has come")
    parser.add_argument("--no-coverage", dest="coverage", action="store_false",
                        help="do not count the lines that are reached")
    parser.add_argument("--keep-nothing", action="store_true",
                        help="start from the seeds, in a cache that is removed at the end")
    parser.add_argument("--jobs", type=int, default=2, help="so many at a time (default: %(default)s)")
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path(cache) / "bnb-probe-fuzz",
                        metavar="DIR", help="where inputs are kept (default: %(default)s)")
    arguments = parser.parse_args()
    arguments.seconds = None
    if arguments.words and arguments.words[0].isdigit():
        arguments.seconds = int(arguments.words.pop(0))
    if arguments.seconds is None and not arguments.long and not arguments.status:
        parser.error("say for how many seconds, or --long")
    return arguments


def count_lines(places):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda place: coverage.lines_reached(place.target, place.corpus, [place.seeds],
                                                              place.findings), places)
        return dict(zip([place.target.name for place in places], found))


def main():
    arguments = parse_arguments()
    try:
        chosen = targets.by_name(arguments.words)
    except ValueError as trouble:
        sys.exit(f"fuzz: {trouble}")
    if arguments.keep_nothing:
        arguments.cache = arguments.cache.with_name(f"{arguments.cache.name}-{os.getpid()}")
    places = [Place(arguments.cache, target) for target in chosen]
    if not arguments.status:
        seeds.make(arguments.cache / "seeds", chosen)
    sitting = Sitting(arguments.jobs)
    rows = None
    if arguments.long:
        sitting.until_enough(places)
    elif not arguments.status:
        rows = {name: vars(outcome)
                for name, outcome in sitting.all_once(places, arguments.seconds).items()}
    rows = rows or {place.target.name: place.reached() for place in places}
    lines = count_lines(places) if arguments.coverage else {}
    text = table(places, rows, lines)
    print(text, end="")
    found = [place for place in places if rows[place.target.name]["found"]]
    if arguments.long or arguments.status:
        (arguments.cache / "summary.md").write_text(text)
    for place in found:
        print(f"fuzz: {place.target.name}: {rows[place.target.name]['found']}: see {place.findings}",
              file=sys.stderr)
    if arguments.keep_nothing and not found:
        shutil.rmtree(arguments.cache)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
