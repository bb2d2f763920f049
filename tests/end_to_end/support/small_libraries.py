"""Small ELF libraries made by the assembler and the linker, with exactly the dynamic section
that a test wants: what it needs, where it says to look, which symbol versions it asks for."""

from __future__ import annotations  # Debian 11's Python knows no "str | None"

import dataclasses
import functools
import pathlib
import struct
import subprocess

# e_ident[EI_CLASS], e_ident[EI_DATA] and the offsets of e_type and e_machine.
CLASS_AT, DATA_AT, TYPE_AT, MACHINE_AT = 4, 5, 16, 18

# What the assembler writes asks for an executable stack, which glibc 2.41 and newer refuse.
LINK = ("ld", "-shared", "-z", "noexecstack")

DT_SONAME, DT_RPATH, DT_RUNPATH = 14, 15, 29


@dataclasses.dataclass
class Library:
    """A file at FOLDER/NAME. Sonames in `needs` with a version: "libx.so.1@V2"."""

    name: str
    folder: str = ""
    soname: str | None = ""  # "": the name; None: has none
    needs: tuple = ()
    rpath: str | None = None
    runpath: str | None = None
    defines: str | None = None  # a symbol version
    options: tuple = ()
    damage: object = None  # a function of the file's path
    link_to: str | None = None  # not a file but a link


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stderr}"


def assemble(text, path):
    source = path.with_suffix(".s")
    source.write_text(text)
    run("as", str(source), "-o", str(path))
    return path


class Workshop:
    """Makes libraries; what they are linked against is made once, in `folder`."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.empty = assemble(".data\nhere: .long 1\n", folder / "empty.o")
        self.defining = assemble(".globl thing\n.text\nthing: ret\n", folder / "defining.o")
        self.supplying = assemble(".globl further\n.text\nfurther: ret\n", folder / "supply.o")
        self.asking = assemble(".globl user\n.text\nuser: call thing@PLT\n", folder / "asking.o")
        self.asking_other = assemble(".globl other\n.text\nother: call further@PLT\n",
                                     folder / "other.o")
        self.asking_weakly = assemble(
            ".globl user\n.weak thing\n.text\nuser: call thing@PLT\n", folder / "weak.o")

    def definition_of(self, version):
        """V3 is the version of a function of its own."""
        return self.supplying if version == "V3" else self.defining

    @functools.cache
    def version_script(self, version):
        path = self.folder / f"{version}.map"
        path.write_text(f"{version} {{ global: thing; further; }};\n")
        return f"--version-script={path}"

    @functools.cache
    def stub(self, need):
        """What a library is linked against so that it needs `need`."""
        soname, _, version = need.partition("@")
        path = self.folder / f"stub{abs(hash(need))}.so"
        what = [str(self.definition_of(version)), self.version_script(version)] if version else [
            str(self.empty)]
        run(*LINK, "-soname", soname, "-o", str(path), *what)
        return str(path)

    def make(self, library, base):
        path = base / library.folder / library.name
        path.parent.mkdir(parents=True, exist_ok=True)
        if library.link_to is not None:
            path.symlink_to(library.link_to)
            return path
        asks = any("@" in need for need in library.needs)
        weak = "weak" in library.options
        objects = [self.asking_weakly if weak else self.asking if asks else self.empty]
        if library.defines is not None:
            objects = [self.definition_of(library.defines)] + ([self.asking_other] if asks else [])
        command = [*LINK, "-o", str(path), *map(str, objects)]
        if library.defines:
            command.append(self.version_script(library.defines))
        if library.soname is not None:
            command += ["-soname", library.soname or library.name]
        search = library.runpath if library.runpath is not None else library.rpath
        if search is not None:
            tags = "--enable-new-dtags" if library.runpath is not None else "--disable-new-dtags"
            command += [tags, "-rpath", search]
        command += [option for option in library.options if option != "weak"]
        command += ["--no-as-needed", *(self.stub(need) for need in library.needs)]
        run(*command)
        if library.damage:
            library.damage(path)
        return path


# --- damage ---


def patch(offset, value):
    def change(path):
        data = bytearray(path.read_bytes())
        data[offset:offset + len(value)] = value
        path.write_bytes(data)

    return change


other_machine = patch(MACHINE_AT, struct.pack("<H", 183))
other_class = patch(CLASS_AT, b"\1")
other_order = patch(DATA_AT, b"\2")
no_library = patch(TYPE_AT, struct.pack("<H", 1))


def only(size):
    return lambda path: path.write_bytes(path.read_bytes()[:size])


def replaced_by(content):
    return lambda path: path.write_bytes(content)


def _change_dynamic(path, tag, new_tag, value=None):
    """Turns one entry of the dynamic section into another."""
    data = bytearray(path.read_bytes())
    headers, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    for i in range(count):
        kind, = struct.unpack_from("<I", data, headers + i * size)
        if kind == 2:  # PT_DYNAMIC
            at, = struct.unpack_from("<Q", data, headers + i * size + 8)
    while struct.unpack_from("<q", data, at)[0] not in (0, tag):
        at += 16
    assert struct.unpack_from("<q", data, at)[0] == tag
    struct.pack_into("<q", data, at, new_tag)
    if value is not None:
        struct.pack_into("<Q", data, at + 8, value)
    path.write_bytes(data)


def soname_becomes_rpath(path):
    """With a soname that is a folder: the linker itself writes RPATH or RUNPATH, never both."""
    _change_dynamic(path, DT_SONAME, DT_RPATH)


def soname_becomes_empty_runpath(path):
    _change_dynamic(path, DT_SONAME, DT_RUNPATH, 0)


def weak_versions(path):
    """Sets VER_FLG_WEAK in every version need of V2."""
    data = bytearray(path.read_bytes())
    hashed = struct.pack("<I", elf_hash(b"V2"))
    at = data.index(hashed + b"\0\0")
    data[at + 4] = 2
    path.write_bytes(data)


def elf_hash(name):
    value = 0
    for byte in name:
        value = (value << 4) + byte
        high = value & 0xF0000000
        value ^= high >> 24
        value &= ~high
    return value & 0xFFFFFFFF


def empty_folder(path):
    pathlib.Path(path).mkdir(parents=True, exist_ok=True)
