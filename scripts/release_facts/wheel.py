"""A wheel, opened: its requirements, the files that tell its era, its native libraries."""

import base64
import csv
import email.parser
import hashlib
import io
import os
import re
import zipfile

from . import Trouble

PACKAGE = "bitsandbytes/"
LIBRARY = re.compile(r"\.(so|dll|dylib|pyd)(\.\d+)*$")

# As the snapshot's bitsandbytes section names them (probe/bitsandbytes.c).
MARKERS = {
    "cuda_setup_main": "cuda_setup/main.py",
    "cuda_setup_paths": "cuda_setup/paths.py",
    "cuda_specs": "cuda_specs.py",
    "ops": "_ops.py",
    "backends": "backends/",
    "research": "research/",
    "backends_mps": "backends/mps/",
    "npu_specs": "npu_specs.py",
    "py_typed": "py.typed",
}


class Source:
    """The Python files of a wheel's package."""

    def __init__(self, archive):
        self.archive = archive
        self.names = set(archive.namelist())

    def has(self, path):
        return any(name.startswith(PACKAGE + path) for name in self.names)

    def text(self, path):
        if PACKAGE + path not in self.names:
            return ""
        return self.archive.read(PACKAGE + path).decode("utf-8", "replace")


def era_of(source):
    """The loader era (checks/loader/era.h) that the package's own code shows, or None.

    What is looked for is how it chooses and where it fails, never its version: that the
    eras begin and end where checks/loader/era.c says is thereby a finding.
    """
    setup = source.text("cuda_setup/main.py")
    loader = source.text("cextension.py")
    if setup:
        if source.has("cuda_setup/paths.py"):
            return "cudart-singleton"
        if "cudaRuntimeGetVersion" in setup:
            return "cudasetup-cudart"
        if "torch.version.cuda" in setup:
            return "cudasetup-torch-os" if "LIBRARY_SUFFIX" in setup else "cudasetup-torch"
        return None
    if not source.has("cuda_specs.py") or source.has("npu_specs.py"):
        return None
    if "Mock" not in loader:
        if "_nocublaslt" not in loader:
            return "native-none-v3"
        return "native-none-v2" if "re.sub(" in loader else "native-none-v1"
    if "digits only" in loader:
        return "native-best-match-v2"
    if "libbitsandbytes_xpu" in loader:
        warp = re.search(r"warp_?size|wavefront", loader + source.text("cuda_specs.py"), re.I)
        return "native-mock-v3" if warp else "native-mock-v2"
    return "native-mock-rocm" if "detected for ROCm!!" in loader else "native-mock"


def requirements(metadata):
    """What it requires without any extra, as written."""
    return [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]


def metadata_of(archive, name):
    found = [entry for entry in archive.namelist() if entry.endswith(".dist-info/METADATA")]
    if len(found) != 1:
        raise Trouble(f"{name} has {len(found)} METADATA files")
    return email.parser.BytesParser().parsebytes(archive.read(found[0]))


def recorded(archive):
    """Path to digest, as RECORD lists them."""
    record = next(entry for entry in archive.namelist() if entry.endswith(".dist-info/RECORD"))
    rows = csv.reader(io.StringIO(archive.read(record).decode()))
    return {row[0]: row[1] for row in rows if len(row) > 1 and row[1]}


def digest_of(path):
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
    return "sha256=" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def open_wheel(path):
    """The facts of a wheel that need no unpacking."""
    with zipfile.ZipFile(path) as archive:
        source = Source(archive)
        metadata = metadata_of(archive, path.name)
        return {
            "version": metadata["Version"],
            "python": metadata["Requires-Python"],
            "requires": requirements(metadata),
            "era": era_of(source),
            "markers": [name for name, file in MARKERS.items() if source.has(file)],
        }


def unpack_libraries(path, folder):
    """Unpacks the native libraries, each held against RECORD. Their paths, and complaints."""
    paths, complaints = [], []
    with zipfile.ZipFile(path) as archive:
        digests = recorded(archive)
        for entry in sorted(archive.namelist()):
            if not LIBRARY.search(entry):
                continue
            if os.path.dirname(entry) + "/" != PACKAGE:
                complaints.append(f"{path.name}: {entry} is outside of the package's folder")
                continue
            target = os.path.join(folder, os.path.basename(entry))
            with archive.open(entry) as packed, open(target, "wb") as file:
                while chunk := packed.read(1 << 20):
                    file.write(chunk)
            if entry not in digests:
                complaints.append(f"{path.name}: RECORD does not list {entry}")
            elif digests[entry] != digest_of(target):
                complaints.append(f"{path.name}: {entry} is not the file that RECORD lists")
            paths.append(target)
    return paths, complaints
