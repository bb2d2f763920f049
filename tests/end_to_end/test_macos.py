"""A Mac whose file system is looked at from here: its layouts, the published wheels, dyld."""

import json
import plistlib

import pytest

from support import mac_root, wheels
from support.mac_root import link, mach_o, put, universal
from support.program import finding

SITE = "/Users/ada/work/venv/lib/python3.11/site-packages"
NAME = "libbitsandbytes_cpu.dylib"


@pytest.fixture
def mac(tmp_path):
    """A Mac with Homebrew's Python 3.11 and a virtual environment made from it, torch in it."""
    made = mac_root.Mac(tmp_path / "mac")
    made.homebrew_python()
    made.site = made.venv()
    mac_root.put_torch(made.site)
    put(made.site / "numpy/__init__.py")
    return made


@pytest.fixture
def installed(mac):
    wheels.unpack(wheels.wheel("0.49.2", "macosx_14_0_arm64"), mac.site)
    return mac


def interpreters(document):
    return document["snapshot"]["python"]["interpreters"]


def test_which_mac_it_is(installed, report):
    host = report("--root", installed.folder)["snapshot"]["host"]
    assert host["os"] == "macos" and host["machine"] == "arm64"
    assert host["distribution"] == {
        "id": "macos", "version": "14.5", "name": "macOS 14.5", "like": [],
        "from": "/System/Library/CoreServices/SystemVersion.plist"}
    assert host["mac"]["build"] == "23F79"
    assert host["mac"]["developer_tools"] is None


def test_published_wheel_loads(installed, report):
    document = report("--root", installed.folder)
    assert document["loader"]["outcome"] == "cpu-only"
    assert document["loader"]["chosen"] == NAME
    assert document["verdict"] == "ok"
    assert [need["rule"] for need in document["loader"]["files"][0]["needed"]] == ["part of macOS"] * 2
    library, = document["snapshot"]["bitsandbytes"]["native_libraries"]
    assert library["requires"] == {"macOS": "14.0"} and library["signed"] is True
    assert document["snapshot"]["bitsandbytes"]["wheel_tags"] == ["py3-none-macosx_14_0_arm64"]
    interpreter = interpreters(document)[0]
    assert interpreter["executable"] == "/Users/ada/work/venv/bin/python3"
    assert interpreter["machine"] == "arm64" and interpreter["kind"] == "venv"
    assert interpreter["base_prefix"] == ("/opt/homebrew/Cellar/python@3.11/3.11.9/Frameworks/"
                                          "Python.framework/Versions/3.11")


def test_saved_snapshot_says_the_same(installed, report, tmp_path):
    document = report("--root", installed.folder)
    saved = tmp_path / "saved.json"
    saved.write_text(json.dumps(document))
    assert report("--from", saved) == document


def test_what_a_person_reads(installed, probe):
    text = " ".join(probe.run("--root", installed.folder).out.split())
    assert "Operating system macOS 14.5, arm64" in text
    assert "torch 2.6.0 can use the GPU (MPS)" in text
    assert "NVIDIA" not in text and "C library" not in text


def test_installed_on_an_older_macos(tmp_path, report):
    """pip takes such a wheel only where it is forced to; dyld loads the file and may fail later."""
    mac = mac_root.Mac(tmp_path / "mac", version="13.6.7", build="22G720")
    mac.homebrew_python()
    site = mac.venv()
    mac_root.put_torch(site)
    put(site / "numpy/__init__.py")
    wheels.unpack(wheels.wheel("0.49.2", "macosx_14_0_arm64"), site)
    document = report("--root", mac.folder)
    assert document["loader"]["outcome"] == "cannot-tell"
    assert "built for macOS 14.0 and newer, and this is 13.6.7" in document["loader"]["outcome_says"]
    assert document["loader"]["mps"]["available"] is True  # torch 2.6 is content with 13.0


def put_universal_wheel(site, version="0.42.0"):
    """What pip falls back to where no wheel fits: Linux files in a wheel for any machine."""
    wheels.unpack(wheels.wheel(version), site)


def test_wheel_with_linux_files(mac, report):
    put_universal_wheel(mac.site)
    document = report("--root", mac.folder)
    found = finding(document, "unsupported-platform")
    assert found["status"] == "confirmed"
    assert any(">=0.49.0" in (step.get("command") or "") for step in found["remedy"])


@pytest.fixture
def translated(tmp_path):
    """An Intel Python on Apple silicon, which Rosetta runs."""
    mac = mac_root.Mac(tmp_path / "mac")
    prefix = "/usr/local/Frameworks/Python.framework/Versions/3.11"
    mac.interpreter(prefix, "3.11.9", mach_o(machine="x86_64", kind=mac_root.PROGRAM))
    mac.site = mac.venv(home=f"{prefix}/bin")
    mac_root.put_torch(mac.site, version="2.2.2", machine="x86_64")
    put(mac.site / "numpy/__init__.py")
    return mac


def test_python_that_rosetta_runs(translated, report):
    put_universal_wheel(translated.site)
    document = report("--root", translated.folder)
    assert document["snapshot"]["host"]["machine"] == "arm64"
    assert interpreters(document)[0]["machine"] == "x86_64"
    found = finding(document, "unsupported-platform")
    assert not any(">=0.49.0" in (step.get("command") or "") for step in found["remedy"])
    assert any("Rosetta" in step["says"] for step in found["remedy"])
    assert document["loader"]["mps"]["available"] is None


def test_library_of_the_other_processor(translated, report):
    wheels.unpack(wheels.wheel("0.49.2", "macosx_14_0_arm64"), translated.site)
    document = report("--root", translated.folder)
    assert document["loader"]["files"][0]["outcome"] == "wrong-architecture"
    assert "incompatible architecture" in document["loader"]["files"][0]["error"]


def test_mac_with_intel_processor(tmp_path, report):
    mac = mac_root.Mac(tmp_path / "mac", version="12.7.6", build="21H1320", processor="x86_64")
    mac.python_org("3.11.9")
    site = mac.venv(home="/Library/Frameworks/Python.framework/Versions/3.11/bin")
    put_universal_wheel(site)
    document = report("--root", mac.folder)
    assert document["snapshot"]["host"]["machine"] == "x86_64"
    assert interpreters(document)[0]["machine"] == "x86_64"  # of both parts, the one that runs here
    says = [step["says"] for step in finding(document, "unsupported-platform")["remedy"]]
    assert any("Intel" in one for one in says)


def test_interpreters_of_every_kind(mac, report):
    mac.python_org("3.12.4")
    mac.command_line_tools("3.9.6")
    uv = "/Users/ada/.local/share/uv/python/cpython-3.13.1-macos-aarch64-none"
    mac.interpreter(uv, "3.13.1", mach_o(kind=mac_root.PROGRAM))
    conda = "/opt/homebrew/Caskroom/miniforge/base"
    mac.interpreter(conda, "3.10.14", mach_o(kind=mac_root.PROGRAM))
    put(mac.at(f"{conda}/conda-meta/python-3.10.14-h1234_0_cpython.json"), "{}")
    found = {one["version"]: one for one in interpreters(report("--root", mac.folder))
             if one["kind"] != "venv"}
    assert {version: one["kind"] for version, one in found.items()} == {
        "3.11.9": "standalone", "3.12.4": "standalone", "3.9.6": "system", "3.13.1": "standalone",
        "3.10.14": "conda"}
    assert found["3.12.4"]["machine"] == "arm64"  # a program for both processors
    # Framework builds have a user site of their own; others have that of every POSIX system.
    assert found["3.12.4"]["user_site"]["path"] == \
        "/Users/ada/Library/Python/3.12/lib/python/site-packages"
    assert found["3.13.1"]["user_site"]["path"] == \
        "/Users/ada/.local/lib/python3.13/site-packages"
    assert found["3.9.6"]["real_executable"] == (
        "/Library/Developer/CommandLineTools/Library/Frameworks/Python3.framework/Versions/3.9/"
        "bin/python3.9")


def test_package_in_homebrews_common_folder(mac, report):
    site = mac.at("/opt/homebrew/lib/python3.11/site-packages")
    wheels.unpack(wheels.wheel("0.49.2", "macosx_14_0_arm64"), site)
    document = report("--root", mac.folder, "--python", "/opt/homebrew/bin/python3.11")
    assert document["snapshot"]["bitsandbytes"]["version"] == "0.49.2"


def test_package_in_the_framework_user_site(tmp_path, report):
    mac = mac_root.Mac(tmp_path / "mac")
    mac.python_org("3.12.4")
    wheels.unpack(wheels.wheel("0.49.2", "macosx_14_0_arm64"),
                  mac.at("/Users/ada/Library/Python/3.12/lib/python/site-packages"))
    assert report("--root", mac.folder)["snapshot"]["bitsandbytes"]["version"] == "0.49.2"


def test_stubs_stand_for_the_developer_tools(mac, report):
    """What Apple puts into /usr/bin is no compiler and no Python where there are no tools."""
    document = report("--root", mac.folder)
    assert document["snapshot"]["tools"]["gcc"]["path"] is None
    assert not any(one["executable"] == "/usr/bin/python3" for one in interpreters(document))
    mac.command_line_tools()
    document = report("--root", mac.folder)
    assert document["snapshot"]["tools"]["gcc"]["path"] == \
        "/Library/Developer/CommandLineTools/usr/bin/gcc"
    asked = report("--root", mac.folder, "--python", "/usr/bin/python3")
    assert interpreters(asked)[0]["executable"] == \
        "/Library/Developer/CommandLineTools/usr/bin/python3"
    # xcode-select has chosen another Xcode.
    put(mac.at("/Applications/Xcode-16.app/Contents/Developer/usr/bin/gcc"), mach_o(), 0o755)
    link(mac.at("/var/db/xcode_select_link"), "/Applications/Xcode-16.app/Contents/Developer")
    document = report("--root", mac.folder)
    assert document["snapshot"]["tools"]["gcc"]["path"] == \
        "/Applications/Xcode-16.app/Contents/Developer/usr/bin/gcc"


# --- a library built from source, which needs OpenMP ---


@pytest.fixture
def built(installed):
    """Replaces the package's library by one that needs libomp as CMake links it."""
    def build(**how):
        file = installed.site / "bitsandbytes" / NAME
        file.unlink()
        return put(file, mach_o(**{"needed": ["@rpath/libomp.dylib", "/usr/lib/libSystem.B.dylib"],
                                   "rpath": ["/opt/homebrew/opt/libomp/lib"],
                                   "name": f"@rpath/{NAME}", "oldest": (14, 0), **how}))
    return build


OMP = "/opt/homebrew/opt/libomp/lib/libomp.dylib"


def omp_need(document):
    return next(need for need in document["loader"]["files"][0]["needed"]
                if need["library"].endswith("libomp.dylib"))


def test_openmp_is_missing(installed, built, report):
    built()
    document = report("--root", installed.folder)
    assert document["loader"]["files"][0]["outcome"] == "dependency-missing"
    assert document["loader"]["missing"] == ["@rpath/libomp.dylib"]
    need = omp_need(document)
    assert need["outcome"] == "not-found" and OMP in need["reason"]


def test_openmp_is_homebrews(installed, built, report):
    built()
    put(installed.at("/opt/homebrew/Cellar/libomp/18.1.6/lib/libomp.dylib"),
        mach_o(needed=["/usr/lib/libSystem.B.dylib"]))
    link(installed.at("/opt/homebrew/opt/libomp"), "../Cellar/libomp/18.1.6")
    document = report("--root", installed.folder)
    need = omp_need(document)
    assert (need["outcome"], need["path"]) == ("found", OMP)
    candidate, = document["snapshot"]["libraries"]["candidates"]["@rpath/libomp.dylib"]
    assert candidate["real_path"] == "/opt/homebrew/Cellar/libomp/18.1.6/lib/libomp.dylib"
    assert candidate["found_from"] == "runpath"
    assert document["loader"]["outcome"] == "cpu-only"


def test_openmp_of_the_other_processor_is_passed_over(installed, built, report):
    built(rpath=["/opt/homebrew/opt/libomp/lib", "/opt/other"])
    put(installed.at(OMP), mach_o(machine="x86_64"))
    need = omp_need(report("--root", installed.folder))
    assert need["outcome"] == "not-found" and "it is for x86_64" in need["reason"]
    put(installed.at("/opt/other/libomp.dylib"), universal("x86_64", "arm64"))
    need = omp_need(report("--root", installed.folder))
    assert (need["outcome"], need["path"]) == ("found", "/opt/other/libomp.dylib")


def test_openmp_that_torch_brings(installed, built, report):
    built(rpath=["@loader_path/../torch/lib"])
    need = omp_need(report("--root", installed.folder))
    assert need["outcome"] == "mapped-by-torch"


def test_openmp_may_be_missing(installed, built, report):
    built(needed=["/usr/lib/libSystem.B.dylib"], weak=["@rpath/libomp.dylib"])
    assert report("--root", installed.folder)["loader"]["outcome"] == "cpu-only"


def test_library_without_signature(installed, built, report):
    built(needed=["/usr/lib/libSystem.B.dylib"], signed=False)
    document = report("--root", installed.folder)
    assert document["loader"]["outcome"] == "cannot-tell"
    assert "no code signature" in document["loader"]["outcome_says"]


# --- MPS ---


@pytest.mark.parametrize("torch, macos, built, available", [
    ("2.4.1", "12.3", True, True),
    ("2.4.1", "12.2.1", True, False),
    ("2.5.1", "12.7.6", True, False),
    ("2.5.1", "13.0", True, True),
    ("2.9.0", "13.7", True, None),
    ("2.10.0", "13.7.4", True, False),
    ("2.10.0", "14.0", True, True),
    ("1.11.0", "14.0", True, False),
    ("2.6.0", "14.5", False, False),
])
def test_whether_torch_can_use_mps(tmp_path, report, torch, macos, built, available):
    mac = mac_root.Mac(tmp_path / "mac", version=macos)
    mac.homebrew_python()
    mac_root.put_torch(mac.venv(), version=torch, mps=built)
    document = report("--root", mac.folder)
    assert document["loader"]["mps"]["available"] is available, document["loader"]["mps"]
    assert interpreters(document)[0]["torch"]["mps"] is built


# --- a version file that is not as usual ---


def reason(document, pointer):
    return document["snapshot"]["collectors"]["host"]["unknown"][pointer]


def test_version_file_in_binary_form(mac, report):
    file = mac.at("/System/Library/CoreServices/SystemVersion.plist")
    file.write_bytes(plistlib.dumps({"ProductVersion": "14.5"}, fmt=plistlib.FMT_BINARY))
    document = report("--root", mac.folder)
    assert document["snapshot"]["host"]["distribution"]["version"] is None
    assert "binary form" in reason(document, "/host/distribution/version")


def test_version_file_as_another_program_writes_it(mac, report):
    """Keys of inner dictionaries count for nothing, and XML's named characters are characters."""
    file = mac.at("/System/Library/CoreServices/SystemVersion.plist")
    file.write_bytes(plistlib.dumps({
        "A": {"ProductVersion": "1.0"}, "B": ["ProductVersion", "2.0"],
        "ProductName": "Mac & <more>", "ProductVersion": "15.1"}, sort_keys=False))
    distribution = report("--root", mac.folder)["snapshot"]["host"]["distribution"]
    assert distribution["version"] == "15.1"
    assert distribution["name"] == "Mac & <more> 15.1"


@pytest.mark.parametrize("text", [b"", b"<plist>", b"<dict><key>ProductVersion", b"\0" * 100,
                                  b"<dict><key>ProductVersion</key><integer>3</integer></dict>"])
def test_damaged_version_file(mac, report, text):
    mac.at("/System/Library/CoreServices/SystemVersion.plist").write_bytes(text)
    document = report("--root", mac.folder)
    assert document["snapshot"]["host"]["os"] == "macos"
    assert reason(document, "/host/distribution/version")
