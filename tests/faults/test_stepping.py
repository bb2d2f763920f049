"""
Every allocation and every system call of a run fails in turn, once and from then on, and is
interrupted where that can be. The run ends with a complete result, or with a line that says why
there is none: no crash, no leak, nothing left running, no half-written file.

A part of the places is tried; all with --faults, which takes most of an hour.
"""

import concurrent.futures
import os

import pytest

from faults import injection, scenarios
from faults.stepping import Stepper, faults_of, thinned

# Faults tried of each run: what a run costs decides. A part of them are the first of each sort.
TRIED = {"report": 40, "run": 28}
TRIED_OTHERWISE = 20
DENSE = 3


@pytest.fixture(scope="session")
def prepared(program, tmp_path_factory):
    folder = tmp_path_factory.mktemp("stepping")
    return scenarios.prepare(program, injection.build(folder), folder)


_steppers = {}


def _step(setting, scenario, fault):
    """In a process of the pool, which keeps its folders from one to the next."""
    if scenario.name not in _steppers:
        _steppers[scenario.name] = Stepper(setting, scenario)
        _steppers[scenario.name].record()
    return _steppers[scenario.name].step(fault)


@pytest.mark.parametrize("name", scenarios.NAMES)
def test_whatever_fails(prepared, request, name):
    setting, every = prepared
    scenario = every[name]
    sites = Stepper(setting, scenario).record()
    faults = list(faults_of(sites))
    assert len(sites) > 100, "hardly a place was found: is the program built with frame pointers?"
    if not request.config.getoption("--faults"):
        faults = thinned(faults, DENSE, TRIED.get(name, TRIED_OTHERWISE))
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count() or 2) as pool:
        results = list(pool.map(_step, [setting] * len(faults), [scenario] * len(faults), faults))
    met = sum(one[1] for one in results)
    problems = [f"{fault}\n    {scenarios.where(setting.program, fault.site)}\n    {problem}"
                for fault, (problem, _, _) in zip(faults, results) if problem]
    print(f"{name}: {len(sites)} places, {len(faults)} faults tried, {met} met, "
          f"{len(problems)} problems")
    # A place may depend on what else the machine does: a few need not come again.
    assert met >= 0.9 * len(faults)
    assert not problems, f"{len(problems)} of {len(faults)}:\n" + "\n".join(problems[:8])
