"""
The table: what a collector looks at, and what may be wrong with it.

`python3 tests/faults/faults/table.py` prints it. Each cell is a run, or a reason why there is none.
"""

import dataclasses
import pathlib
import sys

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from faults.injection import Deed

COLLECTORS = ("python", "build_tools", "cuda_driver", "host", "environment", "hardware", "pci",
              "cuda_kernel", "cuda_toolkits", "rocm", "bitsandbytes", "libraries", "session", "ghosts")

# What comes after a collector and sees what it found.
FOLLOWERS = {"python": {"bitsandbytes", "libraries", "session", "ghosts"},
             "bitsandbytes": {"libraries", "ghosts"}, "libraries": {"ghosts"}}

FAULTS = {
    "absent": "what it looks at is not there",
    "denied": "what it looks at is closed to the user",
    "empty": "what it looks at is empty",
    "garbage": "what it looks at is something else",
    "endless": "what it reads has no end",
    "long line": "a line of 100 MB",
    "hang": "nothing comes, and TERM is ignored",
    "stopped": "it stops itself",
    "uninterruptible": "it cannot even be killed",
    "crash at once": "a crash before anything was learned",
    "crash half way": "a crash when half the facts are known",
    "exit half way": "the process is ended when half the facts are known",
    "no memory": "it gets no more memory",
    "no descriptors": "it can open nothing more",
}

# Where what it looks at is a file or a folder: how that is opened. {made} is a folder of the test.
OPENED = {
    "python": "{venv}/pyvenv.cfg",
    "build_tools": "/var/lib/dpkg/status",
    "host": "/etc/os-release",
    "hardware": "/proc/meminfo",
    "pci": "/sys/bus/pci/devices",
    "cuda_kernel": "/sys/module/nvidia/version",
    "cuda_toolkits": "{made}/cuda/version.json",
    "rocm": "{made}/rocm/.info/version",
    "bitsandbytes": "{site}/bitsandbytes/libbitsandbytes_cpu.so",
    "libraries": "/etc/ld.so.cache",
    "session": "/proc",
    "ghosts": "{site}/bitsandbytes/libbitsandbytes_cpu.so",
}

# Of those that others before them open as well: whose turn it is.
OPENED_BEFORE = {"libraries": 1, "ghosts": 1}

# The same in another root.
IN_ROOT = {
    "python": "usr/bin/python3.11",
    "build_tools": "var/lib/dpkg/status",
    "host": "etc/os-release",
    "hardware": "proc/meminfo",
    "pci": "sys/bus/pci/devices/0000:01:00.0/vendor",
    "cuda_kernel": "sys/module/nvidia/version",
    "cuda_toolkits": "usr/local/cuda/version.json",
    "rocm": "opt/rocm/.info/version",
    "bitsandbytes": "usr/local/lib/python3.11/dist-packages/bitsandbytes/libbitsandbytes_cpu.so",
    "libraries": "etc/ld.so.cache",
    "ghosts": "usr/local/lib/python3.11/dist-packages/bitsandbytes/libbitsandbytes_cpu.so",
}

# The fact that is in it.
FACTS = {
    "python": "/python/interpreters/0/machine",
    "build_tools": "/tools/cmake/version",
    "host": "/host/distribution/id",
    "hardware": "/hardware/memory/total_bytes",
    "pci": "/hardware/pci/0/vendor",
    "cuda_kernel": "/cuda/kernel_module/version",
    "cuda_toolkits": "/cuda/toolkits/0/version",
    "rocm": "/rocm/installations/0/version",
    "bitsandbytes": "/bitsandbytes/native_libraries/libbitsandbytes_cpu.so/machine",
    "libraries": "/libraries/search/cache/entries",
}

OF_FILE = ("absent", "denied", "empty", "garbage", "endless", "long line")
DEEDS = {"hang": Deed.HANG, "stopped": Deed.STOP, "uninterruptible": Deed.HANG,
         "crash half way": Deed.SEGV, "exit half way": Deed.EXIT, "no memory": Deed.MEMORY,
         "no descriptors": Deed.FILES}

# What stands in the place of a program. {tasks}: of a frozen group of processes.
PROGRAMS = {
    "empty": "",
    "garbage": "\x7fELF\x02\x01\x01 is what it begins with, and no more of one\n",
    "endless": "#!/bin/sh\nexec yes {half}\n",
    "long line": "#!/bin/sh\nhead -c 104857600 /dev/zero | tr '\\0' x\necho\n",
    "hang": "#!/bin/sh\ntrap '' TERM HUP INT\nwhile :; do sleep 1; done\n",
    "stopped": "#!/bin/sh\nkill -STOP $$\n",
    "uninterruptible": "#!/bin/sh\necho $$ >{tasks}\nwhile :; do sleep 1; done\n",
    "crash at once": "#!/bin/sh\nkill -SEGV $$\n",
    "crash half way": "#!/bin/sh\necho {half}\nkill -SEGV $$\n",
    "exit half way": "#!/bin/sh\necho {half}\n",
    "no memory": "#!/bin/sh\nulimit -v 3000\nexec {real} \"$@\"\n",
    "no descriptors": "#!/bin/sh\nulimit -n 3\nexec {real} \"$@\"\n",
}
HALF = {"python": "bnb-probe python 1", "build_tools": "cmake vers"}
STANDS_FOR = {"python": ("python3", "/usr/bin/python3"), "build_tools": ("cmake", "/usr/bin/cmake")}

# How the stand-in for the driver's library behaves.
DRIVERS = {
    "endless": "fault=flood", "hang": "fault=deaf;in=count", "stopped": "fault=stop;in=count",
    "uninterruptible": "fault=freeze;in=count", "crash at once": "fault=segv;in=load",
    "crash half way": "fault=segv;in=count", "exit half way": "fault=exit;in=count",
    "no memory": "fault=memory;in=count", "long line": "fault=line",
}

NOT_APPLICABLE = {
    ("cuda_driver", "no descriptors"): "the system's loader opens the library: see no descriptors of the whole run",
    ("session", "absent"): "of /proc: see the whole run without it",
    ("session", "denied"): "processes of others always are",
    ("session", "empty"): "of /proc: see the whole run without it",
    ("session", "garbage"): "the kernel writes /proc",
    ("session", "endless"): "the kernel writes /proc; the readers' limits are unit tests",
    ("session", "long line"): "the kernel writes /proc; the readers' limits are unit tests",
}
for _name in COLLECTORS:
    if _name not in ("python", "build_tools", "cuda_driver"):
        NOT_APPLICABLE[_name, "crash at once"] = "it runs nothing of others: see half way"
for _name in FAULTS:
    NOT_APPLICABLE["environment", _name] = "it reads the variables of its own process and opens nothing"


@dataclasses.dataclass(frozen=True)
class Cell:
    collector: str
    fault: str
    kind: str  # of what fails: program, library, file, opening

    @property
    def name(self):
        return f"{self.collector}: {self.fault} ({self.kind})"


def cells():
    """All cells that are runs. A collector that starts programs also reads files."""
    for collector in COLLECTORS:
        for fault in FAULTS:
            if (collector, fault) in NOT_APPLICABLE:
                continue
            if collector in STANDS_FOR and (fault in PROGRAMS or fault in ("absent", "denied")):
                yield Cell(collector, fault, "program")
            if collector == "cuda_driver":
                yield Cell(collector, fault, "library")
            if collector in IN_ROOT and fault in OF_FILE:
                yield Cell(collector, fault, "file")
            if collector in OPENED and fault in DEEDS:
                yield Cell(collector, fault, "opening")


def listing():
    """The table in Markdown."""
    made = {}
    for cell in cells():
        made.setdefault((cell.collector, cell.fault), []).append(cell.kind)
    reasons = sorted(set(NOT_APPLICABLE.values()))
    lines = ["| fault | " + " | ".join(COLLECTORS) + " |", "| --- " * (len(COLLECTORS) + 1) + "|"]
    for fault in FAULTS:
        row = [", ".join(made.get((one, fault), [])) or
               f"({reasons.index(NOT_APPLICABLE[one, fault]) + 1})" for one in COLLECTORS]
        lines.append(f"| {fault} | " + " | ".join(row) + " |")
    lines += [""] + [f"({number}) {reason}" for number, reason in enumerate(reasons, 1)]
    return "\n".join(lines)


if __name__ == "__main__":
    print(listing())
