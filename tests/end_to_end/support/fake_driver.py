"""A driver library of the tests' own, found through LD_LIBRARY_PATH."""

import pathlib
import subprocess

SOURCE = pathlib.Path(__file__).with_name("fake_libcuda.c")


def build(folder, *options):
    """libcuda.so.1 in `folder`; its behaviour is chosen by BNB_FAKE_CUDA when it runs."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-Wl,-soname,libcuda.so.1",
         *options, "-o", str(folder / "libcuda.so.1"), str(SOURCE)],
        check=True, capture_output=True,
    )
    return folder


def behaving(folder, behaviour):
    return {"LD_LIBRARY_PATH": str(folder), "BNB_FAKE_CUDA": behaviour}
