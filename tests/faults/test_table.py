"""
Each collector, and each thing that may go wrong with what it looks at.

`python3 tests/faults/faults/table.py` prints which cell is a run and of what kind, and why the others
are none. A run leaves a complete report that names the fault, in time, and nothing else: no process,
no file, no complaint of a sanitizer; and the other collectors find what they find without the fault.
"""

import concurrent.futures
import json
import re

import jsonschema
import pytest

from faults import cells, injection, table

# What a busy machine may add to the time that was given. The release build is held to 0.3 s below.
SLACK_S = 3.0

# What is said of a child that fails in this way.
SAID = {
    "hang": "did not end in time",
    "stopped": "did not end in time",
    "uninterruptible": "did not end even when killed",
    "crash at once": "Segmentation fault",
    "crash half way": "Segmentation fault",
    "exit half way": "before it had reported everything|did not answer|no version that is understood",
    "no memory": "out of memory|Segmentation fault|cannot allocate|not enough|failed to map",
    "no descriptors": "[Tt]oo many open files|Error 24",
    "endless": "printed more than|did not end in time",
    "long line": "printed more than",
    "empty": "Exec format error|file too short",
    "garbage": "Exec format error|ELF|invalid",
}
# Of what fails in these ways nothing was learned: the system's loader does not say more.
SAID_ABSENT = {"program": "neither python3 nor python is on PATH|^$", "library": "cannot open shared object"}


def at(document, pointer):
    """What stands at a JSON pointer, or None. In a list a name stands for the one called so."""
    for part in pointer.strip("/").split("/"):
        try:
            if isinstance(document, list) and not part.isdigit():
                document = {one["name"]: one for one in document}[part]
            else:
                document = document[int(part)] if isinstance(document, list) else document[part]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return document


def statuses(document):
    return {name: one["status"] for name, one in document["snapshot"]["collectors"].items()}


@pytest.fixture(scope="session")
def place(program, open_folder):
    made = cells.prepare(program, injection.build(open_folder), open_folder)
    cells.make_long_line(made)
    return made


@pytest.fixture(scope="session")
def clean(place):
    """clean(KIND): the report of the same machine with nothing wrong."""
    reports = {}

    def report(kind):
        if kind not in reports:
            done = cells.run_clean(place, kind)
            assert done.code == 0 and not done.complaints, done.err
            reports[kind] = json.loads(done.out)
        return reports[kind]

    return report


@pytest.fixture(scope="session")
def schema(place):
    done = cells.Run(place, "schema")
    result = done.world.run([place.program, "schema"], done.world.environment())
    return jsonschema.Draft202012Validator(json.loads(result.out))


def lacking(cell):
    """What a run needs that is not here; "" where all is."""
    if cell.fault == "uninterruptible" and not cells.can_freeze():
        return "needs a freezer control group (version 1): nothing else makes a process unkillable"
    if cell.fault == "denied" and cell.kind != "program" and not cells.can_be_another():
        return "needs root and setpriv, to be another user"
    if cell.collector == "cuda_kernel" and cell.kind == "opening" and not cells.can_mount():
        return "needs root and mount namespaces"
    return ""


@pytest.fixture(scope="session")
def runs(request, place):
    """Cell -> its run under way: most of the time they wait, so several go on at once."""
    wanted = [item.callspec.params["cell"] for item in request.session.items
              if "cell" in getattr(getattr(item, "callspec", None), "params", {})]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        yield {cell: pool.submit(cells.run_cell, place, cell) for cell in wanted if not lacking(cell)}


def told(document, collector):
    """All that a report says of how a collector fared."""
    entry = document["snapshot"]["collectors"][collector]
    return "\n".join([entry.get("detail") or "", *(entry.get("unknown") or {}).values()])


def assert_named(cell, document, done):
    text = told(document, cell.collector)
    entry = document["snapshot"]["collectors"][cell.collector]
    if cell.kind == "file":
        pointer = table.FACTS.get(cell.collector)
        assert not pointer or not at(document["snapshot"], pointer), f"{pointer} is invented"
        if cell.fault == "denied":
            # A library that nobody could read has no ghost: the reader before says so.
            by = "bitsandbytes" if cell.collector == "ghosts" else cell.collector
            assert "Permission denied" in told(document, by)
    elif cell.kind == "library" and cell.fault == "long line":
        assert entry["status"] == "ok"  # what a library prints is cut and is no fault of it
    elif cell.fault in ("absent", "denied"):
        assert re.search(SAID_ABSENT[cell.kind], text), text
        assert cell.collector == "build_tools" or entry["status"] == "absent"
    else:
        assert re.search(SAID[cell.fault], text), text
        if cell.collector != "build_tools" or cell.kind == "opening":
            assert entry["status"] in ("error", "crashed", "timeout"), entry
    assert done.err == ""


def assert_others_unharmed(cell, document, without):
    if cell.fault == "denied" and cell.kind != "program":
        return  # another user sees other things
    before, after = statuses(without), statuses(document)
    excused = {cell.collector, *table.FOLLOWERS.get(cell.collector, ())}
    if cell.kind == "opening" and cell.fault == "no descriptors":
        # Those behind it in the same process have none either, and say so.
        excused |= {name for name in after if "Too many open files" in told(document, name)}
    if cell.kind == "file" and cell.collector == "bitsandbytes":
        excused.add("ghosts")
    changed = {name: (before[name], after[name]) for name in after
               if name not in excused and after[name] != before.get(name)}
    assert not changed


@pytest.mark.parametrize("cell", table.cells(), ids=lambda cell: cell.name)
def test_cell(runs, clean, schema, cell):
    if lacking(cell):
        pytest.skip(lacking(cell))
    without = clean("module" if cell.collector == "cuda_kernel" and cell.kind == "opening" else cell.kind)
    done = runs[cell].result()
    assert done.code == 0, done.err
    assert done.complaints == []
    assert done.left_running == []
    assert done.left_files == []
    assert done.seconds <= cells.TIMEOUT_S + 0.3 + SLACK_S
    document = json.loads(done.out)
    assert [f"{one.json_path}: {one.message[:200]}" for one in schema.iter_errors(document)] == []
    assert_named(cell, document, done)
    assert_others_unharmed(cell, document, without)


def test_every_fact_of_a_file_is_there_without_a_fault(clean):
    snapshot = clean("file")["snapshot"]
    assert [pointer for pointer in table.FACTS.values() if not at(snapshot, pointer)] == []


def test_each_cell_is_a_run_or_has_a_reason():
    made = {(cell.collector, cell.fault) for cell in table.cells()}
    every = {(collector, fault) for collector in table.COLLECTORS for fault in table.FAULTS}
    assert made | set(table.NOT_APPLICABLE) == every
    assert not made & set(table.NOT_APPLICABLE)


def test_the_table_has_all_collectors(clean):
    assert set(statuses(clean("library"))) == set(table.COLLECTORS)
