"""The run ends in time whatever its children do, and leaves none behind."""

import json
import os
import signal
import subprocess
import time
import uuid

import pytest

from support import fake_driver

STUBBORN = "#!/bin/sh\ntrap '' TERM HUP INT\nwhile :; do sleep 1; done\n"
TOOLS = ("cmake", "nvcc", "gcc", "g++", "ninja", "hipcc", "make", "clang")
# What a busy machine may add to --timeout before a test fails.
SLACK_S = 1.0


def children_with(mark):
    """Processes with `mark` in their environment, other than this one."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                environment = file.read()
            with open(f"/proc/{name}/stat", encoding="utf-8") as file:
                state = file.read().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if mark.encode() in environment and state not in "ZX":
            found.append(int(name))
    return found


def script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def hostile(tmp_path, driver_folder):
    """Variables under which interpreter, tools and driver all hang; and the mark they carry."""
    folder = tmp_path / "hostile"
    for name in ("python", "python3", *TOOLS):
        script(folder / name, STUBBORN)
    mark = f"mark-{uuid.uuid4()}"
    env = {"PATH": f"{folder}:/usr/bin:/bin", "BNB_TEST_MARK": mark,
           **fake_driver.behaving(driver_folder, "fault=hang;in=init")}
    return env, mark


@pytest.mark.parametrize("timeout", [1, 2.5])
def test_everything_hangs_at_once(release_probe, hostile, timeout):
    env, mark = hostile
    started = time.monotonic()
    document = release_probe.report("--timeout", timeout, env=env)
    took = time.monotonic() - started
    assert took <= timeout + SLACK_S
    assert children_with(mark) == []
    snapshot = document["snapshot"]
    assert snapshot["host"]["libc"]["version"]
    assert snapshot["hardware"]["memory"]["total_bytes"]
    statuses = {name: one["status"] for name, one in snapshot["collectors"].items()}
    assert statuses["cuda_driver"] == "timeout"
    interpreter = snapshot["python"]["interpreters"][0]
    assert interpreter["error"] or statuses["python"] == "timeout"
    assert all(one["detail"] for one in snapshot["collectors"].values()
               if one["status"] in ("timeout", "error", "crashed"))


def test_sanitized_too(report, hostile):
    env, mark = hostile
    report("--timeout", "3", env=env)
    assert children_with(mark) == []


def test_a_tools_own_children_go_too(release_probe, tmp_path):
    """A tool that leaves a process behind in its group."""
    mark = f"mark-{uuid.uuid4()}"
    script(tmp_path / "tools" / "cmake", "#!/bin/sh\nsleep 300 &\nsleep 300\n")
    env = {"PATH": f"{tmp_path}/tools:/usr/bin:/bin", "BNB_TEST_MARK": mark}
    document = release_probe.report("--timeout", "1", env=env)
    assert children_with(mark) == []
    assert document["snapshot"]["python"]["interpreters"][0]["version"]


def test_one_hanging_tool_does_not_cost_the_others(release_probe, tmp_path):
    script(tmp_path / "tools" / "nvcc", STUBBORN)
    script(tmp_path / "tools" / "cmake", "#!/bin/sh\necho cmake version 3.25.1\n")
    env = {"PATH": f"{tmp_path}/tools:/usr/bin:/bin"}
    tools = release_probe.report("--timeout", "2", env=env)["snapshot"]["tools"]
    assert tools["cmake"]["version"] == "3.25.1" and tools["gcc"]["version"]
    assert tools["nvcc"]["path"] == str(tmp_path / "tools" / "nvcc")
    assert not tools["nvcc"].get("version")


def test_tool_that_prints_without_end(release_probe, tmp_path):
    script(tmp_path / "tools" / "cmake", "#!/bin/sh\nexec yes cmake version 9.9.9\n")
    started = time.monotonic()
    document = release_probe.report("--timeout", "4", env={"PATH": f"{tmp_path}/tools:/usr/bin:/bin"})
    assert time.monotonic() - started <= 4 + SLACK_S
    assert document["snapshot"]["tools"]["gcc"]["version"]


def test_collectors_wait_at_the_same_time(release_probe, tmp_path):
    """Two slow programs cost as much as the slower, not their sum."""
    for name in ("cmake", "nvcc", "gcc"):
        script(tmp_path / "tools" / name, "#!/bin/sh\nsleep 0.7\necho version 1.2.3\n")
    started = time.monotonic()
    release_probe.report(env={"PATH": f"{tmp_path}/tools:/usr/bin:/bin"})
    assert time.monotonic() - started < 1.4


def test_killed_from_outside_leaves_nothing(release_probe, hostile):
    """Ending bnb-probe itself ends its children."""
    env, mark = hostile
    running = subprocess.Popen([str(release_probe.path), "--format", "json"],
                               env=release_probe.environment(env), stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, cwd=release_probe.folder)
    time.sleep(0.4)
    running.send_signal(signal.SIGKILL)
    running.wait()
    deadline = time.monotonic() + 2
    while children_with(mark) and time.monotonic() < deadline:
        time.sleep(0.05)
    left = children_with(mark)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert not left


def test_document_is_whole_json_on_time_out(release_probe, hostile):
    env, _ = hostile
    result = release_probe.run("--timeout", "1", "--format", "json", env=env)
    assert result.code == 0
    assert json.loads(result.out)["verdict"] in ("unknown", "problem")
