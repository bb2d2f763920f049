"""`bnb-probe run` with the real import of a real bitsandbytes beside a real torch."""

import json
import subprocess

import pytest

from reality import environments, layouts
from support.program import Program, find_program


@pytest.fixture(scope="module")
def root():
    made = environments.make_root()
    yield made
    environments.remove(made)


@pytest.fixture(scope="module")
def environment(root):
    return environments.Environment(root / "run", layouts.LAYOUTS["torch-2.3.1"], "0.45.5", (),
                                    None, None)


@pytest.fixture
def explain(environment):
    """explain(code): the report on a run of a piece of Python."""
    program = Program(find_program("BNB_PROBE_RELEASE"), environment.folder)

    def run(code, **variables):
        place = environment.folder / "report.json"
        result = program.run("run", "--format", "json", "--no-redact", "-o", place, "--timeout",
                             "60", "--", environment.python, "-c", code,
                             env={**environment.run_environment(), **variables},
                             cwd=environment.cwd)
        document = json.loads(place.read_text())
        program.validate(document)
        return document, result

    return run


def mapped(document):
    run = document["snapshot"]["run"]
    return [one["path"] for one in run["processes"][run["subject"]]["libraries"]]


def test_import_maps_what_the_model_says(explain, environment):
    document, result = explain("import bitsandbytes; raise RuntimeError('after bitsandbytes')")
    assert result.code == 1
    assert document["run"]["agreement"] == "agrees", document["run"]
    assert str(environment.package / document["loader"]["chosen"]) in mapped(document)
    assert any(path.startswith(str(environment.site / "torch")) for path in mapped(document))


def test_another_copy_that_the_program_imports(explain, environment):
    moved = environment.folder / "moved" / "bitsandbytes"
    moved.parent.mkdir()
    subprocess.run(["cp", "-al", str(environment.package), str(moved)], check=True)
    document, _ = explain(f"import sys; sys.path.insert(0, {str(moved.parent)!r}); "
                          "import bitsandbytes; bitsandbytes.missing_thing")
    first = document["run"]["differences"][0]
    assert first["about"] == "copy"
    assert first["found"].startswith(str(moved))


def test_library_that_does_not_load(explain, environment):
    """A damaged file: no map shows it, the model knows it, and the two agree."""
    chosen = environments.own_copy(environment.package / "libbitsandbytes_cpu.so")
    chosen.write_bytes(b"\x7fELF" + b"\0" * 60)
    document, result = explain("import bitsandbytes; "
                               "bitsandbytes.functional.quantize_4bit(None)")
    assert result.code != 0
    assert not any("libbitsandbytes" in path for path in mapped(document))
    assert document["run"]["agreement"] == "agrees", document["run"]
