"""
What the targets start from: real files of this machine, of wheels that the tests keep in their
cache, and of reports that the program makes. What is not there is left out; nothing is fetched.
"""

import base64
import hashlib
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib

import libfuzzer
from targets import SOURCE

LARGEST = 60000  # bytes of a seed: larger files teach no more and cost speed
WHEELS = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "bnb-probe-tests"
SITE = "/venv/lib/python3.12/site-packages"
INFO = f"{SITE}/bitsandbytes-0.45.0.dist-info"


# --- what there is ---


def read(path, limit=LARGEST):
    try:
        with open(path, "rb") as file:
            return file.read(limit)
    except OSError:
        return b""


def small_files(folders, pattern, magic, count):
    """The smallest files that begin so: one in each of `count` classes of size."""
    found = {}
    for folder in folders:
        for path in sorted(pathlib.Path(folder).glob(pattern)):
            if path.is_file() and not path.is_symlink() and path.stat().st_size <= LARGEST:
                data = path.read_bytes()
                if data.startswith(magic):
                    found.setdefault(len(data) // (LARGEST // count), data)
    return list(found.values())


def wheel_members(want, limit=LARGEST):
    """(name, bytes) of the members of cached wheels whose names end so, each content once."""
    seen = set()
    for wheel in sorted(WHEELS.glob("wheels/**/*.whl")):
        try:
            with zipfile.ZipFile(wheel) as archive:
                for member in archive.infolist():
                    key = member.CRC, member.file_size
                    if member.filename.endswith(want) and key not in seen and member.file_size <= limit:
                        seen.add(key)
                        yield member.filename, archive.read(member)
        except (OSError, zipfile.BadZipFile):
            continue


def pieces(files):
    """The input for fuzz_write_tree: {path: bytes}."""
    return b"\n%%\n".join(path.encode() + b"\n" + data for path, data in files.items())


# --- libraries ---


def elf():
    return small_files(["/usr/lib", "/lib"], "**/*.so*", b"\x7fELF", 12)


def pe():
    made = small_files(["/usr/lib/x86_64-linux-gnu/wine"], "*/*.dll", b"MZ", 8)
    return made + [data for _, data in wheel_members((".dll", ".pyd"))][:8]


def macho():
    magics = (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
    return [data for _, data in wheel_members((".so", ".dylib")) if data.startswith(magics)][:8]


def section_of(data, name):
    """The bytes of a section, as objcopy finds it; b"" where there is none."""
    if not shutil.which("objcopy"):
        return b""
    with tempfile.TemporaryDirectory() as folder:
        file, out = pathlib.Path(folder, "file"), pathlib.Path(folder, "out")
        file.write_bytes(data)
        subprocess.run(["objcopy", "-O", "binary", f"--only-section={name}", str(file), str(out)],
                       capture_output=True, check=False)
        return out.read_bytes() if out.exists() else b""


def shortened_fatbins(section, entries=24):
    """Fat binaries with the code cut to 16 bytes an entry, so that their headers stand close."""
    out, at = [], 0
    while at + 16 <= len(section) and len(out) < 4:
        magic, version, header, size = struct.unpack_from("<IHHQ", section, at)
        if magic != 0xBA55ED50:
            break
        rows, entry, end = [], at + header, min(at + header + size, len(section))
        while entry + 64 <= end and len(rows) < entries:
            own, stored = struct.unpack_from("<IQ", section, entry + 4)
            row = bytearray(section[entry:entry + own] + section[entry + own:entry + own + 16].ljust(16, b"\0"))
            struct.pack_into("<QI", row, 8, 16, min(16, struct.unpack_from("<I", row, 16)[0]))
            rows.append(bytes(row))
            entry += own + stored
        body = b"".join(rows)
        out.append(struct.pack("<IHHQ", magic, version, 16, len(body)) + body)
        at += header + size
    return out


def large_libraries():
    """Libraries of bitsandbytes with code for GPUs: the smallest with CUDA's, the smallest with AMD's."""
    found = {}
    for wheel in sorted(WHEELS.glob("wheels/native/*/*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.infolist():
                kind = re.search(r"libbitsandbytes_(cuda|rocm|hip)\w*\.so$", member.filename)
                if kind and (kind[1] not in found or member.file_size < found[kind[1]][2].file_size):
                    found[kind[1]] = wheel, member.filename, member
    for wheel, name, _ in found.values():
        with zipfile.ZipFile(wheel) as archive:
            yield archive.read(name)


def gpu_sections(cache=[]):  # noqa: B006 - kept on purpose: unpacking takes seconds
    if not cache:
        cache.extend([(section_of(data, ".nv_fatbin"), section_of(data, ".hip_fatbin"))
                      for data in large_libraries()] or [(b"", b"")])
    return cache


def fatbin():
    made = [piece for cuda, _ in gpu_sections() for piece in shortened_fatbins(cuda)]
    return made + [b"".join(made)[:LARGEST]]


def hip_bundle():
    ids = [b"host-x86_64-unknown-linux--", b"hipv4-amdgcn-amd-amdhsa--gfx90a:sramecc+:xnack-",
           b"hipv4-amdgcn-amd-amdhsa--gfx1100"]
    plain = b"__CLANG_OFFLOAD_BUNDLE__" + struct.pack("<Q", len(ids))
    for name in ids:
        plain += struct.pack("<QQQ", 4096, 16, len(name)) + name
    plain = plain.ljust(4096 + 16, b"\0")
    packed = zlib.compress(plain)
    one = b"CCOB" + struct.pack("<HHIQ", 1, 0, len(plain), 7) + packed
    two = b"CCOB" + struct.pack("<HHIIQ", 2, 0, 24 + len(packed), len(plain), 7) + packed
    three = b"CCOB" + struct.pack("<HHQQQ", 3, 0, 32 + len(packed), len(plain), 7) + packed
    real = [hip[:8192] for _, hip in gpu_sections() if hip]
    return [plain, one, two, three, *real]


def gpu_code():
    """Small libraries with real headers of GPU code in the sections that compilers use."""
    small = min(elf() or [b""], key=len)
    made = []
    for name, body in ((".nv_fatbin", b"".join(fatbin())[:8192]), ("__nv_relfatbin", b"".join(fatbin())[:2048]),
                       (".hip_fatbin", hip_bundle()[0])):
        with tempfile.TemporaryDirectory() as folder:
            file, part, out = (pathlib.Path(folder, word) for word in ("file", "part", "out"))
            file.write_bytes(small)
            part.write_bytes(body)
            subprocess.run(["objcopy", f"--add-section={name}={part}", str(file), str(out)],
                           capture_output=True, check=False)
            made += [out.read_bytes()] if out.exists() else []
    return made + pe()[:2] + macho()[:2]


# --- the loader and the machine ---


def new_cache(entries, subfolder=None):
    """A loader's cache of (soname, path), in the form of glibc 2.2 and later; see glibc's dl-cache.h."""
    start = 48 + 24 * len(entries)
    strings, rows = b"", b""
    for soname, path in entries:
        capability = 1 << 62 if subfolder else 0
        rows += struct.pack("<iIIIQ", 0x0303, start + len(strings), start + len(strings) + len(soname) + 1, 0, capability)
        strings += soname + b"\0" + path + b"\0"
    at = start + len(strings)
    if subfolder:
        strings += subfolder + b"\0"
        strings = strings.ljust(-(-(start + len(strings)) // 4) * 4 - start, b"\0")
    extension = start + len(strings) if subfolder else 0
    head = b"glibc-ld.so.cache1.1" + struct.pack("<IIBxxxI12x", len(entries), len(strings), 2, extension)
    tail = struct.pack("<IIIIIII", 0xEAA42174, 1, 1, 0, extension + 24, 4, at) if subfolder else b""
    return head + rows + strings + tail


def old_cache(entries):
    strings, rows = b"", b""
    for soname, path in entries:
        rows += struct.pack("<iII", 3, len(strings), len(strings) + len(soname) + 1)
        strings += soname + b"\0" + path + b"\0"
    return b"ld.so-1.7.0\0" + struct.pack("<I", len(entries)) + rows + strings


def ld_cache():
    """Small caches of libraries that this machine's own lists, in each of the forms."""
    names = re.findall(rb"(lib[\w.+-]+\.so[.\d]*)\0(/[^\0]+)\0", read("/etc/ld.so.cache", 1 << 22))[:6]
    names = names or [(b"libz.so.1", b"/lib/x86_64-linux-gnu/libz.so.1")]
    old = old_cache(names)
    return [new_cache(names), new_cache(names, b"x86-64-v3"), old,
            old.ljust(-(-len(old) // 8) * 8, b"\0") + new_cache(names)]


def ld_conf():
    parts = sorted(pathlib.Path("/etc/ld.so.conf.d").glob("*.conf"))
    texts = [read(path) for path in parts] or [b"/usr/local/lib\n"]
    return [pieces({"/etc/ld.so.conf": read("/etc/ld.so.conf") or b"include /etc/ld.so.conf.d/*.conf\n",
                    "/etc/ld.so.conf.d/a.conf": texts[0], "/etc/ld.so.conf.d/b.conf": texts[-1],
                    "/etc/ld.so.preload": b"/usr/lib/a.so:b.so # c\n"}),
            pieces({"/etc/ld.so.conf": b"hwcap 1 a\ninclude ld.so.conf.d/a.conf\n/opt/lib=libc6 # x\n",
                    "/etc/ld.so.conf.d/a.conf": b"include /etc/ld.so.conf.d/a.conf /etc/ld.so.conf\n"})]


def loader_files():
    """With the part of a C library or loader that says what it is, and the head of a program."""
    apk = read("/lib/apk/db/installed", 2048) or b"P:musl\nV:1.2.4-r2\nA:x86_64\n\nP:zlib\nV:1.3\n\n"
    small = min(elf() or [b""], key=len)[:3000]
    program, loader = read("/bin/true", 3000), small + b"\0/lib/x86_64-linux-gnu/\0/usr/lib/x86_64-linux-gnu/\0/lib/\0"
    made = [pieces({"/lib/apk/db/installed": apk, "folder": b"$ORIGIN/../lib:${LIB}/$PLATFORM:$ORIGINAL"}),
            pieces({"/lib/libc.so.6": b"\0\0001.2.4\0\0", "/lib/ld-musl-x86_64.so.1": small,
                    "/etc/ld-musl-x86_64.path": b"/lib:/usr/lib\n/opt/lib\n", "folder": b"$LIB"}),
            pieces({"/usr/bin/python3": program, "/lib64/ld-linux-x86-64.so.2": loader, "folder": b"${ORIGIN}/../$LIB"}),
            pieces({"/lib64/ld-linux-x86-64.so.2": small})]
    for path in ("/lib/x86_64-linux-gnu/libc.so.6", "/lib64/ld-linux-x86-64.so.2"):
        data = read(path, 1 << 24)
        for word in (b"GNU C Library", b"/lib/x86_64-linux-gnu/\0"):
            at = data.find(word)
            made += [pieces({"/lib/libc.so.6": data[max(0, at - 64):at + 400]})] if at >= 0 else []
    return made


def os_release():
    return [pieces({"/etc/os-release": read("/etc/os-release")}),
            pieces({"/usr/lib/os-release": read("/usr/lib/os-release"), "/etc/debian_version": read("/etc/debian_version")}),
            pieces({"/etc/redhat-release": b"CentOS release 6.10 (Final)\n", "/etc/alpine-release": b"3.19.1\n"})]


def process_maps():
    maps = read("/proc/self/maps", 6000)
    library = (b"7f0000000000-7f0000001000 r-xp 00000000 08:01 1234    "
               + f"{SITE}/bitsandbytes/libbitsandbytes_cuda124.so".encode())
    return [maps, library + b" (deleted)\n" + maps[:600], b"VIRTUAL_ENV=/venv\0PATH=/usr/bin\0", b"12 13 14 "]


def cgroup():
    group = "/sys/fs/cgroup/user.slice"
    mount = b"31 23 0:28 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
    old = b"32 23 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    return [pieces({"/proc/self/cgroup": read("/proc/self/cgroup"), "/proc/self/mountinfo": read("/proc/self/mountinfo", 3000)}),
            pieces({"/proc/self/cgroup": b"0::/user.slice\n", "/proc/self/mountinfo": mount,
                    f"{group}/memory.max": b"536870912\n", f"{group}/cpu.max": b"50000 100000\n"}),
            pieces({"/proc/self/cgroup": b"9:memory:/docker/abc\n4:cpu,cpuacct:/\n", "/proc/self/mountinfo": old,
                    "/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes": b"9223372036854771712\n",
                    "/sys/fs/cgroup/memory/docker/abc/memory.stat": b"hierarchical_memory_limit 1073741824\n"})]


def host_files():
    kfd, gpu = "/sys/class/kfd/kfd/topology/nodes/1", "/sys/bus/pci/devices/0000:01:00.0"
    nvidia = (b"NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 01:44:30 UTC 2024\n"
              b"GCC version:  gcc version 12.2.0\n")
    return [pieces({"/proc/version": read("/proc/version"), "/proc/sys/kernel/osrelease": read("/proc/sys/kernel/osrelease"),
                    "/proc/cpuinfo": read("/proc/cpuinfo", 1500), "/proc/meminfo": read("/proc/meminfo", 300)}),
            pieces({"/proc/driver/nvidia/version": nvidia, "/sys/module/nvidia/version": b"550.54.14\n",
                    "/usr/local/cuda/version.json": b'{"cuda": {"name": "CUDA SDK", "version": "12.4.1"}}',
                    "/usr/local/cuda/bin/nvcc": b"", "/usr/local/cuda/version.txt": b"CUDA Version 10.2.89\n"}),
            pieces({"/opt/rocm/.info/version": b"6.2.0-66\n", "/opt/rocm/bin/hipcc": b"", f"{kfd}/gpu_id": b"47043\n",
                    f"{kfd}/properties": b"simd_count 440\ngfx_target_version 90010\nlocation_id 256\n", f"{kfd}/name": b"aldebaran\n",
                    f"{gpu}/class": b"0x038000\n", f"{gpu}/vendor": b"0x1002\n", f"{gpu}/device": b"0x740c\n"}),
            pieces({"/proc/1/environ": b"container=podman\0", "/proc/1/cgroup": b"0::/docker/abc\n", "/.dockerenv": b"",
                    "/run/.containerenv": b'engine="podman-4.3"\n', "/sys/class/dmi/id/sys_vendor": b"QEMU\n"})]


def dpkg():
    status = read("/var/lib/dpkg/status", 1 << 24).split(b"\n\n")
    cmake = [entry for entry in status if entry.startswith(b"Package: cmake\n")] or [
        b"Package: cmake\nStatus: install ok installed\nVersion: 3.25.1-1\n"]
    around = status[:1] + cmake
    return [pieces({"/var/lib/dpkg/status": b"\n\n".join(around)[:4000] + b"\n",
                    "/var/lib/dpkg/info/cmake.list": b"/.\n/usr\n/usr/bin\n/usr/bin/cmake\n", "/usr/bin/cmake": b""}),
            pieces({"/usr/local/cuda/version.json": b'{"cuda_nvcc": {"version": "12.4.131"}}', "/usr/local/cuda/bin/nvcc": b""})]


# --- Python ---


def metadata_files(name):
    return [data for member, data in wheel_members(f".dist-info/{name}", 20000)]


def package_metadata():
    made = []
    rows = zip(metadata_files("METADATA")[:6], metadata_files("WHEEL")[:6])
    for metadata, wheel in rows:
        made.append(pieces({f"{INFO}/METADATA": metadata[:3000], f"{INFO}/WHEEL": wheel, f"{INFO}/INSTALLER": b"pip\n",
                            f"{INFO}/RECORD": b"bitsandbytes/__init__.py,sha256=abc,12\n"}))
    made.append(pieces({f"{INFO}/direct_url.json": b'{"url": "file:///home/a%20b/x", "dir_info": {"editable": true}}',
                        f"{INFO}/METADATA": b"Metadata-Version: 2.1\nName: bitsandbytes\nVersion: 0.45.0\nRequires-Dist: torch>=2\n"}))
    made.append(pieces({f"{SITE}/torch-2.1.0.egg-info": b"Metadata-Version: 1.0\nName: torch\nVersion: 2.1.0\n",
                        f"{SITE}/peft-0.9-py3.12.egg-info/PKG-INFO": b"Name: peft\nVersion: 0.9\n\nText\n",
                        f"{SITE}/accelerate.egg-link": b"/src/accelerate/src\n../\n",
                        "/venv/conda-meta/transformers-4.40.0-py312_0.json": b'{"name": "transformers", "version": "4.40.0", "channel": "x"}'}))
    made.append(pieces({f"{SITE}/triton/__init__.py": b"__version__ = '3.0.0'\n", f"{SITE}/triton/version.py": b"version: str = \"3\"\n"}))
    return made


def package_names():
    names = [b"bitsandbytes-0.45.0.dist-info", b"torch-2.1.0-py3.11.egg-info", b"Flash_Attn.egg-link",
             b"libcudart-d0da41ae.so.11.0", b"libcublasLt.so.12.4.5.8", b"libnvJitLink.so.12", b"file:///home/a%20b/x%2Fy",
             b"1:12.2.0-14+deb12u1", b"3.25.1+dfsg1-1", b"torch-2.5.0-cuda126py312.json",
             b"nvidia_cuda_runtime_cu12-12.4.127.dist-info\nnvidia_cublas_cu12-12.4.5.8.dist-info\nnvidia_cuda_runtime-13.0.96.dist-info"]
    return names


def bitsandbytes_package():
    small = min(elf() or [b""], key=len)[:5000]
    package, source = f"{SITE}/bitsandbytes", "/src/bnb"
    made = [pieces({f"{INFO}/RECORD": record[:3000], f"{package}/__init__.py": b"__version__ = '0.45.0'\n",
                    f"{package}/libbitsandbytes_cpu.so": small[:2000]})
            for record in metadata_files("RECORD")[:4]]
    made.append(pieces({f"{INFO}/METADATA": b"Name: bitsandbytes\nVersion: 0.45.0\n", f"{INFO}/WHEEL": b"Tag: py3-none-any\n",
                        f"{package}/libbitsandbytes_cuda124.so": small, f"{package}/__init__.py": b"import x\n"}))
    made.append(pieces({f"{package}/__init__.py": b"__version__ = '0.46.0'\n", f"{package}/_ops.py": b"", f"{INFO}/entry_points.txt":
                        b"[bitsandbytes.backends]\nhpu = some.module:register\n# c\n[console_scripts]\na = b:c\n"}))
    made.append(pieces({"no metadata": b"", f"{package}/__init__.py": b"", f"{package}/cuda_setup/main.py":
                        b"torch.version.cuda\nDYNAMIC_LIBRARY_SUFFIX\n", f"{INFO}/RECORD": b"bitsandbytes/__init__.py,,\n",
                        f"{INFO}/METADATA": b"Name: bnb-fork\nVersion: 1.0\n"}))
    made.append(pieces({f"{source}/bitsandbytes/__init__.py": b"", f"{source}/CMakeLists.txt": b"project(x)\n",
                        f"{source}/pyproject.toml": b"[project]\nversion = \"0.46.0.dev0\"\n",
                        f"{source}/bitsandbytes/libbitsandbytes_cuda124.so": small[:600]}))
    made += [pieces({f"{SITE}/bitsandbytes.py": b"x = 1\n"}), pieces({f"{package}/libbitsandbytes_cpu.so": b"x"}),
             pieces({f"{SITE}/__editable___bitsandbytes_finder.py": FINDER, "no metadata": b"",
                     "/src/bitsandbytes/bitsandbytes/__init__.py": b""})]
    return made


def python_root():
    return [pieces({"/usr/bin/python3": b"", "/usr/bin/python3.12": b"", "/usr/lib/python3.12/os.py": b"",
                    "/usr/lib/python3.12/site.py": b"ENABLE_USER_SITE = None\n"}),
            pieces({"/venv/bin/python": b"", "/venv/pyvenv.cfg": PYVENV, "/usr/bin/python3.12": b"",
                    "/usr/lib/python3.12/os.py": b"", f"{SITE}/a.pth": b"/opt/more\nimport x\n",
                    f"{SITE}/torch/__init__.py": b"", f"{SITE}/torch/version.py": b"__version__ = '2.1.0+cu118'\ncuda: Optional[str] = '11.8'\nhip = None\n",
                    f"{SITE}/torch-2.1.0.dist-info/METADATA": b"Name: torch\nVersion: 2.1.0\n"}),
            pieces({"/opt/conda/bin/python": b"", "/opt/conda/conda-meta/history": b"# cmd: create\n",
                    "/opt/conda/lib/python3.11/os.py": b""})]


PYVENV = b"home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.12.1\nexecutable = /usr/bin/python3.12\n"


def windows_dll():
    """The smallest that says its version, as one of Windows' own does."""
    named = [data for data in pe() if b"V\0S\0_\0V\0E\0R\0S" in data and len(data) < 20000]
    return min(named or pe() or [b"MZ"], key=len)[:20000]


STATE = b'{"installationPath": "C:\\\\VS", "x": 1}'


def windows_root():
    python, dll = "/Program Files/Python312", windows_dll()
    site, home, embedded = f"{python}/Lib/site-packages", "/Users/a", "/ComfyUI/python_embeded"
    torch = b"__version__ = '2.6.0+cu124'\ncuda = '12.4'\nhip = None\n"
    toolkit = "/Program Files/NVIDIA GPU Computing Toolkit/CUDA/v12.4"
    return [pieces({f"{python}/python.exe": b"MZ", f"{python}/python312.dll": b"MZ", f"{python}/Lib/os.py": b"",
                    f"{site}/torch/version.py": torch, f"{site}/torch/__init__.py": b"", f"{site}/a.pth": b"more\nimport x\n",
                    f"{site}/bitsandbytes/__init__.py": b"__version__ = '0.45.0'\n", f"{site}/torch/lib/torch_cpu.dll": dll[:6000],
                    f"{site}/nvidia/cublas/bin/cublas64_12.dll": b"MZ", f"{site}/bitsandbytes/libbitsandbytes_cuda124.dll": b"MZ"}),
            pieces({f"{python}/python.exe": b"MZ", f"{python}/python312.dll": dll, f"{python}/Lib/os.py": b"", f"{site}/torch/version.py": torch,
                    f"{site}/bitsandbytes/__init__.py": b"", f"{site}/bitsandbytes/libbitsandbytes_cuda124.dll": dll[:8000],
                    f"{toolkit}/bin/cudart64_12.dll": b"MZ", f"{home}/AppData/Roaming/Python/Python312/site-packages/b.pth": b"x\n"}),
            pieces({f"{embedded}/python.exe": b"MZ", f"{embedded}/python312.dll": b"MZ", f"{embedded}/python312._pth": b"python312.zip\r\n.\r\nLib # x\r\nimport site\r\n",
                    "/conda/python.exe": b"MZ", "/conda/conda-meta/history": b"# cmd: create\n", "/conda/envs/e/python.exe": b"MZ"}),
            pieces({"/Windows/System32/nvcuda.dll": dll, "/Windows/System32/ServerManager.exe": b"MZ"}),
            pieces({"/Windows/System32/ntdll.dll": dll}), pieces({"/Windows/System32/kernel32.dll": dll}),
            pieces({f"{home}/venv/pyvenv.cfg": b"home = C:\\gone\r\nversion = 3.11.9\r\n", f"{home}/venv/Scripts/python.exe": b"MZ",
                    f"{home}/.pyenv/pyenv-win/versions/3.11.9/python.exe": b"MZ", f"{home}/.pyenv/pyenv-win/versions/3.11.9/python311.dll": b"MZ",
                    "/Program Files/WindowsApps/PythonSoftwareFoundation.Python.3.12_3.12.1_x64__qbz5n2/python.exe": b"MZ"}),
            pieces({f"{toolkit}/bin/nvcc.exe": b"MZ", f"{toolkit}/version.json": b'{"cuda": {"version": "12.4.1"}}',
                    "/Program Files/AMD/ROCm/6.2/bin/hipcc.bin.exe": b"MZ", "/VS/VC/Tools/MSVC/14.38.33130/bin/Hostx64/x64/cl.exe": b"MZ",
                    "/ProgramData/Microsoft/VisualStudio/Packages/_Instances/a/state.json": STATE})]


def reparse():
    """What Windows answers of junctions, symbolic links and programs of the Store ([MS-FSCC] 2.1.2)."""
    def link(tag, used, shown, flags=b""):
        names = [name.encode("utf-16-le") for name in (used, shown)]
        lengths = struct.pack("<4H", 0, len(names[0]), len(names[0]), len(names[1]))
        return struct.pack("<IHH", tag, 0, 0) + lengths + flags + b"".join(names)

    store = "\0".join(("Python.3.12", "Python.3.12!python", "C:\\WindowsApps\\python3.12.exe", "0", ""))
    return [link(0xa0000003, "\\??\\C:\\Users\\Ada", "C:\\Users\\Ada"), link(0xa0000003, "\\??\\D:\\envs", ""),
            link(0xa000000c, "..\\bin\\python.exe", "..\\bin\\python.exe", struct.pack("<I", 1)),
            link(0xa000000c, "\\??\\UNC\\server\\share", "", struct.pack("<I", 0)),
            struct.pack("<IHHI", 0x8000001b, 0, 0, 3) + store.encode("utf-16-le")]


def windows_registry():
    """As the registry of a Windows with what installers of Python, CUDA and drivers write into it."""
    current = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
    bios, core = "HKLM\\HARDWARE\\DESCRIPTION\\System\\BIOS", "Software\\Python\\PythonCore"
    host = (f"{current}\\CurrentBuild=22631\n{current}\\UBR=#3593\n{current}\\EditionID=Professional\n{current}\\DisplayVersion=23H2\n"
            f"{current}\\InstallationType=Client\n{bios}\\SystemManufacturer=QEMU\n{bios}\\SystemProductName=Standard PC\n"
            "HKLM\\SYSTEM\\CurrentControlSet\\Control\\FileSystem\\LongPathsEnabled=#1\n"
            "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Nls\\CodePage\\ACP=1252\n"
            "HKLM\\SYSTEM\\CurrentControlSet\\Services\\nvlddmkm\\Enum\\Count=#1\n").encode()
    pythons = (f"HKLM\\{core}\\3.12\\InstallPath\\ExecutablePath=C:\\Python312\\python.exe\n"
               f"HKCU\\{core}\\3.9-32\\InstallPath\\=C:\\Python39\\\nHKLM\\Software\\Python\\PyLauncher\\x\\y=1\n"
               "HKLM\\Software\\WOW6432Node\\Python\\PythonCore\\3.8\\InstallPath\\=C:\\Python38\n").encode()
    toolkit = "C:/Program Files/NVIDIA GPU Computing Toolkit/CUDA/v12.4"
    toolkits = (b"HKLM\\SOFTWARE\\NVIDIA Corporation\\GPU Computing Toolkit\\CUDA\\v12.4\\InstallDir=" + toolkit.encode() + b"\n")
    family, apps = "PythonSoftwareFoundation.Python.3.12_qbz5n2kfra8p0", "C:/Users/a/AppData/Local/Microsoft/WindowsApps"
    packages = ("HKCU\\Software\\Classes\\Local Settings\\Software\\Microsoft\\Windows\\CurrentVersion\\AppModel\\Repository\\Packages"
                "\\PythonSoftwareFoundation.Python.3.12_3.12.1_x64__qbz5n2kfra8p0\\PackageRootFolder=C:\\Python312\n").encode()
    base = b"SystemRoot=C:\\Windows\nLOCALAPPDATA=C:\\Users\\a\\AppData\\Local\nUSERPROFILE=C:\\Users\\a\nAPPDATA=C:\\Users\\a\\AppData\\Roaming\nWINDIR=C:\\Windows\n"
    python = {"/C:/Python312/python.exe": b"MZ", "/C:/Python312/python312.dll": b"MZ", "/C:/Python312/Lib/os.py": b""}
    pyenv, display = "/C:/Users/a/.pyenv/pyenv-win", b"PCI\\VEN_10DE&DEV_2684&SUBSYS_16F410DE&REV_A1\nnvlddmkm\n32.0.15.6094\nNVIDIA GeForce RTX 4090"
    alias = {f"/{apps}/python.exe": b"", f"/{apps}/{family}/python.exe": b""}
    return [pieces({"registry": host, "display": display, "/C:/Windows/System32/nvcuda.dll": b"MZ"}),
            pieces({"registry": host.replace(b"Client", b"Server").replace(b"22631", b"9600").replace(b"QEMU", b"Dell"), "variables": base}),
            pieces({"registry": pythons, "variables": base, "/C:/Users/a/AppData/Local/py.ini": b"; c\r\n[defaults]\r\npython=3.12\r\n", **python}),
            pieces({"registry": pythons, "variables": base + b"PY_PYTHON=3\nPYTHONNOUSERSITE=1\n", **python}),
            pieces({"registry": host, "display": b"PCI\\VEN_1002\nx\n1.2\ny", "/C:/Windows/System32/ServerManager.exe": b"MZ", "/C:/Windows/System32/nvcuda.dll": windows_dll()}),
            pieces({"registry": pythons.replace(b"3.12\\", b"3.9\\"), "variables": base + b"PY_PYTHON=3.9\nPATH=C:\\Users\\a\\venv\\Scripts\n", "/C:/Users/a/venv/Scripts/python.exe": b"MZ",
                    "/C:/Users/a/venv/pyvenv.cfg": b"home = C:\\gone\r\nversion = 3.9.1\r\ninclude-system-site-packages = true\r\n"}),
            pieces({"registry": toolkits, "variables": b"CUDA_PATH_V12_4=" + toolkit.encode() + b"\nCUDA_PATH=C:\\x\nHIP_PATH=C:\\hip\nPATH=\"" + toolkit.encode()
                    + b"\\bin\";C:\\b\n", f"/{toolkit}/bin/nvcc.exe": b"MZ", f"/{toolkit}/version.json": b'{"cuda": {"version": "12.4.1"}}'}),
            pieces({"variables": b"PATH=C:\\Python312;rel\nPYTHONUSERBASE=C:\\u\nPYTHONPATH=C:\\p\n", **python,
                    "/C:/Python312/Lib/site-packages/torch/__init__.py": b"", "/C:/Python312/Lib/site-packages/torch/version.py": b"__version__ = '2.6.0+cu124'\ncuda = '12.4'\n",
                    "/C:/Python312/Lib/site-packages/bitsandbytes/__init__.py": b"__version__ = '0.45.0'\n"}),
            pieces({"registry": packages, "variables": base + f"PATH={apps}\n".encode(), **alias, **python}),
            pieces({"variables": f"PATH={apps}\n".encode(), **alias, "/C:/Program Files/WindowsApps/PythonSoftwareFoundation.Python.3.12"
                    "_3.12.1_x64__qbz5n2kfra8p0/python.exe": b"MZ"}),
            pieces({"variables": b"PATH=C:\\Users\\a\\.pyenv\\pyenv-win\\shims\n", f"{pyenv}/shims/python.bat": b"@echo off\r\n",
                    f"{pyenv}/version": b"3.12.1\r\n", f"{pyenv}/versions/3.12.1/python.exe": b"MZ"}),
            pieces({"variables": b"PATH=C:\\Users\\a\\.pyenv\\pyenv-win\\shims\nPYENV_VERSION=3.12.1\n", f"{pyenv}/shims/python.bat": b"",
                    "/.python-version": b"3.12.1\n"}),
            pieces({"variables": b"VIRTUAL_ENV=C:\\Users\\a\\venv\n", "/C:/Users/a/venv/Scripts/python.exe": b"MZ",
                    "/C:/Users/a/venv/pyvenv.cfg": b"home = C:\\Python312\r\nversion = 3.12.1\r\n", **python,
                    "/C:/Python312/python312._pth": b"Lib\r\nimport site\r\n"}),
            pieces({"/C:/ProgramData/Microsoft/VisualStudio/Packages/_Instances/a/state.json": STATE,
                    "/C:/VS/VC/Tools/MSVC/14.38.33130/bin/Hostx64/x64/cl.exe": b"MZ"})]


def macos_root():
    framework = "/Library/Frameworks/Python.framework/Versions/3.12"
    version = (b'<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0">\n<dict>\n<key>ProductBuildVersion</key>\n<string>23A344</string>\n'
               b"<key>ProductVersion</key>\n<string>14.0</string>\n</dict>\n</plist>\n")
    return [version, pieces({"/System/Library/CoreServices/SystemVersion.plist": version, f"{framework}/bin/python3.12": b"",
                             f"{framework}/lib/python3.12/os.py": b"", f"{framework}/lib/python3.12/site-packages/torch/version.py": b"__version__ = '2.6.0'\n",
                             f"{framework}/lib/python3.12/site-packages/torch/__init__.py": b"",
                             "/usr/lib/dyld": b"", "/opt/homebrew/bin/python3": b""}),
            pieces({"/System/Library/CoreServices/SystemVersion.plist": version.replace(b"14.0", b"14.0&lt;&amp;"),
                    "/System/Volumes/Preboot/Cryptexes/OS/System/Library/dyld/dyld_shared_cache_arm64e": b"",
                    "/Library/Developer/CommandLineTools/usr/bin/clang": b""})]


def pyvenv():
    return [PYVENV, b"Home=/opt/x\r\ninclude-system-site-packages=TRUE\r\nversion_info = 3.11.2.final.0\r\nuv = 0.4\r\n"]


def pth():
    real = [read(path) for path in sorted(pathlib.Path("/usr/lib/python3/dist-packages").glob("*.pth"))[:3]]
    return [pieces({"/site/a.pth": text}) for text in real] + [
        pieces({"/site/a.pth": b"\xef\xbb\xbf# a\nlib\n./lib\n/opt/x\nimport sys; sys.path.append('y')\n",
                "/site/b.pth": b"lib\r\nimport\tx\r\n../site/lib\n", "/site/lib/x.py": b""})]


def python_shim():
    """As the version managers write them, and what people put into their files."""
    pyenv = b"#!/usr/bin/env bash\nset -e\nprogram=\"${0##*/}\"\nexport PYENV_ROOT=\"/home/a/.pyenv\"\nexec \"/home/a/.pyenv/libexec/pyenv\" exec \"$program\" \"$@\"\n"
    asdf = b"#!/usr/bin/env bash\n# asdf-plugin: python 3.12.1\nexec /home/a/.asdf/bin/asdf exec \"python3\" \"$@\" # asdf_allow: ' asdf '\n"
    mise = b"#!/bin/sh\nexec mise x -- python3 \"$@\"\n"
    there = {"/pyenv/shims/python": pyenv, "/pyenv/versions/3.11.7/bin/python": b"", "/pyenv/versions/3.11.10/bin/python": b""}
    asked = {"/asdf/shims/python3": asdf, "/asdf/installs/python/3.12.1/bin/python3": b""}
    tools = {"/mise/shims/python3": mise, "/mise/installs/python/3.12.1/bin/python3": b""}
    return [pieces({**there, "/src/project/.python-version": b"3.11\n"}), pieces({**there, "/pyenv/version": b"env:3.9\n3.11.7\n"}),
            pieces({**there, "variables": b"PYENV_VERSION=3.10:python-3.11.7\nPYENV_ROOT=@/pyenv\n"}), pieces({**there, "/src/.python-version": b"# c\r\n.x a/b\n"}),
            pieces({**there, "variables": b"PATH=@/pyenv/shims:@/usr/bin\n", "/usr/bin/python": b"x", "/pyenv/version": b"system\n"}),
            pieces({**there, "variables": b"PATH=@/pyenv/shims:@/usr/bin\n", "/usr/bin/python": pyenv}),
            pieces({**asked, "/src/project/.tool-versions": b"nodejs 20\npython 3.13 3.12.1 # c\n"}), pieces({**asked, "variables": b"HOME=@/home\n", "/home/.tool-versions": b"python 3.12\n"}),
            pieces({**asked, "variables": b"HOME=@/home\nASDF_DATA_DIR=@/asdf\nASDF_PYTHON_VERSION=3.12 3.13\n"}), pieces(asked),
            pieces({**tools, "/src/project/mise.toml": b"[tools]\npython = [\"3.13\", '3.12']\n"}), pieces({**tools, "/src/.mise.toml": b"python = \"3.12.1\"\n"}),
            pieces({**tools, "variables": b"HOME=@/home\nMISE_DATA_DIR=@/mise\n", "/home/.config/mise/config.toml": b"[tools]\npython = \"latest\"\n"}),
            pieces({"/usr/bin/python3": mise, "variables": b"HOME=@/home\n"})]


FINDER = (b"MAPPING: dict[str, str] = {'bitsandbytes': '/src/bitsandbytes/bitsandbytes'}\n"
          b"NAMESPACES: dict[str, list[str]] = {}\n")


def python_source():
    return [b"__version__ = '2.1.0+cu118'\ndebug = False\ncuda: Optional[str] = '11.8'\ngit_version = 'a'\nhip: Optional[str] = None\n",
            FINDER, b"from . import x\n__version__ = \"0.45.0\"\n", b"__all__ = ['a']\ncuda = get(\"x\")\nif 1:\n    cuda = '1'\n"]


def python_answer():
    """As the program's own question is answered."""
    return [b"bnb-probe python 1\nversion=3.11.2\nimplementation=cpython\nexecutable=/usr/bin/python3\nbase_prefix=/usr\n"
            b"base_exec_prefix=/usr\nplatlibdir=lib\nabiflags=t\nbits=64\npath=/usr/lib/python311.zip\n"
            b"path=/a%20b/python3.11\nbnb-probe end\n",
            b"warning of a wrapper\nbnb-probe python 1\nversion=3.13.0\nbase_prefix=/u%C3%A4%6c\npath=%2fa\nbits=32\nother=1\nbnb-probe end\n",
            b"bnb-probe python 1\nversion=3.11.2\nexecutable=python\n%zz\n=%4\nbnb-probe end\n", b"Python 3.11.2\n",
            b"bnb-probe python 1\nversion=3\npath=%G0\nbnb-probe end\n", b"bnb-probe python 1\nversion=3\nbnb-probe end\n"]


def command_word():
    return [b"#!/usr/bin/env python3\nimport x\n", b"#!/venv/bin/python -u\n", b"#!/usr/bin/env -S FOO=1 python3 -X dev\n",
            b"#!/bin/sh\n'''exec' /venv/bin/python \"$0\" \"$@\"\n' '''\nimport sys\n"]


# --- reports, patterns, texts ---


def probe(*arguments):
    program = libfuzzer.BUILD / "bnb-probe"
    done = subprocess.run([str(program), *arguments], capture_output=True, check=False, stdin=subprocess.DEVNULL,
                          env={**os.environ, "LLVM_PROFILE_FILE": "/dev/null"}, timeout=120)
    return done.stdout


def trimmed(value, keep=2):
    """The same document with at most so many of each list, and of each large object."""
    if isinstance(value, list):
        return [trimmed(item, keep) for item in value[:keep]]
    if isinstance(value, dict):
        items = list(value.items())
        items = items if len(items) <= 40 else items[:8]
        return {key: trimmed(item, keep) for key, item in items}
    return value


# What is assumed of this machine, or of an environment on it: other systems, GPUs and releases.
ASSUMED = [
    "gpu=9.0 driver=550.54 torch=2.6.0+cu124", "platform=win_amd64 bitsandbytes=0.45.0 torch=2.6.0+cu124 gpu=8.9 driver=550.54",
    "glibc=2.17 bitsandbytes=0.49.0 gpu=6.1", "platform=macosx_14_0_arm64 torch=2.9.0 bitsandbytes=newest",
    "platform=macosx_13_0_x86_64 torch=2.2.0 bitsandbytes=0.42.0", "platform=win_amd64 torch=2.9.0+rocm6.4 gpu=gfx1100 bitsandbytes=newest",
    "platform=win_arm64 torch=2.9.0 bitsandbytes=newest", "platform=linux_aarch64 torch=2.6.0+cu124 gpu=9.0 driver=550.54 bitsandbytes=0.49.2",
    "platform=musllinux_1_2_x86_64 torch=2.6.0 bitsandbytes=0.45.0", "torch=2.9.0+rocm6.4 gpu=gfx942,gfx1100 bitsandbytes=0.49.2",
    "torch=2.9.0+rocm6.4 gpu=gfx90a bitsandbytes=source env:HIP_VISIBLE_DEVICES=0 env:BNB_ROCM_VERSION=62", "torch=2.9.0+rocm7.0 gpu=none bitsandbytes=0.49.2",
    "torch=2.9.0+xpu bitsandbytes=0.49.2 gpu=none", "torch=2.6.0+cpu bitsandbytes=0.45.0 gpu=none", "torch=2.6.0+cpu bitsandbytes=0.43.0 gpu=8.0 driver=535.54",
    "torch=2.6.0+cu124 gpu=9.0 driver=470.82 bitsandbytes=0.45.0", "torch=2.9.0+cu130 gpu=12.0 driver-cuda=13.0 bitsandbytes=0.45.0",
    "torch=2.9.0+cu130 gpu=12.1,8.6 driver=580.65 bitsandbytes=newest", "torch=1.13.1+cu117 gpu=7.0 driver=525.60 bitsandbytes=0.35.4",
    "torch=1.13.1+cu117 gpu=7.5 driver=525.60 bitsandbytes=0.37.2", "torch=2.0.1+cu118 gpu=8.6 driver=525.60 bitsandbytes=0.39.1",
    "torch=2.0.1+cu118 gpu=none bitsandbytes=0.40.2", "torch=2.0.1+cu118 gpu=6.1 driver=525.60 bitsandbytes=0.41.3 env:CUDA_VISIBLE_DEVICES=",
    "torch=2.1.0+cu121 gpu=8.0 driver=535.54 bitsandbytes=0.42.0", "torch=2.4.0+cu121 gpu=8.0 driver=535.54 bitsandbytes=0.43.3 env:BNB_CUDA_VERSION=118",
    "torch=2.6.0+cu124 gpu=3.5 driver=470.82 bitsandbytes=0.44.1", "torch=2.6.0+cu126 gpu=5.0 driver=560.28 bitsandbytes=0.46.1 library=libcusparse.so.12",
    "torch=none bitsandbytes=0.49.2", "torch=2.6.0+cu124 gpu=9.0 driver=550.54 bitsandbytes=source", "bitsandbytes=none torch=newest",
    "torch=again gpu=10.0 driver=570.86 bitsandbytes=0.47.0 env:LD_LIBRARY_PATH=/opt/cuda/lib64", "platform=win_amd64 torch=2.0.1+cu118 gpu=7.5 driver=525.60 bitsandbytes=0.41.3",
    "platform=win_amd64 torch=2.6.0+cpu bitsandbytes=0.43.0", "platform=win_amd64 torch=2.9.0+xpu bitsandbytes=newest", "platform=linux_ppc64le torch=2.6.0 bitsandbytes=0.45.0",
    "python=3.14 torch=2.9.0+cu128 gpu=8.7 driver=540.30 bitsandbytes=newest platform=linux_aarch64",
]
# What is assumed of each environment, whose own files are then looked at.
BUILDS = ["torch=2.6.0+cu124 gpu=9.0 driver=550.54", "torch=2.0.1+cu118 gpu=6.1,8.6 driver=525.60 env:LD_LIBRARY_PATH=/usr/local/cuda/lib64",
          "torch=2.6.0+cpu gpu=none", "torch=2.9.0+rocm6.4 gpu=gfx1100 env:HIP_VISIBLE_DEVICES=0,1", "torch=2.6.0+cu126 driver=none glibc=2.17",
          "torch=2.4.0+cu121 gpu=8.0 driver=470.82 env:BNB_CUDA_VERSION=117"]
ERAS = ("0.35", "0.37", "0.39.1", "0.41", "0.42", "0.43.3", "0.45.5", "0.46.1", "0.49", "0.50.2")


def roots(folder):
    """Laid-out systems with what the wheels of that platform hold: Windows, macOS, another Linux."""
    windows, mac = folder / "windows", folder / "mac"
    site = windows / "Users/a/venv/Lib/site-packages"
    files = {windows / "Windows/System32/kernel32.dll": windows_dll(), windows / "Users/a/venv/Scripts/python.exe": b"MZ",
             windows / "Users/a/venv/pyvenv.cfg": b"home = C:\\gone\r\nversion = 3.11.9\r\n", site / "torch/__init__.py": b"", site / "torch/version.py": b"__version__ = '2.6.0+cu124'\ncuda = '12.4'\n",
             site / "torch/lib/torch_cpu.dll": windows_dll(), site / "torch-2.6.0+cu124.dist-info/METADATA": b"Name: torch\nVersion: 2.6.0+cu124\n",
             mac / "System/Library/CoreServices/SystemVersion.plist": macos_root()[0], mac / "v/pyvenv.cfg": PYVENV, mac / "v/bin/python": b"",
             mac / "v/lib/python3.12/site-packages/torch/__init__.py": b"", mac / "v/lib/python3.12/site-packages/torch/version.py": b"__version__ = '2.9.0'\n"}
    for path, data in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    for pattern, place in (("windows/*/*.whl", site), ("wheels/win_amd64/0.43.0/*.whl", site),
                           ("wheels/macosx_14_0_arm64/*/*.whl", mac / "v/lib/python3.12/site-packages")):
        for wheel in sorted(WHEELS.glob(pattern))[:4]:
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(place)
    return [path for path in (windows, mac, *sorted(WHEELS.glob("roots/*"))) if path.is_dir()]


def base_ways(folder):
    """How the program is asked: of this machine, of environments with each era's release, of roots."""
    pythons = [next(iter(sorted(WHEELS.glob(f"venvs/bitsandbytes-{era}*/bin/python"), reverse=True)), None) for era in ERAS]
    pythons += sorted(WHEELS.glob("torch/*/bin/python"))[-2:]
    ways = [[], *(["--python", str(python)] for python in pythons if python), *(["--root", str(root)] for root in roots(folder))]
    return ways + [[*ways[min(6, len(ways) - 1)], "--with-ghosts"]]


def documents(cache=[]):  # noqa: B006
    """Reports of this machine, of environments with bitsandbytes, and of machines that are not there."""
    if not cache:
        with tempfile.TemporaryDirectory(prefix="bnb-probe-seeds-") as folder:
            folder = pathlib.Path(folder)
            for way in base_ways(folder):
                _add_document(cache, *way)
            bases = [folder / f"{number}.json" for number in range(len(cache))]
            for base, document in zip(bases, list(cache)):
                base.write_bytes(compact(document))
            for number, words in enumerate(ASSUMED):
                base = bases[number % min(2, len(bases))]
                _add_document(cache, "--from", str(base), *(word for each in words.split() for word in ("--assume", each)))
    return cache


def builds():
    """Each environment, as it would be with other builds of torch and other GPUs."""
    made = []
    with tempfile.TemporaryDirectory(prefix="bnb-probe-seeds-") as folder:
        base = pathlib.Path(folder, "base.json")
        for document in documents()[:len(ERAS) + 3]:
            base.write_bytes(compact(document))
            for words in BUILDS:
                _add_document(made, "--from", str(base), *(word for each in words.split() for word in ("--assume", each)))
    return made


def _add_document(documents, *arguments):
    said = probe("--format", "json", *arguments)
    try:
        documents.append(json.loads(said))
    except ValueError:
        print(f"fuzz: no seed from bnb-probe {' '.join(arguments)}", file=sys.stderr)


def compact(document):
    return json.dumps(document, separators=(",", ":")).encode()


def ghost():
    made = [compact(each) for document in documents() for each in document["snapshot"].get("ghosts") or []]
    plain = {"size": 4096, "ranges": [[0, 64]], "packing": "none", "bytes": base64.b64encode(b"\x7fELF".ljust(64, b"\2")).decode()}
    return sorted(made, key=len)[:12] + [compact(plain)]


def shortened(value, longest):
    """Long texts cut, which no reader of facts looks into."""
    if isinstance(value, dict):
        return {key: shortened(item, longest) for key, item in value.items()}
    if isinstance(value, list):
        return [shortened(item, longest) for item in value]
    return value[:longest] if isinstance(value, str) else value


def small_document(document, limit=20000):
    """The most of it that stays below the limit, so that changed copies come often."""
    for keep, longest in ((3, 400), (2, 200), (1, 200), (1, 60)):
        data = compact(shortened(trimmed(document, keep), longest))
        if len(data) <= limit:
            return data
    return b"{}"


def snapshot():
    """Without the judgement, which is made anew."""
    kept = ("schema", "collected_at", "snapshot", "paths")
    return [small_document({key: document[key] for key in kept if key in document}) for document in documents()]


# What the loader model does not look at, and of what it needs no more than the last few.
NOT_JUDGED = ("ghosts", "tools", "session", "build_id", "real_path", "place", "size_bytes", "soname_version", "copies", "markers", "user_site")
LAST_FEW = {"version_definitions": 3, "gpu_code": 3, "versions": 2, "native_libraries": 16, "opened": 4}


def judged(value, name=None):
    """Of a snapshot what decides whether a library loads, with every candidate for it."""
    if isinstance(value, dict):
        kept = {key: judged(item, key) for key, item in value.items() if key not in NOT_JUDGED}
        return dict(list(kept.items())[:4]) if name == "symbols" else kept
    if isinstance(value, list):
        return [judged(item) for item in value[-LAST_FEW.get(name, 1000):]]
    return value


def loader_model():
    made = []
    for document in documents() + builds():
        snapshot = {key: value for key, value in document["snapshot"].items() if key not in NOT_JUDGED}
        snapshot["cuda"] = {key: value for key, value in (snapshot.get("cuda") or {}).items() if key != "libraries"}
        data = compact(judged(snapshot))
        made.append(data if len(data) <= 32768 else small_document(judged(snapshot), 32768))
    return made


def formats():
    return [small_document(document) for document in documents()]


def reports():
    texts = [small_document(document, 8000) for document in documents()[:3]]
    small = b'{"schema":"bnb-probe/1","snapshot":{"host":{"kernel":"6.1"}},"verdict":"ok"}'
    return [*texts, b"0: " + small + b"\n1: " + small + b"\n", b"[" + small + b"," + small + b"]",
            b"node7 | CHANGED | rc=0 >>\n" + small + b"\n", b'{"a":' + small + b',"b":{"stdout":' + json.dumps(small.decode()).encode() + b"}}",
            b"[pod/x/y] {\n[pod/x/y] \"schema\":\"bnb-probe/1\",\n[pod/x/y] \"snapshot\":{}}\n"]


def facts_merge():
    made = []
    for document in documents()[:3]:
        lines = [compact({"at": f"/{key}", "value": value}) for key, value in trimmed(document["snapshot"], 1).items()]
        made.append(b"\n".join(lines)[:4000] + b"\n" + compact({"end": "ok", "ms": 1.5, "detail": None, "unknown": {"/a": "b"}}) + b"\n")
    return made + [b'{"at":"/a/-","value":1}\n{"at":"/a/0","value":[2]}\n{"end":"absent","ms":0}\n',
                   b'{"at":"/a","value":1}\n{"at":"/a/b","value":1}\n{"at":"/a"}\nnot json\n{"end":"none"}\n{"end":"ok","ms":1,"fence":["limits"]}\n{"end":"ok"}\n']


def json_texts():
    return [b'{"a":[1,2.5,-1e300,true,null,"\\u00e4\\ud83d\\ude00\\n"],"b":{"c/d":{}}}', *[text[:2000] for text in snapshot()[:2]], b"[[[[]]]]",
            b'{"at":"/b/0/c~1d~0/-","value":{"x":[1]},"b":[{"c/d~":[]}]}', b'{"at":"/n/m","value":1}', b'{"at":"/s/0","value":1,"s":"text"}',
            b'{"at":"/l/1","value":1,"l":[0,2]}', b'["\\u202e\\u0085\\u007f\\u2066","\xe2\x80\xae\xc2\x9b\x7f","\xf0\x9f\x98\x80\xed\x9f\xbf\xf4\x8f\xbf\xbf\xe0\xa0\x80"]',
            b'{"a":"\xff\xc0\x80\xed\xa0\x80\xf5"}', b'{"a":1} x', b'{"a":[1,\n2,', b"[" * 1200, b'\xef\xbb\xbf{"a":null}']


def pattern_files():
    return [path.read_bytes() for path in sorted((SOURCE / "checks" / "patterns").glob("*.json"))]


def pattern():
    """With one example each for and against, so that they are short."""
    made = []
    for data in pattern_files():
        document = json.loads(data)
        document["proof"] = trimmed(document.get("proof"), 1)
        data = compact(document)
        made += [data] if len(data) <= 16384 else []
    return made


def strings_in(value, name=None):
    """Each text in a document, with the name of its member."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from strings_in(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from strings_in(item, name)
    elif isinstance(value, str):
        yield name, value


def regex():
    found = {text for data in pattern_files() for name, text in strings_in(json.loads(data)) if name == "text_matches"}
    return [text.encode() + b"\nCUDA Setup failed despite GPU being available. libcudart.so.12\n" for text in sorted(found)]


def texts():
    """The texts that prove the patterns: what people really see, in short."""
    return sorted({text for data in pattern_files() for _, text in strings_in(json.loads(data).get("proof"))
                   if "\n" in text or len(text) > 60})


TRACEBACK = (b"Traceback (most recent call last):\n  File \"/venv/lib/python3.12/site-packages/bitsandbytes/cextension.py\", line 85, in <module>\n"
             b"    lib = get_native_library()\nOSError: libcudart.so.12: cannot open shared object file\n\nDuring handling of the above exception, "
             b"another exception occurred:\n\nTraceback (most recent call last):\n  Cell In[3], line 2\n----> 2 import x\nRuntimeError: CUDA Setup failed\n")


def triage():
    return [text.encode() for text in texts()] + [TRACEBACK, b"<details><summary>log</summary>\n\n```\n" + TRACEBACK + b"```\n&lt;x&gt;</details>\n"]


def traceback():
    return triage()


def issues():
    body = texts()[:6]
    objects = [{"number": number, "title": text[:60], "body": text[:1500], "comments": [{"body": "same here"}], "labels": [{"name": "bug"}]}
               for number, text in enumerate(body)]
    return [compact(objects[0]), compact(objects), b"\n".join(map(compact, objects)), compact({"items": objects[:2]}),
            compact({"number": 1, "title": "t", "body": None, "comments": {"nodes": [{"body": "x"}]}}), body[0].encode() if body else b"x"]


def log_text():
    return [TRACEBACK, b"\x1b[31mred\x1b[0m \x1b]0;title\x07 10%\r 20%\r100%\n", "a\tß漢\u202e\u200f\n".encode(), "log\n".encode("utf-16")]


def redact():
    return [b"/home/somebody/x https://user:pw@host.example.org/a?token=abc hf_abcdefghijklmnopqrstuvwxyz0123 10.1.2.3 aa:bb:cc:dd:ee:ff "
            b"me@example.com GPU-12345678-1234-1234-1234-123456789abc AKIAABCDEFGHIJKLMNOP fe80::1 C:\\Users\\somebody\\x 2001:db8::7",
            b"Authorization: Bearer abc.def.ghi\npassword=hunter2 --token 'x y' workhorse.example.org ~somebody version 1.2.3.4\n", *triage()[:8]]


def kept_output():
    return [TRACEBACK, b"line\n" * 40 + b"\xff" + b"terminate called after throwing\n", b"CUDA error: no kernel image\xff\nbitsandbytes x\n"]


def version():
    return [b"1.0\n1!2.0rc1.post2.dev3+local.7\n>=1.0,<2,!=1.5.*", b"v2.6.0+cu124\n2.6.0\n~=2.6", b"0.45.0.dev0\n0.45\n===0.45.0.dev0",
            b"2.36\n2.17\n==2.*", b"1.0a1\n1.0-1\n>1.0"]


def asked():
    linux, windows = "platform=linux_x86_64\nglibc=2.17\npython=3.11\n", "platform=win_amd64\npython=3.11\n"
    required = [f"--\n{each}" for each in (
        "bitsandbytes>=0.45\ntorch<2\ntransformers\nflash_attn\ntorch-cuda>=12\nrocm>=6\ncuda==12.*", "gpu>=8.0\ngpu-count>=1\ncode=native,ptx\nbackend=cuda,rocm\nverdict=ok",
        "glibc>=2.28\nmusl\nglibcxx>=3.4\ndriver>=550.54\ndriver-cuda>=12.4\npython>=3.9", "outcome=loads\nnvcc>=12\ncmake\ngpu=gfx942\ngpu-count<2\ncode=none\nbackend=cpu",
        "nvidia-cublas-cu12\nrocm-sdk>=7\nverdict=problem\nmsvc\ntriton>=3\npip")]
    over = ["gpu=9.0,8.0", "gpu=none", "gpu=gfx942\ntorch-hip=6.4", "driver=470.82\ngpu=6.1", "driver=none", "driver-cuda=12.8", "torch=newest", "torch=again", "torch=none",
            "torch=2.8.0+cu128", "torch-cuda=13.0", "torch-cuda=none", "torch-hip=none", "bitsandbytes=newest", "bitsandbytes=source", "bitsandbytes=none", "bitsandbytes=0.37.5",
            "bitsandbytes=0.49.2", "platform=win_amd64", "platform=macosx_14_0_arm64", "platform=linux_aarch64", "platform=musllinux_1_2_x86_64", "platform=manylinux_2_28_x86_64",
            "platform=win_arm64\nbitsandbytes=newest", "glibc=2.17", "musl=1.2.5", "python=3.13", "library=libcusparse.so.12", "env:LD_LIBRARY_PATH=/x\nenv:CUDA_VISIBLE_DEVICES=",
            "env:BNB_CUDA_VERSION=118\nenv:LD_PRELOAD=", "torch=2.9.0+rocm6.4\ngpu=gfx1100\nbitsandbytes=source", "torch=2.9.0+xpu\nbitsandbytes=newest", "torch=2.6.0+cpu\ngpu=9.0",
            "env:HIP_VISIBLE_DEVICES=-1\ntorch-hip=6.2"]
    made = [f"here\n--\n{each}\n{required[number % len(required)]}" for number, each in enumerate(over)]
    made += [f"here\n--\n{each}" for each in required]
    made += [f"{first}torch=2.6.0+cu124\nbitsandbytes=0.45.0\ngpu=9.0\n--\n{each}" for first in (linux, windows) for each in over[:20]]
    made += [f"{linux}torch=2.9.0+rocm6.4\nbitsandbytes=0.49.2\ngpu=gfx1100,gfx942\n{required[1]}", "platform=macosx_14_0_arm64\ntorch=2.9.0\nbitsandbytes=newest\n--\n" + required[1],
             f"{windows}torch=2.6.0+cu124\nbitsandbytes=0.43.0\ndriver=550.54\ngpu=8.9\n{required[0]}", "gpu=Hopper\n", "cuda=12.4", "glibc=2.17\nmusl=1.2\n", "python=3.9\npython=3.10",
             "here\n--\n--\nbitsandbites>=1\n", "here\n--\n--\ngpu>=x\ngpu-count=a\nbackend=tpu\n", "env:HOME=/root", "library=cusparse", "bitsandbytes=9.9"]
    return [each.encode() for each in made]


# --- making them ---

NAMED_OTHERWISE = {"json": json_texts}


def makers():
    found = {name: maker for name, maker in globals().items() if callable(maker)}
    return {**found, **NAMED_OTHERWISE}


def make(folder, targets):
    """Seeds for those targets that have none yet, each reaching something of its own."""
    for target in targets:
        place = folder / target.name
        if any(place.iterdir()):
            continue
        with tempfile.TemporaryDirectory(prefix="bnb-probe-seeds-") as made:
            for data in makers()[target.name]():
                if len(data) > target.longest and data[:1] in b"[{":
                    continue
                data = data[:target.longest]
                pathlib.Path(made, hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
            done = libfuzzer.minimise(target, place, made)
        if done.returncode != 0 or not any(place.iterdir()):
            raise SystemExit(f"fuzz: no seeds for {target.name}:\n{done.stderr.decode(errors='replace')[-2000:]}")
