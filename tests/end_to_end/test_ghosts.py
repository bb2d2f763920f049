"""Ghosts: the headers of the libraries in a report, read again elsewhere and later."""

import base64
import copy
import json
import subprocess
import zlib

import pytest

from support import small_libraries, wheels
from support.program import find_tool

WHEELS = (
    ("0.35.4", "native"),
    ("0.42.0", "native"),
    ("0.45.0", "native"),
    ("newest", "native"),
    ("newest", "win_amd64"),
    ("newest", "win_arm64"),
    ("newest", "macosx_14_0_arm64"),
)
# Bytes of JSON of one ghost: of code for AMD GPUs the packed heads of its bundles are kept.
USUAL_LIMIT, PACKED_CODE_LIMIT = 24_000, 64_000

NATIVES = ("snapshot", "bitsandbytes", "native_libraries")


@pytest.fixture
def readers_say(probe):
    """What the developers' tool beside the program says of files, one dictionary a file."""
    tool = find_tool("bnb-probe-binary")

    def say(*arguments):
        done = subprocess.run([str(tool), *map(str, arguments)], capture_output=True, text=True,
                              check=True, env=probe.environment())
        probe.assert_no_complaint()
        return [json.loads(line) for line in done.stdout.splitlines()]

    return say


@pytest.mark.parametrize("version, platform", WHEELS)
def test_ghosts_of_published_libraries(version, platform, readers_say, tmp_path):
    """Whatever can be said of a file can be said of its ghost, which is a few KB."""
    wheels.unpack(wheels.wheel(version, platform), tmp_path)
    files = sorted(file for file in (tmp_path / "bitsandbytes").rglob("libbitsandbytes*")
                   if file.suffix in (".so", ".dll", ".dylib"))
    assert files
    for file, ghost in zip(readers_say(*files), readers_say("--ghost", *files)):
        size = ghost.pop("ghost_bytes")
        assert ghost == file
        assert size <= (PACKED_CODE_LIMIT if "rocm" in file["path"] else USUAL_LIMIT), file["path"]


def reach(document, path):
    for part in path:
        document = document[part]
    return document


def save(document, folder, name="saved.json"):
    path = folder / name
    path.write_text(json.dumps(document))
    return path


@pytest.fixture
def with_ghosts(report, wheel_venv):
    """A report on a real environment with the ghosts of its libraries."""
    venv = wheel_venv("0.45.5")
    return report("--with-ghosts", "--python", venv.python)


def test_a_report_with_ghosts(with_ghosts, report, tmp_path):
    ghosts = with_ghosts["snapshot"]["ghosts"]
    assert not [ghost for ghost in ghosts if "left_out" in ghost]
    held = {ghost["path"] for ghost in ghosts}
    assert len(held) == len(ghosts)
    libraries = with_ghosts["snapshot"]["libraries"]
    for library in reach(with_ghosts, NATIVES):
        assert library["path"] in held
    for candidates in libraries["candidates"].values():
        assert all(candidate["real_path"] in held for candidate in candidates)
    # Nothing changes where nothing is newer, and the ghosts stay in what is written again.
    assert report("--from", save(with_ghosts, tmp_path)) == with_ghosts


def test_no_ghosts_unless_asked_for(report, wheel_venv):
    document = report("--python", wheel_venv("0.45.5").python)
    assert "ghosts" not in document["snapshot"]
    assert "ghosts" not in document["snapshot"]["collectors"]


def test_what_an_older_program_did_not_write_down(with_ghosts, report, tmp_path):
    """A snapshot of a program that knew less gives what this one finds in the headers."""
    older = copy.deepcopy(with_ghosts)
    for library in reach(older, NATIVES):
        for fact in ("symbols", "gpu_code", "build_id", "requires", "version_needs"):
            library.pop(fact)
    for candidates in older["snapshot"]["libraries"]["candidates"].values():
        for candidate in candidates:
            candidate.pop("version_definitions", None)
    again = report("--from", save(older, tmp_path))
    assert again["loader"] == with_ghosts["loader"]
    assert reach(again, NATIVES) == reach(with_ghosts, NATIVES)
    blind = copy.deepcopy(older)
    del blind["snapshot"]["ghosts"]
    assert "symbols" not in reach(report("--from", save(blind, tmp_path)), NATIVES)[0]


def test_assumptions_on_top(with_ghosts, report, wheel_venv, tmp_path):
    hopper = [part for one in ("gpu=9.0", "driver=560.35", "torch=2.6.0+cu124")
              for part in ("--assume", one)]
    live = report("--python", wheel_venv("0.45.5").python, *hopper)
    saved = save(with_ghosts, tmp_path)
    assert report("--from", saved, *hopper)["loader"] == live["loader"]
    # What was assumed stands where the ghosts' facts were, and they do not come back.
    other = report("--from", saved, "--assume", "bitsandbytes=0.49.2")
    again = report("--from", save(other, tmp_path, "other.json"))
    assert again["loader"] == other["loader"]
    assert again["snapshot"]["bitsandbytes"]["version"] == "0.49.2"


def first_ghost(document):
    return document["snapshot"]["ghosts"][0]


def set_member(member, value):
    def change(document):
        first_ghost(document)[member] = value
    return change


def add_twin(document):
    document["snapshot"]["ghosts"].append(first_ghost(document))


def add_many(document):
    document["snapshot"]["ghosts"] = [dict(first_ghost(document), path=str(number))
                                      for number in range(5000)]


@pytest.mark.parametrize("damage, says", [
    (set_member("ranges", [[0, 64], [32, 64]]), "overlap"),
    (set_member("ranges", [[2**53 - 8, 64]]), "outside its file"),
    (set_member("ranges", [[2**62, 64]]), "no [offset, length]"),
    (set_member("ranges", [[2 * i, 1] for i in range(1_000_000)]), "more than 16384 ranges"),
    (set_member("ranges", "all"), "no list of ranges"),
    (set_member("bytes", "no base64!"), "no base64"),
    (set_member("bytes", base64.b64encode(zlib.compress(bytes(10_000_000))).decode()),
     "its bytes are not"),
    (set_member("bytes", base64.b64encode(b"no zlib").decode()), "zlib data"),
    (set_member("packing", "lzma"), "neither"),
    (set_member("size", -1), "how large"),
    (set_member("path", None), "of which file"),
    (add_twin, "two ghosts"),
    (add_many, "more than 4096 ghosts"),
], ids=lambda one: None if callable(one) else one)
def test_a_hostile_ghost_is_refused(with_ghosts, probe, tmp_path, damage, says):
    damage(with_ghosts)
    saved = save(with_ghosts, tmp_path)
    result = probe.run("--from", saved)
    assert result.code == 3
    assert len(result.err_lines) == 1
    assert says in result.err and str(saved) in result.err


@pytest.mark.parametrize("arguments, says", [
    (("--with-ghosts",), "--format json"),
    (("--with-ghosts", "--format", "json", "--from", "-"), "--from"),
    (("triage", "--with-ghosts"), "report"),
])
def test_where_it_cannot_be_asked_for(probe, arguments, says):
    result = probe.run(*arguments)
    assert result.code == 2
    assert says in result.err


# --- redaction ---


def held_bytes(ghost):
    data = base64.b64decode(ghost["bytes"])
    return zlib.decompress(data) if ghost["packing"] == "zlib" else data


@pytest.fixture
def built_at_home(probe, tmp_path, wheel_venv):
    """built_at_home(RUNPATH): the redacted report on a library with it, and its ghost."""
    def look(runpath):
        venv = wheels.linked_copy(wheel_venv("0.45.5"), tmp_path / "venv")
        target = venv.package / "libbitsandbytes_cpu.so"
        target.unlink()
        library = small_libraries.Library("libbitsandbytes_cpu.so", runpath=runpath)
        small_libraries.Workshop(tmp_path / "workshop").make(library, venv.package)
        assert target.exists()
        document = probe.report("--with-ghosts", "--python", venv.python, redact=True)
        library = next(one for one in reach(document, NATIVES) if one["name"] == target.name)
        ghost = next(one for one in document["snapshot"]["ghosts"]
                     if one["path"] == library["path"])
        return document, library, ghost
    return look


def test_names_in_the_bytes_are_redacted(built_at_home, report, tmp_path):
    document, library, ghost = built_at_home("/home/marianne/build/lib:/opt/lib")
    assert library["runpath"] == ["/home/user/build/lib", "/opt/lib"]
    assert b"marianne" not in held_bytes(ghost)
    assert b"/home/user/build/lib:/opt/lib\0" in held_bytes(ghost)
    assert report("--from", save(document, tmp_path), redact=True) == document


def test_a_ghost_that_cannot_be_redacted_is_left_out(built_at_home, report, tmp_path):
    """What stands for the name is longer than the name, so that it has no room."""
    document, library, ghost = built_at_home("/home/bo/lib")
    assert library["runpath"] == ["/home/user/lib"]
    assert "bytes" not in ghost
    assert "redacted" in ghost["left_out"]
    assert report("--from", save(document, tmp_path), redact=True) == document


def test_what_hides_beside_a_ghost_is_redacted(with_ghosts, report, tmp_path):
    ghosts = with_ghosts["snapshot"]["ghosts"]
    ghosts[0] = dict(ghosts[0], left_out="of /home/marianne/x")
    document = report("--from", save(with_ghosts, tmp_path), redact=True)
    first = first_ghost(document)
    assert first == {"path": first["path"], "left_out": "of /home/user/x"}
