"""The machines in which the cells of the table run, and one run of each."""

import contextlib
import dataclasses
import os
import pathlib
import shutil
import subprocess
import threading
import time

from faults import table
from faults.injection import Control
from faults.watched import World
from support import fake_driver, wheels

TIMEOUT_S = 4
FREEZER = pathlib.Path("/sys/fs/cgroup/freezer")
STRANGER = 54321  # a user who owns nothing
LONG_LINE = 100 << 20
ENDLESS = 10 << 30  # a file of holes


def can_freeze():
    return os.access(FREEZER / "tasks", os.W_OK)


def can_mount():
    done = subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False)
    return os.geteuid() == 0 and done.returncode == 0


def can_be_another():
    return os.geteuid() == 0 and shutil.which("setpriv") is not None


class FrozenGroup:
    """A group of processes none of which goes on, not even to die."""

    def __init__(self, name):
        self.folder = FREEZER / f"bnb-probe-{os.getpid()}-{name}"

    @property
    def tasks(self):
        return self.folder / "tasks"

    def __enter__(self):
        self.folder.mkdir()
        (self.folder / "freezer.state").write_text("FROZEN")
        return self

    @contextlib.contextmanager
    def taking_in(self, control):
        """Freezes the process that meets what `control` has waiting for it."""
        stop = threading.Event()

        def watch():
            while not control.process() and not stop.wait(0.02):
                pass
            if control.process():
                self.tasks.write_text(str(control.process()))

        watcher = threading.Thread(target=watch)
        watcher.start()
        yield
        stop.set()
        watcher.join()

    def thaw(self):
        (self.folder / "freezer.state").write_text("THAWED")

    def __exit__(self, *_):
        self.thaw()
        for _ in range(200):
            try:
                self.folder.rmdir()
                return
            except OSError:  # somebody is still on his way out of it
                time.sleep(0.02)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@dataclasses.dataclass
class Place:
    """What all cells share."""
    program: pathlib.Path
    library: pathlib.Path  # the preloaded one
    folder: pathlib.Path
    driver: pathlib.Path
    venv: wheels.Venv

    @property
    def made(self):
        return self.folder / "made"

    def named(self, path):
        return path.format(venv=self.venv.folder, site=self.venv.site, made=self.made)


def prepare(program, library, folder):
    place = Place(pathlib.Path(program), library, folder, fake_driver.build(folder / "driver"),
                  wheels.kept_venv("0.46.1"))
    write(place.made / "cuda/version.json", '{"cuda": {"version": "12.4.1"}}')
    write(place.made / "rocm/.info/version", "6.2.0-66\n")
    write(place.made / "module/nvidia/version", "550.54.14\n")
    return place


def live_variables(place):
    return {"VIRTUAL_ENV": place.venv.folder, "PATH": f"{place.venv.folder}/bin:/usr/bin:/bin",
            "CUDA_HOME": place.made / "cuda", "ROCM_PATH": place.made / "rocm",
            **fake_driver.behaving(place.driver, "count=2")}


def make_root(place, root):
    """A small machine with something for each collector that reads files."""
    write(root / "etc/os-release", 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n')
    write(root / "proc/meminfo", "MemTotal:       16000000 kB\nMemAvailable:   8000000 kB\n")
    device = root / "sys/bus/pci/devices/0000:01:00.0"
    for name, text in (("class", "0x030000"), ("vendor", "0x10de"), ("device", "0x2684")):
        write(device / name, f"{text}\n")
    write(root / "sys/module/nvidia/version", "550.54.14\n")
    write(root / "usr/local/cuda/version.json", '{"cuda": {"version": "12.4.1"}}')
    write(root / "usr/local/cuda/bin/nvcc", "")
    write(root / "opt/rocm/.info/version", "6.2.0-66\n")
    write(root / "var/lib/dpkg/info/cmake.list", "/usr/bin/cmake\n")
    write(root / "var/lib/dpkg/status", "Package: base-files\nStatus: install ok installed\n"
          "Version: 12\n\nPackage: cmake\nStatus: install ok installed\nVersion: 3.25.1-1\n")
    write(root / "usr/bin/cmake", "")
    (root / "usr/bin/cmake").chmod(0o755)
    shutil.copy(os.path.realpath("/usr/bin/python3"), root / "usr/bin/python3.11")
    (root / "usr/bin/python3").symlink_to("python3.11")
    write(root / "usr/lib/python3.11/os.py", "")
    write(root / "usr/lib/python3.11/site.py", 'DEBIAN = "dist-packages"\n')
    site = root / "usr/local/lib/python3.11/dist-packages"
    site.mkdir(parents=True)
    for entry in place.venv.site.glob("bitsandbytes*"):
        shutil.copytree(entry, site / entry.name, copy_function=_cheap_copy)
    shutil.copy("/etc/ld.so.cache", root / "etc/ld.so.cache")
    return root


def _cheap_copy(source, target):
    """Native libraries are large; what a test replaces it takes away first."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def spoil(path, fault, place):
    """Puts something wrong in the place of a file."""
    if fault != "denied":
        path.unlink()
    if fault == "denied":
        data = path.read_bytes()  # the file may be shared with others by a hard link
        path.unlink()
        path.write_bytes(data)
        path.chmod(0)
    elif fault == "empty":
        path.write_bytes(b"")
    elif fault == "garbage":
        path.write_bytes(bytes(range(256)) * 64)
    elif fault == "endless":
        with open(path, "wb") as file:
            file.truncate(ENDLESS)
    elif fault == "long line":
        os.link(place.folder / "long-line", path)
    if fault not in ("absent", "denied"):
        path.chmod(0o755)


def make_long_line(place):
    with open(place.folder / "long-line", "wb") as file:
        for _ in range(100):
            file.write(b"x" * (LONG_LINE // 100))


class Run:
    """One run of the program in a world of its own."""

    def __init__(self, place, name):
        self.place = place
        self.world = World(place.folder / name.replace(" ", "-").replace(":", "").replace("/", "-"))
        self.control = Control(self.world.folder / "control")

    def go(self, arguments=(), variables=None, wrapper=(), preload=False, then=None, **how):
        environment = self.world.environment(variables)
        command = [self.place.program, "--format", "json", "--no-redact", "--timeout", TIMEOUT_S,
                   *arguments]
        if preload:
            changed = self.control.environment(self.place.library, environment)
            named = [f"{name}={changed[name]}" for name in ("LD_PRELOAD", "BNB_FAULT_FILE", "ASAN_OPTIONS")]
            command = ["env", *named, *command]
        return self.world.run([*wrapper, *command], environment, then=then, **how)


def run_program(place, cell, run):
    name, real = table.STANDS_FOR[cell.collector]
    folder = run.world.folder / "programs"
    folder.mkdir()
    variables = {**live_variables(place), "VIRTUAL_ENV": None, "PATH": f"{folder}:/usr/bin:/bin"}
    if cell.fault in ("absent", "denied"):
        variables["PATH"] = str(folder)
        if name != "python3":
            (folder / "python3").symlink_to("/usr/bin/python3")
    if cell.fault == "denied":
        write(folder / name, "#!/bin/sh\n").chmod(0o600)
    with FrozenGroup(f"{cell.collector}-program") if cell.fault == "uninterruptible" else _Nothing() as group:
        if cell.fault in table.PROGRAMS:
            text = table.PROGRAMS[cell.fault].replace("{half}", table.HALF[cell.collector])
            text = text.replace("{real}", real).replace("{tasks}", str(group.tasks))
            write(folder / name, text).chmod(0o755)
        return run.go(variables=variables, then=group.thaw)


class _Nothing:
    tasks = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    @contextlib.contextmanager
    def taking_in(self, control):
        yield

    def thaw(self):
        pass


def run_library(place, cell, run):
    folder = run.world.folder / "library"
    folder.mkdir()
    file = folder / "libcuda.so.1"
    variables = {**live_variables(place), "LD_LIBRARY_PATH": folder}
    if cell.fault in table.DRIVERS:
        file.symlink_to(place.driver / "libcuda.so.1")
    elif cell.fault == "garbage":
        file.write_bytes(b"\x7fELF" + bytes(range(256)))
    elif cell.fault != "absent":
        file.write_bytes(b"")
    wrapper = ()
    if cell.fault == "denied":
        file.chmod(0)
        wrapper = as_stranger(run)
    with FrozenGroup("library") if cell.fault == "uninterruptible" else _Nothing() as group:
        variables["BNB_FAKE_CUDA"] = f"count=1;{table.DRIVERS.get(cell.fault, '')};tasks={group.tasks}"
        return run.go(variables=variables, wrapper=wrapper, then=group.thaw)


def as_stranger(run):
    """The wrapper that makes a run another user's; its folders are made his."""
    for folder in (run.world.home, run.world.work, run.world.temporary, run.world.out,
                   run.world.complaints):
        os.chown(folder, STRANGER, STRANGER)
    return ("setpriv", f"--reuid={STRANGER}", f"--regid={STRANGER}", "--clear-groups")


def run_file(place, cell, run):
    root = run.world.folder / "root"
    root.mkdir()
    make_root(place, root)
    wrapper = as_stranger(run) if cell.fault == "denied" else ()
    if cell.fault:
        spoil(root / table.IN_ROOT[cell.collector], cell.fault, place)
    done = run.go(["--root", root, "--with-ghosts"], wrapper=wrapper)
    shutil.rmtree(root)
    return done


def with_module(place):
    """The wrapper in whose sight a module nvidia is loaded."""
    return ("unshare", "-m", "sh", "-c",
            f'mount --bind {place.made}/module /sys/module && exec "$@"', "sh")


def run_opening(place, cell, run):
    wrapper = with_module(place) if cell.collector == "cuda_kernel" else ()
    options = ["--with-ghosts"] if cell.collector == "ghosts" else []
    path = place.named(table.OPENED[cell.collector])
    frozen = cell.fault == "uninterruptible"
    with FrozenGroup(f"{cell.collector}-opening") if frozen else _Nothing() as group:
        run.control.at_opening(path, table.DEEDS[cell.fault], table.OPENED_BEFORE.get(cell.collector, 0))
        with group.taking_in(run.control):
            done = run.go(options, live_variables(place), wrapper, preload=True, then=group.thaw)
    assert run.control.hits() == 1, f"{path} was opened {run.control.opened()} times"
    return done


RUNS = {"program": run_program, "library": run_library, "file": run_file, "opening": run_opening}


def run_cell(place, cell):
    return RUNS[cell.kind](place, cell, Run(place, cell.name))


def run_clean(place, kind):
    """The same machine with nothing wrong in it."""
    run = Run(place, f"clean {kind}")
    if kind == "file":
        return run_file(place, table.Cell("host", "", "file"), run)
    variables = live_variables(place)
    if kind == "program":
        variables.update(VIRTUAL_ENV=None, PATH="/usr/bin:/bin")
    wrapper = with_module(place) if kind == "module" else ()
    return run.go(["--with-ghosts"], variables, wrapper)
