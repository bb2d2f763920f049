"""Each GPU against real wheels. What runs where is worked out here from cuobjdump's list."""

import pytest

from support import binaries, fake_driver, gpu_code, torch_layout, wheels
from support.program import finding

CUDA_12 = ("libcudart.so.12", "libcublas.so.12", "libcublasLt.so.12", "libcusparse.so.12",
           "libnvJitLink.so.12")

# Maxwell, Volta, Orin, Hopper, Blackwell of a desktop and of a DGX Spark, and one to come.
CAPABILITIES = ("5.0", "7.0", "8.7", "9.0", "12.0", "12.1", "13.0")

DRIVER = (13, 0)  # the CUDA version that the fake driver supports


def toolkit(name):
    digits = "".join(filter(str.isdigit, name))
    return int(digits[:2]), int(digits[2:])


def expected(listed, name, capability, driver=DRIVER):
    """native, ptx or none, from cuobjdump's (kind, target) by NVIDIA's rules."""
    major, minor = map(int, capability.split("."))
    plain = {kind: [divmod(int(target.split("_")[1]), 10) for of, target in listed if of == kind]
             for kind in ("cubin", "ptx")}
    if any(of == major and least <= minor for of, least in plain["cubin"]):
        return "native"
    if any(least <= (major, minor) for least in plain["ptx"]) and toolkit(name) <= driver:
        return "ptx"
    return "none"


@pytest.fixture(scope="session")
def listing():
    """listing(library): its GPU code as cuobjdump lists it."""
    kept = {}

    def look(path):
        if path not in kept:
            kept[path] = {entry[:2] for entry in gpu_code.listed_by_cuobjdump(path)
                          if entry[0] in ("cubin", "ptx")}
            assert not any(target[-1] in "af" for _, target in kept[path]), "the rule here is short"
        return kept[path]

    return look


@pytest.fixture
def machine(wheel_venv, tmp_path, driver_folder):
    """machine(version, cuda, capabilities): variables with which that machine is seen."""

    def make(version, cuda, capabilities, driver=DRIVER):
        venv = wheels.linked_copy(wheel_venv(version), tmp_path / "venv")
        torch_layout.add_torch(venv.site, f"2.8.0+cu{cuda.replace('.', '')}", cuda, None, CUDA_12)
        behaviour = (f"count={len(capabilities)};cc={','.join(capabilities)};"
                     f"driver={driver[0] * 1000 + driver[1] * 10}")
        return venv, {**venv.active, **fake_driver.behaving(driver_folder, behaviour)}

    return make


@pytest.mark.parametrize("version, cuda", [
    ("0.42.0", "12.1"), ("0.43.3", "12.1"), ("0.45.5", "12.4"), ("0.46.1", "12.8"),
    ("0.49.2", "12.8"), ("newest", "12.8"),
])
def test_every_library_against_every_gpu(report, machine, listing, version, cuda):
    venv, env = machine(version, cuda, CAPABILITIES)
    loader = report(env=env)["loader"]
    assert [device["target"] for device in loader["devices"]] == list(CAPABILITIES)
    judged = 0
    for file in loader["files"]:
        if "_cuda" not in file["name"]:
            continue
        listed = listing(venv.package / file["name"])
        assert listed, file["name"]
        wanted = [expected(listed, file["name"], capability) for capability in CAPABILITIES]
        # PTX that the driver cannot compile is PTX all the same in the program's word.
        wanted = [word if word != "none" or toolkit(file["name"]) <= DRIVER
                  else expected(listed, file["name"], capability, toolkit(file["name"]))
                  for word, capability in zip(wanted, CAPABILITIES)]
        assert file["gpu_code"] == wanted, (file["name"], sorted(listed))
        judged += 1
    assert judged >= 5
    chosen = next(file for file in loader["files"] if file["name"] == loader["chosen"])
    assert [device["code"] for device in loader["devices"]] == chosen["gpu_code"]


@pytest.mark.parametrize("first, version, cuda", [
    ("5.0", "0.49.2", "12.8"), ("7.0", "0.46.1", "12.8"), ("7.0", "0.49.2", "12.8"),
    ("8.7", "0.46.1", "12.8"), ("9.0", "newest", "12.8"), ("12.1", "0.49.2", "12.6"),
    ("13.0", "newest", "12.8"), ("12.0", "0.42.0", "12.1"), ("12.0", "0.45.5", "12.4"),
])
def test_first_gpu_decides(report, machine, listing, first, version, cuda):
    venv, env = machine(version, cuda, (first, "9.0"))
    document = report(env=env)
    loader = document["loader"]
    code = expected(listing(venv.package / loader["chosen"]), loader["chosen"], first)
    outcomes = {"native": ("loads", "loads-fallback"), "ptx": ("jit-from-ptx",),
                "none": ("no-gpu-code",)}
    assert loader["outcome"] in outcomes[code], loader["because"]
    assert loader["devices"][0]["code"] == code
    if code == "none":
        assert "no kernel image is available for execution on the device" in loader["user_sees"]
        assert document["verdict"] == "problem"
        assert finding(document, "unsupported-platform")["status"] == "confirmed"
        assert first in document["verdict_says"]
    elif version != "0.42.0":
        assert document["verdict"] == "ok", document["findings"]


def test_second_gpu_without_code_is_named(report, machine):
    _, env = machine("0.49.2", "12.8", ("9.0", "5.0"))
    document = report(env=env)
    assert document["loader"]["outcome"] == "loads"
    assert "GPU 1" in document["loader"]["outcome_says"]
    assert finding(document, "unsupported-platform")["severity"] == "warning"
    assert document["verdict"] == "ok"


def test_driver_too_old_for_the_ptx(report, machine):
    """A GPU newer than the library needs a driver that knows the library's toolkit."""
    _, env = machine("0.49.2", "12.8", ("13.0",), driver=(12, 4))
    document = report(env=env)
    assert document["loader"]["outcome"] == "driver-too-old"
    assert "unsupported toolchain" in document["loader"]["user_sees"]
    assert document["verdict"] == "problem"


def test_driver_too_old_for_the_override(report, machine, tmp_path):
    """The override's library and its CUDA 13 are there; the driver supports CUDA 12 only."""
    venv, env = machine("0.49.2", "12.8", ("9.0",), driver=(12, 8))
    library = "libbitsandbytes_cuda130.so"
    for name in binaries.dynamic_section(venv.package / library)["needed"]:
        if name.startswith(("libcu", "libnv")):
            symbols = {symbol for symbol, version, _ in
                       binaries.undefined_symbols(venv.package / library) if version == name}
            binaries.compile_library(
                tmp_path / "cuda13" / name,
                "".join(f"void *{symbol}(void) {{ return 0; }}\n" for symbol in sorted(symbols)),
                soname=name, version_node=name)
    env["LD_LIBRARY_PATH"] += f":{tmp_path}/cuda13"
    loader = report(env={**env, "BNB_CUDA_VERSION": "130"})["loader"]
    assert loader["asks_for"] == loader["chosen"] == library
    assert loader["outcome"] == "driver-too-old", loader["because"]
    assert "insufficient for CUDA runtime version" in loader["user_sees"]


def test_devices_in_every_report(probe, machine):
    _, env = machine("0.49.2", "12.8", ("7.0", "5.0"))
    for form in ("text", "markdown"):
        done = probe.run("--format", form, env=env)
        assert done.code == 0, done.err
        assert "GPU 0 (Fake GPU 0, 7.0): native code (sm_70)" in done.out
        assert "GPU 1 (Fake GPU 1, 5.0): no code for it" in done.out
    verbose = probe.run("--verbose", env=env).out
    assert " ".join(verbose.split()).count("code for each GPU:") >= 10
