"""What a file for Windows has to keep to: the PE format, read here (Microsoft's "PE Format")."""

import struct

from . import Trouble, gates

MACHINES = {"x86_64": 0x8664, "arm64": 0xaa64}
CONSOLE = 3
# IMAGE_DLLCHARACTERISTICS: loaded anywhere in 64 bits of addresses, data is never executed.
WANTED = {0x0020: "HIGH_ENTROPY_VA", 0x0040: "DYNAMIC_BASE", 0x0100: "NX_COMPAT"}
EXECUTABLE, WRITABLE = 0x20000000, 0x80000000
# Of every Windows; the C library is the one that Windows 10 has, under its names for programs.
MAY_NEED = {"kernel32.dll", "advapi32.dll", "setupapi.dll", "version.dll", "ntdll.dll"}
C_LIBRARY = "api-ms-win-crt-"


class Image:
    """The headers of a PE32+ file."""

    def __init__(self, path):
        self.name = path.name
        self.bytes = path.read_bytes()
        start = self.number("<I", 0x3c) if self.bytes[:2] == b"MZ" else -1
        if start < 0 or self.bytes[start:start + 4] != b"PE\0\0":
            raise Trouble(f"{self.name} is no PE file")
        coff = start + 4
        self.machine, count = struct.unpack_from("<HH", self.bytes, coff)
        self.optional = coff + 20
        if self.number("<H", self.optional) != 0x20b:
            raise Trouble(f"{self.name} is not of 64 bits")
        self.subsystem, self.characteristics = struct.unpack_from("<HH", self.bytes,
                                                                  self.optional + 68)
        table = self.optional + self.number("<H", coff + 16)
        self.sections = [self.section(table + 40 * i) for i in range(count)]

    def number(self, form, offset):
        return struct.unpack_from(form, self.bytes, offset)[0]

    def section(self, offset):
        name = self.bytes[offset:offset + 8].rstrip(b"\0").decode("ascii")
        size, address, raw_size, raw = struct.unpack_from("<IIII", self.bytes, offset + 8)
        return name, address, max(size, raw_size), raw, self.number("<I", offset + 36)

    def at(self, address):
        """The place in the file of an address from the image's start on."""
        for _, start, size, raw, _ in self.sections:
            if start <= address < start + size:
                return raw + address - start
        raise Trouble(f"{self.name}: nothing is at {address:#x}")

    def text(self, address):
        start = self.at(address)
        return self.bytes[start:self.bytes.index(b"\0", start)].decode("ascii")

    def needed(self):
        """The DLLs of the import table."""
        address = self.number("<I", self.optional + 112 + 8)
        names = set()
        while address:
            name = self.number("<I", self.at(address) + 12)
            if not name:
                break
            names.add(self.text(name))
            address += 20
        return names


def check(path, architecture):
    if path.stat().st_size > gates.SIZE_LIMIT:
        raise Trouble(f"{path.name} has {path.stat().st_size} bytes, more than {gates.SIZE_LIMIT}")
    image = Image(path)
    if image.machine != MACHINES[architecture]:
        raise Trouble(f"{path.name} is for machine {image.machine:#x}, not {architecture}")
    if image.subsystem != CONSOLE:
        raise Trouble(f"{path.name} is no program for a console (subsystem {image.subsystem})")
    for bit, name in WANTED.items():
        if not image.characteristics & bit:
            raise Trouble(f"{path.name} lacks {name}")
    for name, _, _, _, flags in image.sections:
        if flags & EXECUTABLE and flags & WRITABLE:
            raise Trouble(f"{path.name}: {name} is writable and executable")
    others = sorted(name for name in image.needed()
                    if name.lower() not in MAY_NEED and not name.lower().startswith(C_LIBRARY))
    if others:
        raise Trouble(f"{path.name} needs {', '.join(others)}")
