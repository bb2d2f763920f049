"""The list of what is inside (SPDX 2.3, JSON), and the licences that go with it."""

import datetime
import hashlib
import json
import re
import tarfile

from . import Trouble, program, sources, zig

# SPDX names of the licences, and the file in each archive that holds the text.
LICENCES = {
    "cjson": ("MIT", r"/LICENSE$"),
    "pcre2": ("BSD-3-Clause", r"/LICENCE$"),
    "hwloc": ("BSD-3-Clause", r"/COPYING$"),
    "zlib": ("Zlib", r"/(LICENSE|zlib\.h)$"),
    "zstd": ("BSD-3-Clause OR GPL-2.0-only", r"/LICENSE$"),
}
# Where a licence leaves a choice: what is chosen.
CHOSEN = {"zstd": "BSD-3-Clause"}


class Runtime:
    """A C library whose code the compiler puts into the files of one system."""

    def __init__(self, name, system, licence, text):
        self.name = name
        self.system = system
        self.licence = licence
        self.text = text  # below the compiler's own folder


RUNTIMES = (
    Runtime("musl", "linux", "MIT", "lib/libc/musl/COPYRIGHT"),
    Runtime("mingw-w64", "windows", "ZPL-2.1", "lib/libc/mingw/COPYING"),
)


def concluded(key):
    return CHOSEN.get(key, LICENCES[key][0])


def belongs(licence, platform):
    """Whether the licence at this path is of something inside that platform's file."""
    return all(licence.stem != runtime.name or platform.startswith(runtime.system)
               for runtime in RUNTIMES)


def expression(own, platform):
    """The SPDX expression of a platform's file: all of it holds."""
    names = [own, *map(concluded, LICENCES)]
    names += [one.licence for one in RUNTIMES if platform.startswith(one.system)]
    return " AND ".join(dict.fromkeys(names))


def licence_text(library, archive):
    pattern = re.compile(r"^[^/]+" + LICENCES[library.key][1])
    with tarfile.open(archive) as members:
        for name in sorted(members.getnames()):
            if pattern.match(name):
                return members.extractfile(name).read()
    raise Trouble(f"{archive.name} holds no licence")


def licences(archives, output, compiler):
    """Writes the licence of this project and of each library and runtime; their paths."""
    output.mkdir(parents=True, exist_ok=True)
    paths = []
    for library in sources.libraries():
        path = output / f"{library.name}.txt"
        path.write_bytes(licence_text(library, sources.known(library, archives)))
        paths.append(path)
    for runtime in RUNTIMES:
        paths.append(output / f"{runtime.name}.txt")
        paths[-1].write_bytes((compiler.parent / runtime.text).read_bytes())
    paths.append(output / "bnb-probe.txt")
    paths[-1].write_bytes((program.ROOT / "LICENSE").read_bytes())
    return paths


def package(library, archive):
    return {
        "SPDXID": f"SPDXRef-{library.key}",
        "name": library.name,
        "versionInfo": library.version,
        "downloadLocation": library.url,
        "filesAnalyzed": False,
        "licenseConcluded": concluded(library.key),
        "licenseDeclared": LICENCES[library.key][0],
        "copyrightText": "NOASSERTION",
        "checksums": [{"algorithm": "SHA256", "checksumValue": sources.checksum(archive)}],
    }


def runtime_package(runtime):
    return {
        "SPDXID": f"SPDXRef-{runtime.name}",
        "name": runtime.name,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": runtime.licence,
        "licenseDeclared": runtime.licence,
        "copyrightText": "NOASSERTION",
        "comment": f"As zig {zig.pinned_version()} brings it; in the {runtime.system} files alone.",
    }


def tool():
    return {
        "SPDXID": "SPDXRef-zig",
        "name": "zig",
        "versionInfo": zig.pinned_version(),
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "MIT",
        "licenseDeclared": "MIT",
        "copyrightText": "NOASSERTION",
        "comment": "The compiler.",
    }


def write(files, archives, output):
    """Writes the SBOM over the files; the path of it."""
    version = program.version()
    moment = datetime.datetime.fromtimestamp(program.source_date(), datetime.timezone.utc)
    own = {
        "SPDXID": "SPDXRef-bnb-probe", "name": "bnb-probe", "versionInfo": version,
        "downloadLocation": "NOASSERTION", "filesAnalyzed": False, "licenseConcluded": "MIT",
        "licenseDeclared": "MIT", "copyrightText": "NOASSERTION",
    }
    parts = [package(one, sources.known(one, archives)) for one in sources.libraries()]
    parts += map(runtime_package, RUNTIMES)
    entries = [{
        "SPDXID": f"SPDXRef-file-{number}", "fileName": f"./{path.name}",
        "checksums": [{"algorithm": name, "checksumValue": hashlib.new(name, path.read_bytes()).hexdigest()}
                      for name in ("SHA1", "SHA256")],
        "licenseConcluded": "NOASSERTION", "copyrightText": "NOASSERTION",
    } for number, path in enumerate(files, 1)]
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-bnb-probe")]
    relations += [("SPDXRef-bnb-probe", "STATIC_LINK", part["SPDXID"]) for part in parts]
    relations += [("SPDXRef-zig", "BUILD_TOOL_OF", "SPDXRef-bnb-probe")]
    relations += [(entry["SPDXID"], "GENERATED_FROM", "SPDXRef-bnb-probe") for entry in entries]
    document = {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"bnb-probe-{version}",
        "documentNamespace": f"https://spdx.org/spdxdocs/bnb-probe-{version}-"
                             + hashlib.sha256("".join(e["checksums"][1]["checksumValue"] for e in entries)
                                              .encode()).hexdigest()[:32],
        "creationInfo": {"created": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
                         "creators": ["Tool: bnb-probe scripts/release"]},
        "packages": [own, *parts, tool()],
        "files": entries,
        "relationships": [{"spdxElementId": left, "relationshipType": kind, "relatedSpdxElement": right}
                          for left, kind, right in relations],
    }
    path = output / f"bnb-probe-{version}.spdx.json"
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return path
