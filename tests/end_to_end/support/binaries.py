"""What other tools say of a binary: the tests' own eyes, independent of the program's."""

import re
import subprocess


def _run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True,
                          env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"}).stdout


def dynamic_section(path):
    """needed, soname, rpath, runpath of an ELF file, as readelf has them."""
    text = _run("readelf", "-dW", str(path))
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", text)
    soname = re.search(r"\(SONAME\).*\[(.*)\]", text)
    rpath = re.search(r"\(RPATH\).*\[(.*)\]", text)
    runpath = re.search(r"\(RUNPATH\).*\[(.*)\]", text)
    return {
        "needed": needed,
        "soname": soname.group(1) if soname else None,
        "rpath": rpath.group(1).split(":") if rpath else [],
        "runpath": runpath.group(1).split(":") if runpath else [],
    }


def machine(path):
    """The machine an ELF file is for, named as uname -m does."""
    text = _run("readelf", "-hW", str(path))
    name = re.search(r"Machine:\s+(.*)", text).group(1).strip()
    return {"Advanced Micro Devices X86-64": "x86_64", "AArch64": "aarch64"}[name]


def version_needs(path):
    """Per library, the set of symbol versions an ELF file asks of it."""
    text = _run("readelf", "-VW", str(path))
    _, _, needs = text.partition("Version needs section")
    asked = {}
    library = None
    for line in needs.splitlines():
        file_line = re.search(r"File: (\S+)\s+Cnt:", line)
        name_line = re.search(r"Name: (\S+)\s+Flags:", line)
        if file_line:
            library = file_line.group(1)
            asked.setdefault(library, set())
        elif name_line and library:
            asked[library].add(name_line.group(1))
    return asked


def highest_version(path, family):
    """The highest version of a family (GLIBC, GLIBCXX) that is asked for, or None."""
    found = [
        tuple(map(int, version.split("_", 1)[1].split(".")))
        for versions in version_needs(path).values()
        for version in versions
        if re.fullmatch(rf"{family}_[0-9.]+", version)
    ]
    return ".".join(map(str, max(found))) if found else None


def exported_symbols(path):
    text = _run("nm", "-D", "--defined-only", str(path))
    return {line.split()[-1].split("@")[0] for line in text.splitlines() if line.split()}


def undefined_symbols(path):
    """(symbol, version, library) of what an ELF file takes from elsewhere with a version."""
    versions = {}
    for library, names in version_needs(path).items():
        for name in names:
            versions.setdefault(name, library)
    text = _run("readelf", "-W", "--dyn-syms", str(path))
    taken = []
    for line in text.splitlines():
        match = re.search(r"\bUND (\S+?)@+(\S+)", line)
        if match:
            taken.append((match.group(1), match.group(2), versions.get(match.group(2))))
    return taken


def compile_library(path, source, soname=None, version_node=None, options=()):
    """A shared library made by gcc at `path` from C text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    command = ["gcc", "-shared", "-fPIC", "-nostdlib" if version_node else "-O1",
               "-o", str(path), "-x", "c", "-"]
    if soname:
        command.append(f"-Wl,-soname,{soname}")
    script = path.with_name(path.name + ".map")
    if version_node:
        script.write_text(f"{version_node} {{ global: *; }};\n")
        command.append(f"-Wl,--version-script={script}")
    command += ["-x", "none", *options]
    subprocess.run(command, input=source, text=True, check=True, capture_output=True)
    script.unlink(missing_ok=True)
    return path
