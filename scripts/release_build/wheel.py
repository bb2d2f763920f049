"""Wheels: the program file with a small Python package around it (PEP 427, PEP 491, PEP 600)."""

import base64
import hashlib
import pathlib
import zipfile

from . import program

PACKAGE = program.ROOT / "python" / "bnb_probe"
# What pip calls each file's machines. A static file serves every C library of its architecture.
TAGS = {
    "linux-x86_64": ("manylinux_2_17_x86_64", "manylinux2014_x86_64", "musllinux_1_1_x86_64"),
    "linux-aarch64": ("manylinux_2_17_aarch64", "manylinux2014_aarch64", "musllinux_1_1_aarch64"),
}
# The oldest moment that a zip file can say (1980-01-01), for every member alike.
MOMENT = (1980, 1, 1, 0, 0, 0)


def metadata(version):
    description = (program.ROOT / "README.md").read_text(encoding="utf-8")
    return (f"Metadata-Version: 2.1\nName: bnb-probe\nVersion: {version}\n"
            "Summary: Finds out why bitsandbytes does not work on a machine\n"
            "License: MIT\nRequires-Python: >=3.8\n"
            "Classifier: Environment :: Console\nClassifier: Programming Language :: C\n"
            "Classifier: Programming Language :: Python :: 3\n"
            f"Description-Content-Type: text/markdown\n\n{description}")


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
    name = "bnb-probe.exe" if binary.suffix == ".exe" else "bnb-probe"
    yield f"bnb_probe-{version}.data/scripts/{name}", \
        binary.read_bytes(), 0o755
    yield f"{info}/METADATA", metadata(version).encode(), 0o644
    yield f"{info}/WHEEL", (f"Wheel-Version: 1.0\nGenerator: bnb-probe {version}\n"
                            f"Root-Is-Purelib: false\n{tags}").encode(), 0o644
    for path in licences:
        yield f"{info}/licenses/{path.name}", path.read_bytes(), 0o644


def write(binary, platform, output, licences):
    """Writes the wheel of one program file; the path of it."""
    version = program.version()
    path = output / f"bnb_probe-{version}-py3-none-{'.'.join(TAGS[platform])}.whl"
    record = f"bnb_probe-{version}.dist-info/RECORD"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        lines = ""
        for name, data, mode in members(binary, platform, version, licences):
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
