"""Wheels: the program file with a small Python package around it (PEP 427, PEP 491, PEP 600).

What a wheel says of the project is read from pyproject.toml, so that it says the same as the source
archive.
"""

import base64
import hashlib
import tomllib
import zipfile

from . import Trouble, program, sbom

PACKAGE = program.ROOT / "python" / "bnb_probe"
# What pip calls each file's machines. A static file serves every C library of its architecture.
TAGS = {
    "linux-x86_64": ("manylinux_2_17_x86_64", "manylinux2014_x86_64", "musllinux_1_1_x86_64"),
    "linux-aarch64": ("manylinux_2_17_aarch64", "manylinux2014_aarch64", "musllinux_1_1_aarch64"),
    "windows-x86_64": ("win_amd64",),
    "windows-arm64": ("win_arm64",),
    "macos-arm64": ("macosx_11_0_arm64",),
}
# The oldest moment that a zip file can say (1980-01-01), for every member alike.
MOMENT = (1980, 1, 1, 0, 0, 0)


# How a program of each platform begins: ELF's e_machine, PE's Machine, Mach-O's cputype.
MACHINES = {
    "linux-x86_64": ("ELF", 62), "linux-aarch64": ("ELF", 183),
    "windows-x86_64": ("PE", 0x8664), "windows-arm64": ("PE", 0xaa64),
    "macos-arm64": ("Mach-O", 0x0100000c),
}


def machine(data):
    """Format and machine of a program file, or None."""
    def number(at, size):
        return int.from_bytes(data[at:at + size], "little")
    if data.startswith(b"\x7fELF\x02\x01"):
        return "ELF", number(18, 2)
    if data.startswith(b"MZ"):
        at = number(0x3c, 4)
        return ("PE", number(at + 4, 2)) if data[at:at + 4] == b"PE\0\0" else None
    if data.startswith(b"\xcf\xfa\xed\xfe"):
        return "Mach-O", number(4, 4)
    return None


def project():
    return tomllib.loads((program.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def metadata(version, platform, licences):
    """The METADATA file: https://packaging.python.org/specifications/core-metadata/"""
    about = project()
    description = (program.ROOT / about["readme"]).read_text(encoding="utf-8")
    lines = ["Metadata-Version: 2.4", f"Name: {about['name']}", f"Version: {version}",
             f"Summary: {about['description']}", f"Keywords: {','.join(about['keywords'])}",
             f"License-Expression: {sbom.expression(about['license'], platform)}"]
    lines += [f"License-File: {path.name}" for path in licences]
    lines += [f"Classifier: {classifier}" for classifier in about["classifiers"]]
    lines += [f"Requires-Python: {about['requires-python']}",
              "Description-Content-Type: text/markdown"]
    return "\n".join([*lines, "", description])


def record_line(name, data):
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(data)}\n"


def members(binary, platform, version, licences):
    """Name, bytes and mode of each file of a wheel, RECORD left out."""
    info = f"bnb_probe-{version}.dist-info"
    tags = "".join(f"Tag: py3-none-{tag}\n" for tag in TAGS[platform])
    for path in sorted(PACKAGE.glob("*")):
        if path.is_file():
            yield f"bnb_probe/{path.name}", path.read_bytes(), 0o644
    # The program lies where an environment's programs are: no Python is started before it.
    name = "bnb-probe.exe" if platform.startswith("windows") else "bnb-probe"
    yield f"bnb_probe-{version}.data/scripts/{name}", binary.read_bytes(), 0o755
    yield f"{info}/METADATA", metadata(version, platform, licences).encode(), 0o644
    yield f"{info}/WHEEL", (f"Wheel-Version: 1.0\nGenerator: bnb-probe {version}\n"
                            f"Root-Is-Purelib: false\n{tags}").encode(), 0o644
    for path in licences:
        yield f"{info}/licenses/{path.name}", path.read_bytes(), 0o644


def write(binary, platform, output, licences):
    """Writes the wheel of one program file; the path of it. `licences` are sbom.licences's."""
    if platform not in TAGS:
        raise Trouble(f"no wheel tag is known for {platform}")
    if machine(binary.read_bytes()) != MACHINES[platform]:
        raise Trouble(f"{binary} is no program for {platform}")
    version = program.version()
    path = output / f"bnb_probe-{version}-py3-none-{'.'.join(TAGS[platform])}.whl"
    record = f"bnb_probe-{version}.dist-info/RECORD"
    inside = sorted(one for one in licences if sbom.belongs(one, platform))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        lines = ""
        for name, data, mode in members(binary, platform, version, inside):
            add(archive, name, data, mode)
            lines += record_line(name, data)
        add(archive, record, (lines + f"{record},,\n").encode(), 0o644)
    return path


def add(archive, name, data, mode):
    info = zipfile.ZipInfo(name, MOMENT)
    info.external_attr = (0o100000 | mode) << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3  # Unix: the mode counts, wherever this was made
    archive.writestr(info, data)
