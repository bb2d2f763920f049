"""Report documents that no machine gives: large, odd, hostile. For --from."""

import copy

LONG = "/very/long/" + "/".join(f"folder-number-{n}" for n in range(30))

# Ways out of text, attribute, element, style, comment, picture; directions; wide letters.
HOSTILE = (
    "<script>document.title='taken'</script>", "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)", "</style><style>body{display:none}</style>", "</title><h1>out</h1>",
    "<!-- ", "]]>", "</svg><iframe src=//example.org></iframe>", "&lt;b&gt;", "javascript:alert(1)",
    "\x1b[31mred\x1b[0m", "\u202egnp.exe\u202c", "\uff37\uff49\uff44\uff45\u6587\u5b57" * 20,
    "line one\nline two\ttab", "`code` **bold** [link](javascript:alert(1)) @everyone",
)


# Members that decide what the loader model does: spoiling them leaves no picture to look at.
KEPT = {"schema", "os", "format", "machine", "libc", "kind", "target", "found_from", "soname",
        "needed", "library", "versions", "version", "status", "wheel_tags", "unknown",
        "implementation", "elf_type", "cuda_version", "compute_capability", "assumed"}


def _add_library(snapshot, name, folder, needs=()):
    candidates = snapshot["libraries"]["candidates"]
    like = copy.deepcopy(candidates["libc.so.6"][0])
    like |= {"soname": name, "path": f"{folder}/{name}", "real_path": f"{folder}/{name}",
             "found_from": "ld_library_path", "place": folder, "needed": list(needs),
             "version_needs": [], "requires": {}, "build_id": None}
    candidates[name] = [like]


def large(document, chosen):
    """
    The library `chosen` of a document needs 42 libraries more, behind long paths: one of them a
    row of 12, one is not found, one is for another machine.
    """
    document = copy.deepcopy(document)
    snapshot = document["snapshot"]
    names = [f"libneeded{n}.so.{n}" for n in range(40)]
    row = [f"libbelow{n}.so" for n in range(12)]
    snapshot["libraries"]["search"]["ld_library_path"] = [LONG]
    for name in names[1:]:
        _add_library(snapshot, name, LONG)
    for name, below in zip(row, row[1:] + [None]):
        _add_library(snapshot, name, LONG, [below] if below else [])
    _add_library(snapshot, names[3], LONG, row[:1])
    _add_library(snapshot, "libother.so", LONG)
    snapshot["libraries"]["candidates"]["libother.so"][0]["machine"] = "aarch64"
    snapshot["libraries"]["candidates"][names[0]] = []
    file = next(one for one in snapshot["bitsandbytes"]["native_libraries"]
                if one["name"] == chosen)
    file["needed"] = [*names, "libother.so", *file["needed"]]
    return document


def hostile(document):
    """Texts of a document are followed by ways to break out of a page."""
    count = 0

    def spoil(value):
        nonlocal count
        if isinstance(value, dict):
            return {key: value[key] if key in KEPT else spoil(value[key]) for key in value}
        if isinstance(value, list):
            return [spoil(one) for one in value]
        if isinstance(value, str) and not value.startswith("libbitsandbytes"):
            count += 1
            return value + HOSTILE[count % len(HOSTILE)]
        return value

    return spoil(document)
