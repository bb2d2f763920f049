"""Damage to the package's own files."""

import os
import subprocess

from reality import cuda_libraries, environments
from reality.damage.kinds import foreign, kind
from support import wheels


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


@kind
def chosen_for_another_machine(env):
    file = env.chosen_file()
    data = foreign(file.name)
    file.unlink()
    file.write_bytes(data)


@kind
def cpu_for_another_machine(env):
    file = env.package / "libbitsandbytes_cpu.so"
    data = foreign(file.name)
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
