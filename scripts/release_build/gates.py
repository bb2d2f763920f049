"""What every file that is handed out has to keep to, whatever was built."""

import re
import subprocess

from . import Trouble, program

SIZE_LIMIT = 2_500_000
# The largest page of each architecture's kernels: what a file's parts have to be aligned to.
PAGE_SIZES = {"x86_64": 0x1000, "aarch64": 0x10000}


def read(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def version_key(text):
    return tuple(int(part) for part in text.split("."))


def check_segments(path, architecture):
    """Alignment, a stack that is not executable, nothing both writable and executable."""
    for line in read("readelf", "-lW", str(path)).splitlines():
        words = line.split()
        if not words or words[0] not in ("LOAD", "GNU_STACK"):
            continue
        flags = "".join(word for word in words[6:-1] if re.fullmatch("[RWE]+", word))
        if "W" in flags and "E" in flags:
            raise Trouble(f"{path.name}: a part is writable and executable: {line.strip()}")
        if words[0] == "LOAD" and int(words[-1], 16) < PAGE_SIZES[architecture]:
            raise Trouble(f"{path.name}: aligned to less than {PAGE_SIZES[architecture]:#x}: {line.strip()}")


def check_static(path):
    if "There is no dynamic section" not in read("readelf", "-dW", str(path)):
        raise Trouble(f"{path.name} is not static:\n{read('readelf', '-dW', str(path))}")


def check_driver_part(path):
    """The part for the machine's own C library: what it needs, and from which version."""
    dynamic = read("readelf", "-dW", str(path))
    needed = set(re.findall(r"\(NEEDED\).*\[(.+?)\]", dynamic))
    allowed = {"libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "ld-linux-aarch64.so.1",
               "ld-linux-x86-64.so.2"}
    if not needed <= allowed:
        raise Trouble(f"{path.name} needs {', '.join(sorted(needed - allowed))}")
    versions = re.findall(r"GLIBC_([0-9.]+)", read("readelf", "-VW", str(path)))
    newest = max(versions, key=version_key)
    if version_key(newest) > version_key(program.OLDEST_GLIBC):
        raise Trouble(f"{path.name} needs GLIBC_{newest}")
    if "GNU_RELRO" not in read("readelf", "-lW", str(path)) or "BIND_NOW" not in dynamic:
        raise Trouble(f"{path.name} is not bound and sealed at its start (RELRO, NOW)")


def check_linux(path, driver_part, architecture):
    if path.stat().st_size > SIZE_LIMIT:
        raise Trouble(f"{path.name} has {path.stat().st_size} bytes, more than {SIZE_LIMIT}")
    check_static(path)
    check_segments(path, architecture)
    check_segments(driver_part, architecture)
    check_driver_part(driver_part)
