"""DLLs and programs made byte by byte (Microsoft's "PE Format"): which machine they are for, which
DLLs they need and which version they say they have. They hold no code."""

import struct

MACHINES = {"x86_64": 0x8664, "aarch64": 0xAA64, "i686": 0x014C}
ADDRESS = 0x1000
HEADERS = 0x200


def padded(data, size=4):
    return data + b"\0" * (-len(data) % size)


def _block(key, value=b"", children=b"", text=False):
    """One block of VS_VERSIONINFO; a text's length counts in letters."""
    head = padded(struct.pack("<HHH", 0, len(value) // 2 if text else len(value), text) +
                  (key + "\0").encode("utf-16-le"))
    # The head starts on a multiple of 4, so what is padded within it is padded in the file.
    whole = padded(head + value) + children if children else head + value
    return struct.pack("<H", len(whole)) + whole[2:]


def version_resource(numbers, strings):
    major, minor, build, revision = numbers
    fixed = struct.pack("<13I", 0xFEEF04BD, 0x10000, major << 16 | minor, build << 16 | revision,
                        major << 16 | minor, build << 16 | revision, 0x3F, 0, 0x40004, 2, 0, 0, 0)
    texts = b"".join(padded(_block(key, (text + "\0").encode("utf-16-le"), text=True))
                     for key, text in strings.items())
    table = _block("040904b0", children=texts, text=True)
    info = padded(_block("StringFileInfo", children=table, text=True))
    return _block("VS_VERSION_INFO", fixed, info)


def _resources(version, address):
    """A tree of resources with the one leaf: type 16, name 1, language 1033."""
    tree = b""
    for level, number in enumerate((16, 1, 1033)):
        below = 24 * (level + 1)
        tree += struct.pack("<IIHHHH", 0, 0, 0, 0, 0, 1)
        tree += struct.pack("<II", number, below | (0x80000000 if level < 2 else 0))
    tree += struct.pack("<IIII", address + len(tree) + 16, len(version), 0, 0)
    return tree + version


def make(machine="x86_64", needed=(), version=None, **strings):
    """The bytes. `version` is four numbers; keywords are strings of the version resource."""
    imports_size = 20 * (len(needed) + 1)
    names = b""
    imports = b""
    for name in needed:
        imports += struct.pack("<IIIII", ADDRESS, 0, 0, ADDRESS + imports_size + len(names), ADDRESS)
        names += name.encode() + b"\0"
    data = padded(imports + b"\0" * 20 + names, 16)
    resources_at = ADDRESS + len(data)
    resources = _resources(version_resource(version, strings), resources_at) if version else b""
    data += resources
    size = len(padded(data, 0x200))
    directories = [(0, 0)] * 16
    directories[1] = (ADDRESS, imports_size)
    directories[2] = (resources_at, len(resources)) if version else (0, 0)
    wide = machine != "i686"
    optional = struct.pack("<HBBIIIII", 0x20B if wide else 0x10B, 1, 0, 0, size, 0, 0, ADDRESS)
    optional += struct.pack("<Q", 0x180000000) if wide else struct.pack("<II", 0, 0x10000000)
    optional += struct.pack("<IIHHHHHHIIIIHH", 0x1000, 0x200, 6, 0, 0, 0, 6, 0, 0,
                            ADDRESS + 0x10000, HEADERS, 0, 2, 0x160)
    optional += struct.pack("<QQQQ" if wide else "<IIII", 1 << 20, 4096, 1 << 20, 4096)
    optional += struct.pack("<II", 0, 16)
    optional += b"".join(struct.pack("<II", *one) for one in directories)
    coff = struct.pack("<HHIIIHH", MACHINES[machine], 1, 0, 0, 0, len(optional), 0x2022)
    section = struct.pack("<8sIIIIIIHHI", b".rdata", len(data), ADDRESS, size, HEADERS, 0, 0, 0, 0,
                          0x40000040)
    dos = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x40)
    headers = (dos + b"PE\0\0" + coff + optional + section).ljust(HEADERS, b"\0")
    return headers + padded(data, 0x200)


def write(path, **what):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(make(**what))
    return path
