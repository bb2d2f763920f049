"""What is done to an environment before both are asked. Each takes the environment first."""

import os
import shutil
import subprocess
import zipfile

from reality import cuda_libraries, environments
from support import binaries, wheels

KINDS = {}


def kind(function):
    KINDS[function.__name__.replace("_", "-")] = function
    return function


# --- the package's own files ---

@kind
def nothing(env):
    del env


@kind
def chosen_deleted(env):
    env.chosen_file().unlink()


@kind
def cpu_deleted(env):
    (env.package / "libbitsandbytes_cpu.so").unlink(missing_ok=True)


@kind
def all_libraries_deleted(env):
    for file in env.package.glob("libbitsandbytes*"):
        file.unlink()


@kind
def chosen_truncated(env, length):
    file = environments.own_copy(env.chosen_file())
    size = file.stat().st_size
    os.truncate(file, length if length >= 0 else size * -length // 100)


@kind
def cpu_truncated(env, length):
    file = environments.own_copy(env.package / "libbitsandbytes_cpu.so")
    os.truncate(file, length)


@kind
def chosen_is_text(env):
    """A pointer of a large-file store in place of the file, as a bare clone leaves it."""
    file = env.chosen_file()
    file.unlink()
    file.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\n")


@kind
def chosen_dangles(env):
    file = env.chosen_file()
    file.unlink()
    file.symlink_to("/nonexistent/libbitsandbytes.so")


@kind
def chosen_is_a_folder(env):
    file = env.chosen_file()
    file.unlink()
    file.mkdir()


@kind
def chosen_linked_elsewhere(env):
    """The file lies elsewhere and a link leads to it, as some package managers do it."""
    file = env.chosen_file()
    elsewhere = env.folder / "store" / file.name
    elsewhere.parent.mkdir()
    os.rename(file, elsewhere)
    file.symlink_to(elsewhere)


def _foreign(env, name):
    """A library of that name from the wheel for aarch64."""
    archive = zipfile.ZipFile(wheels.wheel("0.49.2", "manylinux_2_24_aarch64"))
    inside = f"bitsandbytes/{name}"
    if inside not in archive.namelist():
        inside = "bitsandbytes/libbitsandbytes_cuda126.so"
    del env
    return archive.read(inside)


@kind
def chosen_for_another_machine(env):
    file = env.chosen_file()
    data = _foreign(env, file.name)
    file.unlink()
    file.write_bytes(data)


@kind
def cpu_for_another_machine(env):
    file = env.package / "libbitsandbytes_cpu.so"
    data = _foreign(env, file.name)
    file.unlink(missing_ok=True)
    file.write_bytes(data)


@kind
def chosen_for_32_bits(env):
    """The header of a 32-bit file of the same machine's family."""
    file = env.chosen_file()
    file.unlink()
    header = bytearray(52)
    header[:16] = b"\x7fELF\x01\x01\x01" + bytes(9)
    header[16:20] = (3).to_bytes(2, "little") + (3).to_bytes(2, "little")
    header[20:24] = (1).to_bytes(4, "little")
    header[40:42] = (52).to_bytes(2, "little")
    file.write_bytes(bytes(header) + bytes(4096))


@kind
def library_of_another_release(env, release):
    """The chosen file comes from another release than the Python files."""
    file = env.chosen_file()
    other = wheels.kept_venv(release).package / file.name
    if not other.exists():
        others = sorted(other.parent.glob(f"{file.name[:-4]}?.so"))
        other = others[-1]
    file.unlink()
    os.link(other, file)


@kind
def stale_library(env, release, name):
    """A file that an earlier release left behind."""
    os.link(wheels.kept_venv(release).package / name, env.package / name)


@kind
def asks_for_a_newer_libc(env, version="GLIBC_2.99"):
    _replace_with_built(env, "libc.so.6", version)


@kind
def asks_for_a_newer_libstdcxx(env, version="GLIBCXX_3.4.99"):
    _replace_with_built(env, "libstdc++.so.6", version)


def _replace_with_built(env, library, version):
    """The chosen file built anew, asking for a symbol version that is nowhere."""
    made = env.folder / "newer" / library
    cuda_libraries.make(made, library, {version: {"from_the_future"}}, rpath=None)
    file = env.chosen_file()
    file.unlink()
    source = "void *from_the_future(void); void *use(void) { return from_the_future(); }\n"
    subprocess.run(["gcc", "-shared", "-fPIC", "-nostdlib", "-o", str(file), "-x", "c", "-", "-x",
                    "none", str(made)], input=source, text=True, check=True, capture_output=True)


# --- the libraries that it needs ---

def _copies(env, soname):
    return [one for folder in (env.site, env.venv.folder / "lib") for one in folder.rglob(soname)]


@kind
def needed_removed(env, *sonames):
    for soname in sonames:
        for file in _copies(env, soname):
            file.unlink(missing_ok=True)


@kind
def needed_truncated(env, soname, length):
    for file in _copies(env, soname):
        os.truncate(environments.own_copy(file), length)


@kind
def needed_for_another_machine(env, soname):
    for file in _copies(env, soname):
        file.unlink()
        file.write_bytes(_foreign(env, "libbitsandbytes_cpu.so"))


def _put_first(env, soname, versions, **how):
    place = env.folder / "first"
    file = cuda_libraries.make(place / soname, soname, versions, **how)
    if str(place) not in env.library_path:
        env.library_path.insert(0, str(place))
    return file


@kind
def older_first(env, soname, version):
    """A copy with an older symbol version only, put first by LD_LIBRARY_PATH."""
    _put_first(env, soname, {version: set()}, rpath=None)


@kind
def another_major_first(env, soname, real_soname):
    """
    Another major version under the name that is needed, as people link it to make an error
    go away, put first by LD_LIBRARY_PATH.
    """
    symbols = {name for release in env.releases for symbols in
               cuda_libraries.symbols_taken(release).get(soname, {}).values() for name in symbols}
    _put_first(env, soname, {real_soname: symbols}, rpath=None, named=real_soname)


@kind
def unversioned_first(env, soname):
    """A copy whose symbols have no versions, put first by LD_LIBRARY_PATH."""
    names = set()
    for release in env.releases:
        for symbols in cuda_libraries.symbols_taken(release).get(soname, {}).values():
            names.update(symbols)
    file = env.folder / "first" / soname
    # What it takes from libc has versions, as in every library that does something.
    source = "void *malloc(unsigned long); void *something(void) { return malloc(1); }\n"
    source += "".join(f"void *{name}(void) {{ return 0; }}\n" for name in sorted(names))
    binaries.compile_library(file, source, soname=soname)
    env.library_path.insert(0, str(file.parent))


@kind
def good_copy_first(env, major, *sonames):
    """Good copies in a folder of LD_LIBRARY_PATH, as a toolkit beside torch gives them."""
    files = cuda_libraries.stand_ins(major, env.releases)
    place = env.folder / "toolkit"
    place.mkdir()
    for soname in sonames or files:
        os.link(files[soname], place / soname)
    env.library_path.insert(0, str(place))


@kind
def foreign_copy_first(env, soname):
    """A copy for another machine, put first: the loader passes over it."""
    place = env.folder / "foreign"
    place.mkdir()
    (place / soname).write_bytes(_foreign(env, "libbitsandbytes_cpu.so"))
    env.library_path.insert(0, str(place))


@kind
def broken_copy_first(env, soname, length=100):
    """A truncated copy put first: the loader does not pass over that."""
    place = env.folder / "broken"
    place.mkdir()
    data = _foreign(env, "libbitsandbytes_cpu.so")
    (place / soname).write_bytes(data[:length])
    env.library_path.insert(0, str(place))


@kind
def removed_and_good_copy_first(env, soname, major):
    needed_removed(env, soname)
    good_copy_first(env, major, soname)


@kind
def removed_and_needs_what_is_not_there(env, soname, version):
    """In place of a removed library stands one that needs another that is nowhere."""
    needed_removed(env, soname)
    lost = cuda_libraries.make(env.folder / "lost" / "libnowhere.so.7", "libnowhere.so.7",
                               {"NOWHERE_7": {"nowhere"}}, rpath=None)
    symbols = {name for release in env.releases for name in
               cuda_libraries.symbols_taken(release).get(soname, {}).get(version, [])}
    _put_first(env, soname, {version: symbols}, needs=[lost], rpath=None)
    lost.unlink()


# --- variables ---

@kind
def variable(env, name, value):
    env.variables[name] = value


@kind
def toolkit_by_variable(env, variable_name, version, *names):
    """A CUDA toolkit in a folder that a variable names; its cudart tells `version`."""
    place = env.folder / "toolkit-by-variable" / "lib"
    number = int(version.split(".")[0]) * 1000 + int(version.split(".")[1]) * 10
    soname = {11: "libcudart.so.11.0", 12: "libcudart.so.12", 10: "libcudart.so.10.2",
              13: "libcudart.so.13"}[number // 1000]
    symbols = {soname: {name for release in env.releases for name in
                        cuda_libraries.symbols_taken(release).get(soname, {}).get(soname, [])}}
    full = place / f"libcudart.so.{version}.85"
    cuda_libraries.make(full, soname, symbols, runtime_version=number)
    for name in {soname, *names}:
        (place / name).symlink_to(full.name)
    if variable_name == "LD_LIBRARY_PATH":
        env.library_path.insert(0, str(place))
    elif variable_name == "CONDA_PREFIX":
        env.variables["CONDA_PREFIX"] = str(place.parent)
    else:
        env.variables[variable_name] = str(place)


# --- where Python looks ---

@kind
def source_checkout_here(env):
    """A clone of the repository is the current folder: the package in it has no library."""
    source = env.cwd / "bitsandbytes"
    shutil.copytree(wheels.kept_venv(env.release).package, source,
                    ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    (env.cwd / "CMakeLists.txt").write_text("project(bitsandbytes)\n")
    (env.cwd / "csrc").mkdir()


@kind
def namespace_folder_here(env):
    """A clone one folder up: ./bitsandbytes is the repository, not the package."""
    (env.cwd / "bitsandbytes" / "csrc").mkdir(parents=True)
    (env.cwd / "bitsandbytes" / "README.md").write_text("# bitsandbytes\n")


@kind
def namespace_folder_alone(env):
    namespace_folder_here(env)
    for entry in list(env.site.glob("bitsandbytes*")):
        shutil.rmtree(entry)


@kind
def another_release_before(env, release):
    """Another copy on PYTHONPATH, which comes before site-packages."""
    place = env.folder / "before"
    place.mkdir()
    environments.put_release(release, place)
    env.variables["PYTHONPATH"] = str(place)


@kind
def another_release_after(env, release):
    """Another copy in a folder that a .pth file adds: it comes after."""
    place = env.folder / "after"
    place.mkdir()
    environments.put_release(release, place)
    (env.site / "more.pth").write_text(f"{place}\n")


@kind
def leftover_metadata(env, release):
    """The dist-info of an older release was left behind by a broken upgrade."""
    kept = wheels.kept_venv(release)
    shutil.copytree(next(kept.site.glob("bitsandbytes-*.dist-info")),
                    env.site / next(kept.site.glob("bitsandbytes-*.dist-info")).name)


@kind
def not_installed(env):
    for entry in list(env.site.glob("bitsandbytes*")):
        shutil.rmtree(entry)


@kind
def in_user_site(env):
    """Everything in ~/.local, and the interpreter is the system's own."""
    user = env.home / ".local" / "lib" / env.site.parent.name / "site-packages"
    user.parent.mkdir(parents=True)
    os.rename(env.site, user)
    env.venv = None
    env.site = user
    env.package = user / "bitsandbytes"
    env.python = "/usr/bin/python3"
    env.arguments += ["--python", "/usr/bin/python3"]


@kind
def user_site_shadowed_by_venv(env, release):
    """A copy in ~/.local beside a virtual environment, which does not look there."""
    user = env.home / ".local" / "lib" / env.site.parent.name / "site-packages"
    user.mkdir(parents=True)
    environments.put_release(release, user)


@kind
def venv_with_system_packages_sees_user_site(env):
    """A virtual environment that looks further: the copy in ~/.local is what it finds."""
    settings = env.venv.folder / "pyvenv.cfg"
    settings.write_text(settings.read_text().replace("include-system-site-packages = false",
                                                     "include-system-site-packages = true"))
    user = env.home / ".local" / "lib" / env.site.parent.name / "site-packages"
    user.mkdir(parents=True)
    for entry in list(env.site.glob("bitsandbytes*")):
        os.rename(entry, user / entry.name)
    env.package = user / "bitsandbytes"


@kind
def no_unversioned_driver(env):
    """Only libcuda.so.1, as containers have it: releases up to 0.40.0 ask for libcuda.so."""
    place = env.folder / "driver"
    place.mkdir()
    os.link(env.driver / "libcuda.so.1", place / "libcuda.so.1")
    env.driver = place


@kind
def without_numbers_in_metadata(env):
    """The dist-info is gone, as after an unpacking by hand."""
    for entry in list(env.site.glob("bitsandbytes-*")):
        shutil.rmtree(entry)


@kind
def both(env, *pairs):
    """Several at once: tuples of a kind and what it takes."""
    for name, *arguments in pairs:
        KINDS[name](env, *arguments)
