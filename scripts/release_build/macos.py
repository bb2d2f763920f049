"""What a file for macOS has to keep to: the Mach-O format, read here (<mach-o/loader.h>)."""

import hashlib
import struct

from . import Trouble, gates, program

MAGIC_64, ARM64, EXECUTABLE_FILE = 0xFEEDFACF, 0x0100000C, 2
PIE = 0x200000
LOAD_DYLIB, SEGMENT, SIGNATURE, BUILD_VERSION = 0x0C, 0x19, 0x1D, 0x32
OTHER_LOADS = {0x80000018, 0x8000001F, 0x80000023}  # weak, re-exported, upward
MACOS = 1
WRITE, EXECUTE = 2, 4
# Part of every macOS; nothing else has to be there.
MAY_NEED = {"/usr/lib/libSystem.B.dylib"}
# <kern/cs_blobs.h>: big-endian, whatever the processor.
EMBEDDED_SIGNATURE, CODE_DIRECTORY = 0xFADE0CC0, 0xFADE0C02
AD_HOC = 0x2
SHA256 = 2


class Image:
    """Header and load commands of a file for one processor of 64 bits."""

    def __init__(self, data):
        self.data = data
        self.magic, self.machine, _, self.kind, count, _, self.flags, _ = \
            struct.unpack_from("<8I", data) if len(data) >= 32 else (0,) * 8
        self.commands = []
        at = 32
        for _ in range(count if self.magic == MAGIC_64 else 0):
            kind, size = struct.unpack_from("<II", data, at)
            self.commands.append((kind, data[at:at + size]))
            at += size

    def of_kind(self, *kinds):
        return [command for kind, command in self.commands if kind in kinds]

    def libraries(self):
        found = set()
        for command in self.of_kind(LOAD_DYLIB, *OTHER_LOADS):
            offset, = struct.unpack_from("<I", command, 8)
            found.add(command[offset:].split(b"\0", 1)[0].decode())
        return found

    def segments(self):
        """Name and protection at the start of each."""
        return [(command[8:24].rstrip(b"\0").decode(), struct.unpack_from("<I", command, 60)[0])
                for command in self.of_kind(SEGMENT)]


def check_header(name, image):
    if image.magic != MAGIC_64 or image.machine != ARM64 or image.kind != EXECUTABLE_FILE:
        raise Trouble(f"{name} is no program for macOS on arm64")
    if not image.flags & PIE:
        raise Trouble(f"{name} is loaded at one fixed address (no PIE)")
    for segment, protection in image.segments():
        if protection & WRITE and protection & EXECUTE:
            raise Trouble(f"{name}: a part is writable and executable: {segment}")


def check_needs(name, image):
    further = image.libraries() - MAY_NEED
    if further:
        raise Trouble(f"{name} needs {', '.join(sorted(further))}")
    versions = image.of_kind(BUILD_VERSION)
    if len(versions) != 1:
        raise Trouble(f"{name} does not say for which macOS it is")
    system, oldest = struct.unpack_from("<II", versions[0], 8)
    stated = f"{oldest >> 16}.{oldest >> 8 & 0xff}"
    if system != MACOS or stated != program.OLDEST_MACOS:
        raise Trouble(f"{name} is for system {system} from {stated} on, "
                      f"not for macOS from {program.OLDEST_MACOS} on")


def code_directory(name, data, command):
    """The signature's list of hashes, the part of it that says what was signed."""
    offset, size = struct.unpack_from("<II", command, 8)
    blob = data[offset:offset + size]
    magic, _, count = struct.unpack_from(">III", blob) if len(blob) >= 12 else (0, 0, 0)
    for i in range(count if magic == EMBEDDED_SIGNATURE else 0):
        _, at = struct.unpack_from(">II", blob, 12 + 8 * i)
        if struct.unpack_from(">I", blob, at)[0] == CODE_DIRECTORY:
            return blob[at:]
    raise Trouble(f"{name}: its code signature is damaged")


def check_signature(name, image):
    """Apple silicon runs no code whose pages do not have the hashes that its signature states."""
    commands = image.of_kind(SIGNATURE)
    if not commands:
        raise Trouble(f"{name} carries no code signature, without which it does not run")
    directory = code_directory(name, image.data, commands[0])
    flags, hashes, _, _, pages, limit = struct.unpack_from(">6I", directory, 12)
    size, kind, _, page = struct.unpack_from("4B", directory, 36)
    if not flags & AD_HOC or kind != SHA256:
        raise Trouble(f"{name}: its code signature is not the linker's own")
    for i in range(pages):
        part = image.data[i << page:min((i + 1) << page, limit)]
        if hashlib.sha256(part).digest() != directory[hashes + size * i:hashes + size * (i + 1)]:
            raise Trouble(f"{name}: page {i} is another one than was signed")


def check(path):
    gates.check_size(path)
    image = Image(path.read_bytes())
    check_header(path.name, image)
    check_needs(path.name, image)
    check_signature(path.name, image)
