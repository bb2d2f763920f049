"""The same libraries as independent tools see them.

readelf for ELF, llvm-readobj for PE, llvm-objdump and llvm-nm for Mach-O, cuobjdump for CUDA
code, and for HIP code a listing of the bundles with zstd. A tool that is not there checks
nothing, and is named once.
"""

import os
import re
import shutil
import subprocess
import tempfile

from . import bundles, fatbins

READELF_MACHINES = {"X86-64": "x86_64", "AArch64": "aarch64"}
LLVM_MACHINES = {"x86_64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64", "i386": "i686"}


def run(*command):
    environment = dict(os.environ, LC_ALL="C")
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment,
                          stdin=subprocess.DEVNULL, errors="replace")


def output_of(*command):
    """What a tool prints; its complaints do not count."""
    return run(*command).stdout


class Tools:
    """Where the tools are; `missing` names those that were wanted and not there."""

    def __init__(self, folder):
        cuda_folders = [str(folder / "nvidia" / "cu13" / "bin"), "/usr/local/cuda/bin"]
        self.search = os.pathsep.join([os.environ.get("PATH", os.defpath), *cuda_folders])
        self.missing = set()
        self.given_up = 0  # files that cuobjdump could not list

    def find(self, name):
        path = shutil.which(name, path=self.search)
        if not path:
            self.missing.add(name)
        return path


def of_readelf(readelf, path):
    dynamic = output_of(readelf, "-hdW", path)
    facts = {
        "format": "elf",
        "machine": next((kind for name, kind in READELF_MACHINES.items()
                         if re.search(rf"Machine:.*{name}", dynamic)), None),
        "soname": next(iter(re.findall(r"\(SONAME\).*\[(.*)\]", dynamic)), None),
        "needed": re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic),
    }
    for key in ("rpath", "runpath"):
        found = re.findall(rf"\({key.upper()}\).*\[(.*)\]", dynamic)
        facts[key] = found[0].split(":") if found else []
    facts["version_needs"] = version_needs(output_of(readelf, "-VW", path))
    return facts


def version_needs(text):
    """From readelf -V: libraries and the versions asked of them, weak ones left out."""
    needs, library, inside = {}, None, False
    for line in text.splitlines():
        if line.startswith("Version "):
            inside = line.startswith("Version needs section")
        if not inside:
            continue
        if file := re.search(r"File: (\S+)", line):
            library = file[1]
            needs[library] = []
        elif name := re.search(r"Name: (\S+)\s+Flags: (.*?)\s+Version:", line):
            if "WEAK" not in name[2]:
                needs[library].append(name[1])
    return sorted([library, sorted(versions)] for library, versions in needs.items() if versions)


def exports_of_elf(readelf, path, wanted):
    """Of the symbols `wanted`, those that others can link to."""
    found = set()
    for line in output_of(readelf, "--dyn-syms", "-W", path).splitlines():
        fields = line.split()
        if len(fields) >= 8 and fields[4] in ("GLOBAL", "WEAK") and fields[6] != "UND":
            found.add(fields[7].split("@")[0])
    return sorted(found & wanted)


def of_llvm(readobj, path, wanted):
    """PE, as llvm-readobj tells it."""
    text = output_of(readobj, "--file-headers", "--coff-imports", "--coff-exports", path)
    arch = re.search(r"^Arch: (\S+)", text, re.M)
    parts = re.split(r"^(Import|DelayImport|Export) \{$", text, flags=re.M)
    blocks = list(zip(parts[1::2], parts[2::2]))
    named = [(kind, re.search(r"^  Name: (.*)$", block, re.M)) for kind, block in blocks]

    def names(wished):
        return [name[1] for kind, name in named if kind == wished and name]

    return {"format": "pe", "machine": LLVM_MACHINES.get(arch[1]) if arch else None,
            "needed": names("Import"), "delay_needed": names("DelayImport"),
            "exports": sorted(set(names("Export")) & wanted)}


def of_macho(objdump, nm, path, wanted):
    """A Mach-O library with one architecture; the first name listed is its own."""
    header = output_of(objdump, "--macho", "--private-header", path)
    used = re.findall(r"^\t(\S+) \(", output_of(objdump, "--macho", "--dylibs-used", path), re.M)
    facts = {"format": "mach-o", "soname": used[0], "needed": used[1:],
             "machine": "arm64" if re.search(r"\bARM64\b", header) else "x86_64"}
    if nm:
        listed = output_of(nm, "--extern-only", "--defined-only", path)
        symbols = set(re.findall(r"^\w+ [A-Z] _(\S+)$", listed, re.M))
        facts["exports"] = sorted(symbols & wanted)
    return facts


def cuda_listing(cuobjdump, path):
    """{"cubin sm_90", ...} of all containers in a file; None where cuobjdump gives up on it."""
    done = run(cuobjdump, "-all", "-lelf", "-lptx", path)
    if "cuobjdump fatal" in done.stderr:
        return None
    codes = {f"cubin {target}"
             for target in re.findall(r"^ELF file.*\.(sm_\w+)\.cubin", done.stdout, re.M)}
    for target in re.findall(r"^PTX file.*\.sm_(\w+)\.ptx", done.stdout, re.M):
        codes.add(f"ptx compute_{target}")
    return codes


def cuda_listing_of_parts(cuobjdump, data):
    """The same of a Windows library, which it cannot open: each container alone."""
    codes = set()
    for at, _, size in fatbins.containers(data):
        with tempfile.NamedTemporaryFile(suffix=".fatbin") as file:
            file.write(data[at:at + size])
            file.flush()
            listed = cuda_listing(cuobjdump, file.name)
        if listed is None:
            return None
        codes |= listed
    return codes


def cuda_code(tools, path):
    """What cuobjdump lists; where it cannot, a second reading of the containers."""
    cuobjdump = tools.find("cuobjdump")
    with open(path, "rb") as file:
        data = file.read()
    listed = None
    if cuobjdump:
        listed = (cuda_listing_of_parts(cuobjdump, data) if data.startswith(b"MZ")
                  else cuda_listing(cuobjdump, path))
        tools.given_up += listed is None
    return fatbins.codes_of(data) if listed is None else sorted(listed)


def facts_of(tools, path, wanted):
    """What the tools at hand say of a library, in the shape of readers.library_of."""
    with open(path, "rb") as file:
        magic = file.read(4)
    facts = {}
    if magic == b"\x7fELF" and (readelf := tools.find("readelf")):
        facts = of_readelf(readelf, path)
        facts["exports"] = exports_of_elf(readelf, path, wanted)
    elif magic[:2] == b"MZ" and (readobj := tools.find("llvm-readobj")):
        facts = of_llvm(readobj, path, wanted)
    elif magic == b"\xcf\xfa\xed\xfe" and (objdump := tools.find("llvm-objdump")):
        facts = of_macho(objdump, tools.find("llvm-nm"), path, wanted)
    codes = code_of(tools, path)
    if codes is not None:
        facts["gpu_code"] = codes
    return facts


def code_of(tools, path):
    """The GPU code inside; None where there is no tool that can say."""
    name = os.path.basename(path)
    if "_cuda" in name:
        return cuda_code(tools, path)
    if "_rocm" in name or "_hip" in name:
        return bundles.codes_of(path, tools.find("zstd"))
    return []


def disagreements(library, told):
    """Sentences: where the reader and the tools differ. What the reader leaves open is one."""
    said = []
    for key, expected in told.items():
        if library.get(key) != expected:
            said.append(f"{library['name']}: {key}: the reader says {library.get(key)}, "
                        f"the tools say {expected}")
    return said
