"""What LIEF, an independent reader of PE and Mach-O files, says of them.

It comes from the package index into an environment of its own that is kept between runs.
"""

import json
import shutil
import subprocess
import sys

import pytest

from support import wheels

LIEF = "lief==1.0.0"

# Runs in LIEF's environment: one JSON object a file.
READER = r"""
import json, sys
import lief

lief.logging.disable()
MACHINES = {"AMD64": "x86_64", "I386": "i686", "ARM64": "aarch64", "X86_64": "x86_64"}

def pe(file):
    exports = file.get_export() if file.has_exports else None
    return {
        "format": "pe",
        "machine": MACHINES[file.header.machine.name],
        "bits": 64 if file.optional_header.magic == lief.PE.PE_TYPE.PE32_PLUS else 32,
        "needed": [one.name for one in file.imports],
        "delay_needed": [one.name for one in file.delay_imports],
        "soname": exports.name if exports else None,
        "exported": sorted(one.name for one in exports.entries if one.name) if exports else [],
    }

def macho(file):
    kinds = lief.MachO.LoadCommand.TYPE
    libraries = [one for one in file.commands if isinstance(one, lief.MachO.DylibCommand)]
    own = [one.name for one in libraries if one.command == kinds.ID_DYLIB]
    oldest = (file.build_version.minos if file.has_build_version
              else file.version_min.version if file.has_version_min else None)
    return {
        "format": "mach-o",
        "machine": {"ARM64": "arm64"}.get(file.header.cpu_type.name) or
                   MACHINES[file.header.cpu_type.name],
        "bits": 64 if file.header.is_64bit else 32,
        "needed": [one.name for one in libraries if one.command != kinds.ID_DYLIB],
        "weak_needed": [one.name for one in libraries if one.command == kinds.LOAD_WEAK_DYLIB] or None,
        "signed": file.has_code_signature,
        "rpath": [one.path for one in file.commands
                  if isinstance(one, lief.MachO.RPathCommand)],
        "soname": own[0] if own else None,
        "build_id": bytes(file.uuid.uuid).hex() if file.has_uuid else None,
        "oldest": list(oldest) if oldest else None,
        "exported": sorted(one.name[1:] for one in file.exported_symbols),
    }

for path in sys.argv[1:]:
    file = lief.parse(path)
    if isinstance(file, lief.MachO.Binary):
        slices = lief.MachO.parse(path)
        print(json.dumps(macho(slices.at(0))))
    else:
        print(json.dumps(pe(file)))
"""


def _python():
    name = f"{LIEF.replace('==', '-')}-python{sys.version_info[0]}.{sys.version_info[1]}"
    folder = wheels.cache_folder() / "venvs" / name
    done = folder / ".whole"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        venv = wheels.make_venv(folder)
        installed = wheels.pip("--python", venv.python, "install", "-q", "--no-deps",
                               "--only-binary=:all:", "--retries", "1", "--timeout", "20", LIEF)
        if installed.returncode != 0:
            shutil.rmtree(folder)
            if not wheels.UNREACHABLE.search(installed.stderr):
                raise RuntimeError(f"pip install {LIEF} failed: {installed.stderr}")
            pytest.skip(f"needs the package index: {LIEF}")
        done.touch()
    return wheels.Venv(folder).python


def read(files):
    """One dictionary a file, in order; the test is skipped, by name, where LIEF cannot be had."""
    done = subprocess.run([str(_python()), "-c", READER, *map(str, files)], capture_output=True,
                          text=True, check=True, cwd="/")
    return [json.loads(line) for line in done.stdout.splitlines()]


VERSION_READER = r"""
import json, sys
import lief

lief.logging.disable()
for path in sys.argv[1:]:
    resource = lief.parse(path).resources_manager.version[0]
    info = resource.file_info
    numbers = (info.file_version_ms >> 16, info.file_version_ms & 0xffff,
               info.file_version_ls >> 16, info.file_version_ls & 0xffff)
    strings = {one.key: one.value for table in resource.string_file_info.children
               for one in table.entries}
    print(json.dumps({"file_version": ".".join(map(str, numbers)),
                      "product": strings["ProductName"].strip()}))
"""


def versions(files):
    """What the version resource of each Windows file says."""
    done = subprocess.run([str(_python()), "-c", VERSION_READER, *map(str, files)],
                          capture_output=True, text=True, check=True, cwd="/")
    return [json.loads(line) for line in done.stdout.splitlines()]
