"""The file system of a Mac, laid out as far as the program looks at it.

The layouts are those of Homebrew, of python.org's installer and of Apple's command line tools.
Libraries and programs that no published wheel has are small Mach-O files made here, as
<mach-o/loader.h> describes them.
"""

import struct
import textwrap

CPU = {"arm64": (0x0100000C, 0), "x86_64": (0x01000007, 3), "arm64e": (0x0100000C, 2)}
LOAD, WEAK, RPATH, BUILD, SIGNATURE, OWN = 0x0C, 0x80000018, 0x8000001C, 0x32, 0x1D, 0x0D
DYLIB, PROGRAM = 6, 2
CACHES = "System/Cryptexes/OS/System/Library/dyld"


def padded(data):
    return data + b"\0" * (-len(data) % 8)


def library_command(kind, name):
    data = padded(name.encode() + b"\0")
    return struct.pack("<IIIIII", kind, 24 + len(data), 24, 0, 0, 0) + data


def mach_o(needed=(), weak=(), rpath=(), machine="arm64", oldest=(11, 0), signed=True, name=None,
           kind=DYLIB):
    """The bytes of a file for one processor."""
    commands = [struct.pack("<IIIIII", BUILD, 24, 1, oldest[0] << 16 | oldest[1] << 8, 0, 0)]
    if name:
        commands.append(library_command(OWN, name))
    commands += [library_command(LOAD, one) for one in needed]
    commands += [library_command(WEAK, one) for one in weak]
    for folder in rpath:
        data = padded(folder.encode() + b"\0")
        commands.append(struct.pack("<III", RPATH, 12 + len(data) + 4, 12) + data + b"\0" * 4)
    if signed:
        commands.append(struct.pack("<IIII", SIGNATURE, 16, 0, 0))
    body = b"".join(commands)
    cpu, subtype = CPU[machine]
    return struct.pack("<IIIIIIII", 0xFEEDFACF, cpu, subtype, kind, len(commands), len(body), 0,
                       0) + body


def universal(*machines, **how):
    """A file for several processors, one part after the other, on pages of 16 KiB."""
    parts = [mach_o(machine=machine, **how) for machine in machines]
    table, data, at = b"", b"", 0x4000
    for machine, part in zip(machines, parts, strict=True):
        table += struct.pack(">IIIII", *CPU[machine], at + len(data), len(part), 14)
        data += part + b"\0" * (-len(part) % 0x4000)
    head = struct.pack(">II", 0xCAFEBABE, len(machines)) + table
    return head + b"\0" * (0x4000 - len(head)) + data


def put(path, data=b"", mode=0o644):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else textwrap.dedent(data).encode())
    path.chmod(mode)
    return path


def link(path, target):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


class Mac:
    """A Mac below `folder`; paths are given as the Mac has them."""

    def __init__(self, folder, version="14.5", build="23F79", processor="arm64"):
        self.folder = folder
        self.processor = processor
        put(self.at("/System/Library/CoreServices/SystemVersion.plist"), f"""\
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
            <plist version="1.0">
            <dict>
            \t<key>BuildID</key>
            \t<string>00000000-0000-0000-0000-000000000000</string>
            \t<key>ProductBuildVersion</key>
            \t<string>{build}</string>
            \t<key>ProductCopyright</key>
            \t<string>1983-2024 Apple Inc.</string>
            \t<key>ProductName</key>
            \t<string>macOS</string>
            \t<key>ProductVersion</key>
            \t<string>{version}</string>
            \t<key>iOSSupportVersion</key>
            \t<string>17.5</string>
            </dict>
            </plist>
            """)
        # A Mac with Apple silicon has both: Rosetta's programs are for Intel.
        for name in {"arm64": ("arm64e", "x86_64"), "x86_64": ("x86_64h",)}[processor]:
            put(self.at(f"/{CACHES}/dyld_shared_cache_{name}"))
        put(self.at("/bin/sh"), universal("x86_64", "arm64e", kind=PROGRAM), 0o755)
        for stub in ("python3", "gcc", "g++", "git"):
            put(self.at(f"/usr/bin/{stub}"), universal("x86_64", "arm64e", kind=PROGRAM), 0o755)

    def at(self, path):
        return self.folder / path.lstrip("/")

    def interpreter(self, prefix, version, program):
        """An interpreter's own files; its program's path."""
        short = ".".join(version.split(".")[:2])
        for module in ("os.py", "site.py"):
            put(self.at(f"{prefix}/lib/python{short}/{module}"))
        self.at(f"{prefix}/lib/python{short}/site-packages").mkdir(parents=True, exist_ok=True)
        put(self.at(f"{prefix}/include/python{short}/patchlevel.h"),
            f'#define PY_VERSION "{version}"\n')
        put(self.at(f"{prefix}/bin/python{short}"), program, 0o755)
        link(self.at(f"{prefix}/bin/python3"), f"python{short}")
        return f"{prefix}/bin/python{short}"

    def homebrew_python(self, version="3.11.9"):
        short = ".".join(version.split(".")[:2])
        cellar = f"/opt/homebrew/Cellar/python@{short}/{version}"
        framework = f"{cellar}/Frameworks/Python.framework/Versions/{short}"
        program = self.interpreter(framework, version, mach_o(
            machine="arm64", kind=PROGRAM, needed=[f"{framework}/Python"]))
        self.at(f"{framework}/lib/python{short}/site-packages").rmdir()
        site = f"/opt/homebrew/lib/python{short}/site-packages"
        self.at(site).mkdir(parents=True)
        link(self.at(f"{framework}/lib/python{short}/site-packages"), site)
        for name in (f"python{short}", "python3"):
            link(self.at(f"{cellar}/bin/{name}"),
                 f"../Frameworks/Python.framework/Versions/{short}/bin/{name}")
            link(self.at(f"/opt/homebrew/bin/{name}"), f"../Cellar/python@{short}/{version}/bin/{name}")
        link(self.at(f"/opt/homebrew/opt/python@{short}"), f"../Cellar/python@{short}/{version}")
        return program

    def python_org(self, version="3.12.4"):
        short = ".".join(version.split(".")[:2])
        prefix = f"/Library/Frameworks/Python.framework/Versions/{short}"
        return self.interpreter(prefix, version, universal("x86_64", "arm64", kind=PROGRAM))

    def command_line_tools(self, python="3.9.6"):
        tools = "/Library/Developer/CommandLineTools"
        short = ".".join(python.split(".")[:2])
        prefix = f"{tools}/Library/Frameworks/Python3.framework/Versions/{short}"
        program = self.interpreter(prefix, python, universal("x86_64", "arm64", kind=PROGRAM))
        link(self.at(f"{tools}/usr/bin/python3"),
             f"../../Library/Frameworks/Python3.framework/Versions/{short}/bin/python3")
        for name in ("gcc", "g++", "clang"):
            put(self.at(f"{tools}/usr/bin/{name}"), universal("x86_64", "arm64", kind=PROGRAM), 0o755)
        return program

    def venv(self, folder="/Users/ada/work/venv", home="/opt/homebrew/opt/python@3.11/bin",
             version="3.11.9"):
        """A virtual environment; its site-packages as a path on this machine."""
        short = ".".join(version.split(".")[:2])
        put(self.at(f"{folder}/pyvenv.cfg"),
            f"home = {home}\ninclude-system-site-packages = false\nversion = {version}\n")
        link(self.at(f"{folder}/bin/python{short}"), f"{home}/python{short}")
        link(self.at(f"{folder}/bin/python3"), f"python{short}")
        site = self.at(f"{folder}/lib/python{short}/site-packages")
        site.mkdir(parents=True)
        return site


def put_torch(site, version="2.6.0", mps=True, machine="arm64"):
    """torch as far as it is read: its metadata, its version file, its libraries."""
    put(site / "torch" / "__init__.py")
    put(site / "torch" / "version.py",
        f"__version__ = '{version}'\ndebug = False\ncuda: Optional[str] = None\n"
        "hip: Optional[str] = None\nxpu: Optional[str] = None\n")
    put(site / f"torch-{version}.dist-info" / "METADATA",
        f"Metadata-Version: 2.1\nName: torch\nVersion: {version}\n")
    metal = ["/System/Library/Frameworks/Metal.framework/Versions/A/Metal"] if mps else []
    put(site / "torch/lib/libtorch_cpu.dylib", mach_o(
        machine=machine, needed=["@rpath/libc10.dylib", "/usr/lib/libSystem.B.dylib"], weak=metal,
        rpath=["@loader_path"], name="@rpath/libtorch_cpu.dylib"))
    put(site / "torch/lib/libomp.dylib", mach_o(
        machine=machine, needed=["/usr/lib/libSystem.B.dylib"], rpath=["@loader_path/"],
        name="@rpath/libomp.dylib"))
