"""Each release's real wheel in a real virtual environment, held against other tools."""

import importlib.metadata
import json
import platform

import pytest

from support import binaries, torch_layout, wheels
from support.program import finding

# Which loader each release has, read in its own cextension.py.
ERAS = {
    "0.42.0": "cudasetup-torch",
    "0.43.3": "native-none-v1",
    "0.45.5": "native-none-v3",
    "0.46.1": "native-mock",
    "0.49.2": "native-mock-v3",
    "newest": "native-best-match-v2",
}
LEGACY = ("0.42.0",)


@pytest.fixture(params=wheels.VERSIONS)
def installed(request, wheel_venv, report):
    """(version asked for, virtual environment, report of it)."""
    venv = wheel_venv(request.param)
    return request.param, venv, report(env=venv.active)


def distribution(venv):
    return next(iter(importlib.metadata.distributions(name="bitsandbytes", path=[str(venv.site)])))


def test_package_in_use(installed):
    asked, venv, document = installed
    facts = document["snapshot"]["bitsandbytes"]
    metadata = distribution(venv)
    assert facts["installed"] is True
    assert facts["version"] == venv.says(
        "import importlib.metadata as m; print(m.version('bitsandbytes'))")
    assert asked in (facts["version"], "newest")
    assert facts["path"] == str(venv.package)
    assert facts["installer"] == metadata.read_text("INSTALLER").strip() == "pip"
    assert facts["editable"] is False
    tags = [line.split(":")[1].strip() for line in metadata.read_text("WHEEL").splitlines()
            if line.startswith("Tag:")]
    assert facts["wheel_tags"] == tags
    assert len(facts["copies"]) == 1


def test_packages_of_the_interpreter(installed):
    _, venv, document = installed
    interpreter = document["snapshot"]["python"]["interpreters"][0]
    assert interpreter["executable"] == str(venv.python) or interpreter["executable"].startswith(
        str(venv.folder / "bin"))
    copy, = interpreter["packages"]["bitsandbytes"]
    assert copy["place"] == str(venv.site)
    assert copy["version"] == distribution(venv).version
    assert interpreter["packages"]["torch"] == []


def test_native_libraries(installed):
    _, venv, document = installed
    facts = {one["name"]: one for one in document["snapshot"]["bitsandbytes"]["native_libraries"]}
    files = {file.name: file for file in venv.native_libraries()}
    assert files and set(files) == set(facts)
    recorded = {str(file) for file in distribution(venv).files}
    for name, file in files.items():
        seen = facts[name]
        section = binaries.dynamic_section(file)
        assert seen["path"] == str(file)
        assert seen["size_bytes"] == file.stat().st_size
        assert seen["format"] == "elf" and seen["bits"] == 64 and seen["big_endian"] is False
        assert seen["machine"] == binaries.machine(file)
        assert seen["in_record"] is (f"bitsandbytes/{name}" in recorded)
        assert seen["needed"] == section["needed"], name
        assert seen["soname"] == section["soname"], name
        assert (seen["runpath"] or []) == section["runpath"], name
        assert (seen["rpath"] or []) == section["rpath"], name


def test_required_versions(installed):
    _, venv, document = installed
    for seen in document["snapshot"]["bitsandbytes"]["native_libraries"]:
        needs = {one["library"]: set(one["versions"]) for one in seen["version_needs"]}
        assert needs == binaries.version_needs(seen["path"]), seen["name"]
        for family in ("GLIBC", "GLIBCXX"):
            expected = binaries.highest_version(seen["path"], family)
            assert seen["requires"].get(family) == expected, (seen["name"], family)


def test_key_symbols(installed):
    _, _, document = installed
    for seen in document["snapshot"]["bitsandbytes"]["native_libraries"]:
        exported = binaries.exported_symbols(seen["path"])
        assert seen["symbols"], seen["name"]
        for symbol, present in seen["symbols"].items():
            assert present is (symbol in exported), (seen["name"], symbol)


def test_era_and_outcome(installed):
    asked, _, document = installed
    assert document["loader"]["era"] == ERAS[asked]
    assert document["loader"]["outcome"] == "torch-missing"
    assert document["verdict"] == "problem"


def test_finding(installed):
    asked, venv, document = installed
    # The era shows on disk: only the old loader has this file.
    assert (venv.package / "cuda_setup" / "main.py").exists() is (asked in LEGACY)
    legacy = finding(document, "legacy-cuda-setup")
    if asked in LEGACY:
        assert legacy["status"] == "confirmed"
        assert legacy["evidence"] and legacy["remedy"]
    else:
        assert legacy is None


def test_python_option_finds_the_same(wheel_venv, report):
    venv = wheel_venv("0.46.1")
    active = report(env=venv.active)["snapshot"]["bitsandbytes"]
    asked = report("--python", venv.python)["snapshot"]["bitsandbytes"]
    assert asked == active


@pytest.mark.skipif(platform.machine() != "x86_64", reason="needs an x86-64 machine")
def test_wheel_of_another_architecture(report, tmp_path):
    """An aarch64 wheel unpacked on x86-64, as a copied folder or a wrong image would have it."""
    path = wheels.wheel("0.49.2", "manylinux_2_24_aarch64")
    venv = wheels.make_venv(tmp_path / "venv")
    wheels.unpack(path, venv.site)
    torch_layout.add_torch(venv.site, "2.5.1+cpu")
    document = report(env=venv.active)
    libraries = document["snapshot"]["bitsandbytes"]["native_libraries"]
    assert libraries and {one["machine"] for one in libraries} == {"aarch64"}
    assert {binaries.machine(file) for file in venv.native_libraries()} == {"aarch64"}
    assert document["loader"]["outcome"] == "wrong-architecture"
    assert finding(document, "unsupported-platform")["status"] == "confirmed"


def test_two_copies(wheel_venv, report, tmp_path):
    """A copy on PYTHONPATH comes before the environment's own: both are shown, the first is used."""
    venv = wheel_venv("0.46.1")
    older = wheel_venv("0.43.3")
    env = {**venv.active, "PYTHONPATH": str(older.site)}
    facts = report(env=env)["snapshot"]["bitsandbytes"]
    assert facts["version"] == "0.43.3"
    assert [copy["version"] for copy in facts["copies"]] == ["0.43.3", "0.46.1"]


def test_library_left_over_from_another_release(wheel_venv, report, tmp_path):
    venv = wheels.linked_copy(wheel_venv("0.46.1"), tmp_path / "venv")
    stray = venv.package / "libbitsandbytes_cuda117.so"
    stray.write_bytes((venv.package / "libbitsandbytes_cpu.so").read_bytes())
    facts = report(env=venv.active)["snapshot"]["bitsandbytes"]
    in_record = {one["name"]: one["in_record"] for one in facts["native_libraries"]}
    assert [name for name, listed in in_record.items() if not listed] == [stray.name]


def test_damaged_library(wheel_venv, report, tmp_path):
    """A truncated library costs only itself."""
    venv = wheels.linked_copy(wheel_venv("0.46.1"), tmp_path / "venv")
    file = venv.package / "libbitsandbytes_cpu.so"
    whole = file.read_bytes()
    for length in (0, 3, 63, 64, 4096, len(whole) - 1):
        file.unlink()
        file.write_bytes(whole[:length])
        document = report(env=venv.active)
        seen = {one["name"]: one for one in document["snapshot"]["bitsandbytes"]["native_libraries"]}
        assert seen[file.name]["size_bytes"] == length
        assert len(seen) == len(venv.native_libraries())
        if length < 4097:
            assert seen[file.name]["error"], f"{length} bytes and nothing said"


def test_editable_install(report, tmp_path):
    """`pip install -e` as pip leaves it: a dist-info with direct_url.json and a .pth file."""
    venv = wheels.make_venv(tmp_path / "venv")
    source = tmp_path / "source"
    (source / "bitsandbytes").mkdir(parents=True)
    (source / "CMakeLists.txt").write_text("project(bitsandbytes)\n")
    (source / "bitsandbytes" / "__init__.py").write_text('__version__ = "0.49.0.dev0"\n')
    info = venv.site / "bitsandbytes-0.49.0.dev0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bitsandbytes\nVersion: 0.49.0.dev0\n")
    (info / "INSTALLER").write_text("pip\n")
    (info / "RECORD").write_text("")
    (info / "direct_url.json").write_text(
        json.dumps({"dir_info": {"editable": True}, "url": f"file://{source}"}))
    (venv.site / "__editable__.bitsandbytes-0.49.0.dev0.pth").write_text(f"{source}\n")
    facts = report(env=venv.active)["snapshot"]["bitsandbytes"]
    assert facts["editable"] is True
    assert facts["path"] == venv.says(
        "import importlib.util as u; print(u.find_spec('bitsandbytes').submodule_search_locations[0])")
    assert facts["source_checkout"] == str(source)
    assert facts["native_libraries"] == []
