"""What is wrong with the machine as a whole, or with where the result is to go."""

import json
import os
import re
import subprocess
import time

import jsonschema
import pytest

from faults import cells
from faults.watched import World
from support import fake_driver

needs_mounts = pytest.mark.skipif(not cells.can_mount(), reason="needs root and mount namespaces")
needs_another = pytest.mark.skipif(not cells.can_be_another(),
                                   reason="needs root and setpriv, to be another user")


@pytest.fixture(scope="session")
def schema(release_program):
    done = subprocess.run([release_program, "schema"], capture_output=True, check=True)
    return jsonschema.Draft202012Validator(json.loads(done.stdout))


@pytest.fixture
def world(open_folder, request):
    name = re.sub(r"\W+", "-", request.node.name)[:100]
    return World(open_folder / name)


@pytest.fixture
def run(program, world):
    """run(ARGUMENTS...): the sanitized program, of which nothing may be left."""
    def go(*arguments, variables=None, wrapper=(), of=program, **how):
        done = world.run([*wrapper, of, *arguments], world.environment(variables), **how)
        assert done.complaints == []
        assert done.left_running == []
        assert done.left_files == []
        return done
    return go


@pytest.fixture
def whole(run, schema):
    """whole(ARGUMENTS...): the snapshot of a report that is complete and keeps to the schema."""
    def go(*arguments, **how):
        done = run("--format", "json", "--no-redact", *arguments, **how)
        assert done.code == 0, done.err
        document = json.loads(done.out)
        assert [one.message[:200] for one in schema.iter_errors(document)] == []
        return document["snapshot"]
    return go


def in_namespace(*commands):
    """The wrapper that runs a command behind mounts of its own."""
    return ("unshare", "-m", "sh", "-ec", f'{"; ".join(commands)}; exec "$@"', "sh")


def limited(option, value):
    return ("bash", "-ec", f'ulimit {option} {value}; exec "$@"', "sh")


def as_stranger(world):
    for folder in (world.home, world.work, world.temporary, world.out, world.complaints):
        os.chown(folder, cells.STRANGER, cells.STRANGER)
    return ("setpriv", f"--reuid={cells.STRANGER}", f"--regid={cells.STRANGER}", "--clear-groups")


def said_of(snapshot):
    """collector -> all that is said of how it fared."""
    return {name: "\n".join([one["status"], one.get("detail") or "", *(one.get("unknown") or {}).values()])
            for name, one in snapshot["collectors"].items()}


def assert_one_line(done):
    assert done.code == 3, done.err
    assert len(done.err_lines) == 1 and done.err.startswith("bnb-probe: "), done.err


# --- processes, memory, descriptors ---

@needs_another
def test_no_further_process(whole, world, release_program):
    """Every collector says why it did not run. Without sanitizers, which need a thread."""
    wrapper = (*as_stranger(world), *limited("-u", 1))
    said = said_of(whole("--with-ghosts", wrapper=wrapper, of=release_program))
    assert len(said) == 14
    for name, text in said.items():
        assert text.startswith("error\ncannot start a child process: Resource temporarily"), name


@pytest.mark.parametrize("command", [["--format", "json"], ["--format", "html"], ["check"]])
def test_little_memory(run, release_program, command):
    """However little: a complete result, or one line. Real limits, so without sanitizers."""
    codes = set()
    for kib in (2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 10000, 11000, 12000, 14000, 16000, 24000):
        done = run(*command, wrapper=limited("-v", kib), of=release_program)
        codes.add(done.code)
        if done.code in (0, 1) or (done.code == 3 and done.out and "check" in command):
            assert done.err == "" and done.out.endswith(b"\n")  # 3: check says "unknown"
            if "json" in command:
                json.loads(done.out)
        elif done.code == 3:
            assert done.err == "bnb-probe: out of memory\n" and done.out == b""
        else:  # it did not even start: so says the shell or the system's loader
            assert done.code in (126, 127, -11, 139) and kib <= 8000, (kib, done.code, done.err)
    assert codes - {126, 127, -11, 139}


def test_few_descriptors(run, schema):
    """However few: a complete report that says what it lacked, or one line."""
    named = 0
    for count in range(3, 24):
        done = run("--format", "json", wrapper=limited("-n", count))
        if done.code == 127:
            assert "loading shared libraries" in done.err  # the program was not even loaded
            continue
        if done.code == 3:
            assert_one_line(done)
            continue
        assert done.code == 0, done.err
        document = json.loads(done.out)
        assert [one.message[:200] for one in schema.iter_errors(document)] == []
        named += any("oo many open files" in text for text in said_of(document["snapshot"]).values())
    assert named >= 5


# --- where the result goes ---

def test_full_device(run):
    with open("/dev/full", "wb") as full:
        done = run("--format", "json", stdout=full)
    assert_one_line(done)
    assert "standard output" in done.err and "No space left" in done.err


@needs_mounts
@pytest.mark.parametrize("size", [4, 16, 36])
def test_full_disk(run, world, size):
    """The old file stands as it was."""
    mount = f"mount -t tmpfs -o size={size}k none {world.out} && echo old >{world.out}/report.json"
    after = f'"$@"; code=$?; cat {world.out}/report.json; ls -A {world.out}; exit $code'
    done = run("--format", "json", "-o", world.out / "report.json",
               wrapper=("unshare", "-m", "sh", "-c", f"{mount}; {after}", "sh"))
    assert_one_line(done)
    assert done.out == b"old\nreport.json\n"
    assert str(world.out / "report.json") in done.err and "No space left" in done.err


@pytest.mark.parametrize("how", ['exec "$@" >&-', 'exec "$@" >&- 2>&-', 'exec "$@" <&- >&- 2>&-'])
def test_closed_output(run, how):
    done = run("--format", "json", wrapper=("sh", "-c", how, "sh"))
    assert done.code == 3
    assert done.err == "" if "2>" in how else len(done.err_lines) == 1


def test_reader_who_goes(run):
    reading, writing = os.pipe()
    os.close(reading)
    done = run("--format", "json", stdout=writing)
    os.close(writing)
    assert_one_line(done)
    assert "Broken pipe" in done.err


# --- the machine ---

@needs_mounts
def test_no_proc(whole, release_program):
    """Without sanitizers, which cannot start there."""
    snapshot = whole(wrapper=in_namespace("mount -t tmpfs none /proc"), of=release_program)
    assert "/proc/meminfo" in said_of(snapshot)["hardware"]
    assert snapshot["host"]["distribution"]["id"]
    assert snapshot["python"]["interpreters"][0]["version"]


@needs_mounts
def test_closed_proc(whole, release_program, world):
    """A /proc that shows nobody else's processes, to another user."""
    wrapper = (*in_namespace("mount -t proc -o hidepid=2 proc /proc"), *as_stranger(world))
    snapshot = whole(wrapper=wrapper, of=release_program)
    assert snapshot["hardware"]["memory"]["total_bytes"]
    assert snapshot["session"]["processes"] in (None, []) or isinstance(snapshot["session"]["processes"], list)


@needs_mounts
def test_no_sys(whole):
    said = said_of(whole(wrapper=in_namespace("mount -t tmpfs none /sys")))
    assert "/sys/devices/system/cpu is not there" in said["hardware"]
    assert "/sys" in said["pci"]


@needs_mounts
def test_neither(whole, release_program):
    mounts = in_namespace("mount -t tmpfs none /sys", "mount -t tmpfs none /proc", "mount -t tmpfs none /dev")
    snapshot = whole(wrapper=mounts, of=release_program)
    assert snapshot["host"]["libc"]["version"]


@needs_mounts
def test_read_only_root(whole, run, world):
    wrapper = in_namespace("mount -o remount,bind,ro /")
    if subprocess.run([*wrapper, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("needs a root that can be mounted read-only")
    # The sanitizers' own log cannot be written there: what they say is among the collectors' noise.
    options = "exitcode=99:handle_segv=0:handle_abort=0:handle_sigbus=0"
    for name, one in whole(wrapper=wrapper, variables={"ASAN_OPTIONS": options})["collectors"].items():
        assert one["status"] in ("ok", "absent"), (name, one)
    done = run("--format", "json", "-o", world.out / "report.json", wrapper=wrapper)
    assert_one_line(done)
    assert "Read-only file system" in done.err


# --- the surroundings ---

@pytest.mark.parametrize("home", [None, "", "/nonexistent", "/dev/null", "relative/home", "/" + "h" * 5000])
def test_no_home(whole, home):
    snapshot = whole(variables={"HOME": home, "USER": None})
    assert {one["status"] for one in snapshot["collectors"].values()} <= {"ok", "absent"}


@pytest.mark.parametrize("locale", [{"LANG": None}, {"LC_ALL": "xx_XX.UTF-8"}, {"LC_ALL": "C"},
                                    {"LC_ALL": "/etc/passwd"}, {"LC_ALL": "x" * 5000}])
def test_no_locale(run, locale):
    done = run(variables=locale)
    assert done.code == 0 and done.err == ""
    assert done.out.endswith(b"\n")
    if not locale.get("LC_ALL", "").endswith("UTF-8"):
        done.out.decode("ascii")


PLANTED = ("python", "python3", "cmake", "gcc", "g++", "ninja", "nvcc", "hipcc", "ldconfig", "sh", "env")


def plant(folder, marker):
    """Programs that tell that they were run."""
    folder.mkdir(exist_ok=True)
    for name in PLANTED:
        file = folder / name
        file.write_text(f"#!/bin/sh\necho {name} >>{marker}\n")
        file.chmod(0o755)
    return folder


@pytest.mark.parametrize("path", [None, "", ".", ":", "/usr/bin:", "bin:/usr/bin", "./bin", "../work/bin",
                                  ":".join(["/nonexistent"] * 3000), "/" + "p" * 100000, "/dev/null:/etc/passwd"],
                         ids=lambda path: "unset" if path is None else path[:20])
def test_hostile_path(whole, world, path):
    """What is planted where the program is started is not run: not even an empty entry leads there."""
    marker = world.folder / "marker"
    plant(world.work, marker)
    plant(world.work / "bin", marker)
    snapshot = whole(variables={"PATH": path})
    assert not marker.exists(), marker.read_text()
    assert snapshot["host"]["libc"]["version"]


@pytest.mark.parametrize("variables", [{}, {"PYTHONPATH": "."}, {"PYTHONPATH": "", "PYTHONSTARTUP": "sys.py"},
                                       {"PYTHONHOME": "."}], ids=str)
def test_hostile_folder(whole, world, variables):
    """Python modules where it is started, that tell that they were imported."""
    marker = world.folder / "marker"
    for name in ("sys", "json", "os", "site", "sitecustomize", "usercustomize", "encodings", "posix", "io"):
        (world.work / f"{name}.py").write_text(f"open({str(marker)!r}, 'a').write({name!r})\n")
    snapshot = whole(variables=variables)
    assert not marker.exists(), marker.read_text()
    assert snapshot["python"]["interpreters"][0]["version"]


def test_folder_that_is_gone(whole):
    script = 'mkdir gone && cd gone && rmdir ../gone && exec "$@"'
    snapshot = whole(wrapper=("sh", "-ec", script, "sh"))
    assert snapshot["host"]["libc"]["version"]


# --- time ---

def test_everything_hangs_and_the_time_is_kept(release_program, run, world, open_folder):
    """The best of three: a busy machine adds to it now and then, a fault adds to all."""
    folder = plant(world.folder / "programs", "/dev/null")
    for name in PLANTED:
        (folder / name).write_text("#!/bin/sh\ntrap '' TERM HUP INT\nwhile :; do sleep 1; done\n")
    driver = fake_driver.build(open_folder / "hanging-driver")
    variables = {"PATH": f"{folder}:/usr/bin:/bin", **fake_driver.behaving(driver, "fault=deaf;in=load")}
    took = []
    for _ in range(3):
        started = time.monotonic()
        done = subprocess.run([release_program, "--format", "json", "--timeout", "1"], cwd=world.work,
                              env=world.environment(variables), capture_output=True, check=True)
        took.append(time.monotonic() - started)
        collectors = json.loads(done.stdout)["snapshot"]["collectors"]
        assert collectors["cuda_driver"]["status"] == "timeout"
    assert min(took) <= 1.3
