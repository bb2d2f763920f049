"""Damage to the libraries that a library of the package needs."""

import os

from reality import cuda_libraries, environments
from reality.damage.kinds import foreign, kind
from support import binaries


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
        file.write_bytes(foreign("libbitsandbytes_cpu.so"))


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
    (place / soname).write_bytes(foreign("libbitsandbytes_cpu.so"))
    env.library_path.insert(0, str(place))


@kind
def broken_copy_first(env, soname, length=100):
    """A truncated copy put first: the loader does not pass over that."""
    place = env.folder / "broken"
    place.mkdir()
    data = foreign("libbitsandbytes_cpu.so")
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
