"""What every file that is handed out has to keep to, whatever was built."""

import re
import subprocess

from . import Trouble, program

SIZE_LIMIT = 2_500_000
# The largest page of each architecture's kernels: what a file's parts have to be aligned to.
PAGE_SIZES = {"x86_64": 0x1000, "aarch64": 0x10000}
# glibc's own.
DRIVER_PART_MAY_NEED = {"libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0",
                        "ld-linux-aarch64.so.1", "ld-linux-x86-64.so.2"}


def read(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def version_key(text):
    return tuple(int(part) for part in text.split("."))


def segments(path):
    """The program headers of a file: type, flags (as in "RW"), alignment."""
    found = []
    for line in read("readelf", "-lW", str(path)).splitlines():
        words = line.split()
        # TYPE OFFSET ADDRESS ADDRESS SIZE SIZE FLAGS... ALIGNMENT
        if len(words) > 7 and words[1].startswith("0x") and words[2].startswith("0x"):
            flags = "".join(word for word in words[6:-1] if re.fullmatch("[RWE]+", word))
            found.append((words[0], flags, int(words[-1], 16)))
    return found


def check_segments(path, architecture):
    """Alignment, a stack that is not executable, nothing both writable and executable."""
    found = segments(path)
    if not any(kind == "GNU_STACK" for kind, _, _ in found):
        raise Trouble(f"{path.name} says nothing of its stack, which makes it executable")
    for kind, flags, alignment in found:
        if "W" in flags and "E" in flags:
            raise Trouble(f"{path.name}: a part is writable and executable: {kind} {flags}")
        if kind == "LOAD" and alignment < PAGE_SIZES[architecture]:
            raise Trouble(f"{path.name}: a part is aligned to {alignment:#x}, "
                          f"less than {PAGE_SIZES[architecture]:#x}")


def check_sealed(path):
    """Loaded anywhere, bound at the start, and what was bound sealed then."""
    dynamic = read("readelf", "-dW", str(path))
    if not re.search(r"\(FLAGS_1\).*\bPIE\b", dynamic):
        raise Trouble(f"{path.name} is loaded at one fixed address (no PIE)")
    if not any(kind == "GNU_RELRO" for kind, _, _ in segments(path)) or "NOW" not in dynamic:
        raise Trouble(f"{path.name} is not bound and sealed at its start (RELRO, NOW)")


def needed_libraries(path):
    return set(re.findall(r"\(NEEDED\).*\[(.+?)\]", read("readelf", "-dW", str(path))))


def check_static(path):
    needed = needed_libraries(path)
    if needed:
        raise Trouble(f"{path.name} needs {', '.join(sorted(needed))}")
    if any(kind == "INTERP" for kind, _, _ in segments(path)):
        raise Trouble(f"{path.name} needs a loader")


def check_needs_of_driver_part(path):
    """The part for the machine's own C library: what it needs, and from which version."""
    further = needed_libraries(path) - DRIVER_PART_MAY_NEED
    if further:
        raise Trouble(f"{path.name} needs {', '.join(sorted(further))}")
    versions = re.findall(r"GLIBC_([0-9.]+)", read("readelf", "-VW", str(path)))
    newest = max(versions, key=version_key, default="0")
    if version_key(newest) > version_key(program.OLDEST_GLIBC):
        raise Trouble(f"{path.name} needs GLIBC_{newest}")


def check_size(path, limit=SIZE_LIMIT):
    if path.stat().st_size > limit:
        raise Trouble(f"{path.name} has {path.stat().st_size} bytes, more than {limit}")


def check_linux(path, driver_part, architecture):
    check_size(path)
    check_static(path)
    for file in (path, driver_part):
        check_segments(file, architecture)
        check_sealed(file)
    check_needs_of_driver_part(driver_part)
