"""Measures the default run of a release file beside that of the everyday build, in turns."""

import os
import statistics

TARGET = 1.1


def measure(file, program, environment, pairs, warm_up, run_once):
    """Milliseconds of each run, pair by pair. `run_once` as in scripts/bench."""
    file_ms, program_ms = [], []
    with open(os.devnull, "wb") as sink:
        for number in range(warm_up + pairs):
            # Which goes first changes from pair to pair.
            order = (file, program) if number % 2 == 0 else (program, file)
            times = {one: run_once([one], environment, sink)[0] for one in order}
            if number >= warm_up:
                file_ms.append(times[file])
                program_ms.append(times[program])
    return file_ms, program_ms


def show(file_ms, program_ms):
    """Prints both and their ratio; returns whether the file is as fast as it has to be."""
    # Of medians: a pair of which one run met a busy machine says nothing of the other.
    ratio = statistics.median(file_ms) / statistics.median(program_ms)
    pairwise = statistics.median(a / b for a, b in zip(file_ms, program_ms))
    print(f"default run, {len(file_ms)} pairs, alternating")
    print(f"{'':28}{'median':>10}{'fastest':>10}{'target':>10}")
    for name, times in (("release file", file_ms), ("everyday build", program_ms)):
        print(f"{name:28}{statistics.median(times):>7.2f} ms{min(times):>7.2f} ms")
    print(f"{'ratio':28}{ratio:>10.3f}{min(file_ms) / min(program_ms):>10.3f}{'<= ' + str(TARGET):>10}")
    print(f"{'ratio, pair by pair':28}{pairwise:>10.3f}")
    return ratio <= TARGET
