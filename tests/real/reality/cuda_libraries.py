"""Stand-ins for the CUDA libraries: right SONAME, symbol versions and symbols, no content.

They hold every symbol that any bitsandbytes library in this matrix takes from them, so that
the real loader, which resolves all of them at once, loads what it would load with the real
ones. Made once and hard-linked from there.
"""

import functools
import hashlib
import json
import subprocess
import threading

from support import binaries, wheels

# SONAMEs per CUDA major version, with the folder of the nvidia wheel that brings each.
WHEEL_FOLDERS = {
    11: {"libcudart.so.11.0": "cuda_runtime", "libcublas.so.11": "cublas",
         "libcublasLt.so.11": "cublas", "libcusparse.so.11": "cusparse",
         "libcurand.so.10": "curand"},
    12: {"libcudart.so.12": "cuda_runtime", "libcublas.so.12": "cublas",
         "libcublasLt.so.12": "cublas", "libcusparse.so.12": "cusparse",
         "libcurand.so.10": "curand", "libnvJitLink.so.12": "nvjitlink"},
    13: {"libcudart.so.13": "cu13", "libcublas.so.13": "cu13", "libcublasLt.so.13": "cu13",
         "libcusparse.so.12": "cu13", "libcurand.so.10": "cu13", "libnvJitLink.so.13": "cu13"},
}

# Cases run side by side and share what is made here.
MAKING = threading.Lock()

# What the real ones need of each other.
NEEDS = {
    "libcublas.so.11": ["libcublasLt.so.11"],
    "libcublas.so.12": ["libcublasLt.so.12"],
    "libcublas.so.13": ["libcublasLt.so.13"],
    "libcusparse.so.12": {12: ["libnvJitLink.so.12"], 13: ["libnvJitLink.so.13"]},
}


def folder():
    made = wheels.cache_folder() / "real" / "stand-ins"
    made.mkdir(parents=True, exist_ok=True)
    return made


@functools.lru_cache(maxsize=None)
def symbols_taken(release):
    """SONAME -> version -> symbols that the libraries of a release take from it."""
    venv = wheels.kept_venv(release)
    kept = folder() / f"{venv.folder.name}.json"
    if not kept.exists():
        taken = {}
        for file in venv.native_libraries():
            for symbol, version, library in binaries.undefined_symbols(file):
                if library and not library.startswith(("libc.", "libm.", "libstdc", "libgcc", "ld-")):
                    taken.setdefault(library, {}).setdefault(version, set()).add(symbol)
        kept.write_text(json.dumps({library: {version: sorted(names) for version, names in
                                              versions.items()} for library, versions in
                                    taken.items()}))
    return json.loads(kept.read_text())


def _union(releases, soname):
    versions = {}
    for release in releases:
        for version, names in symbols_taken(release).get(soname, {}).items():
            versions.setdefault(version, set()).update(names)
    return versions or {soname: set()}


def _source(soname, versions, runtime_version):
    lines = []
    for names in versions.values():
        for name in sorted(names):
            if name != "cudaRuntimeGetVersion":
                lines.append(f"void *{name}(void) {{ return 0; }}")
    if soname.startswith("libcudart"):
        lines.append(f"int cudaRuntimeGetVersion(int *v) {{ *v = {runtime_version}; return 0; }}")
    return "\n".join(lines + [f"int stand_in_{hashlib.sha1(soname.encode()).hexdigest()[:8]};\n"])


def _script(versions, runtime):
    nodes = []
    for version, names in sorted(versions.items()):
        listed = "; ".join(sorted(names | ({"cudaRuntimeGetVersion"} if runtime else set())))
        nodes.append(f"{version} {{ global: {listed + ';' if listed else ''} "
                     f"{'stand_in_*;' if version == sorted(versions)[0] else ''} }};")
    return "\n".join(nodes) + "\n"


def make(target, soname, versions, needs=(), runtime_version=12010, rpath="$ORIGIN", named=None):
    """A library at `target`. `versions`: version -> symbols; none at all where it is empty."""
    target.parent.mkdir(parents=True, exist_ok=True)
    runtime = soname.startswith("libcudart")
    command = ["gcc", "-shared", "-fPIC", "-nostdlib", f"-Wl,-soname,{named or soname}",
               "-Wl,--no-as-needed", "-Wl,--allow-shlib-undefined", "-Wl,--enable-new-dtags",
               "-o", str(target), "-x", "c", "-"]
    if versions:
        script = target.with_name(target.name + ".map")
        script.write_text(_script(versions, runtime))
        command.append(f"-Wl,--version-script={script}")
    if rpath:
        command.append(f"-Wl,-rpath,{rpath}")
    command += ["-x", "none", *map(str, needs)]
    subprocess.run(command, input=_source(soname, versions, runtime_version), text=True, check=True,
                   capture_output=True)
    target.with_name(target.name + ".map").unlink(missing_ok=True)
    return target


def _needs_of(soname, major):
    needs = NEEDS.get(soname, [])
    return needs[major] if isinstance(needs, dict) else needs


def stand_ins(major, releases, rpath="$ORIGIN"):
    """SONAME -> file, for one CUDA major version and every release of the matrix."""
    with MAKING:
        return _stand_ins(major, releases, rpath)


@functools.lru_cache(maxsize=None)
def _stand_ins(major, releases, rpath):
    key = hashlib.sha1(repr((major, [str(wheels.kept_venv(one).folder.name) for one in releases],
                             rpath, __doc__)).encode()).hexdigest()[:12]
    place = folder() / f"cuda{major}-{key}"
    files = {soname: place / soname for soname in WHEEL_FOLDERS[major]}
    if not (place / ".whole").exists():
        for soname in sorted(files, key=lambda name: bool(_needs_of(name, major))):
            needed = [files[name] for name in _needs_of(soname, major)]
            make(files[soname], soname, _union(releases, soname), needed, major * 1000 + 10, rpath)
        (place / ".whole").touch()
    return files
