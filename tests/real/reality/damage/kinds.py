"""The kinds of damage by name, and what they share."""

import zipfile

from support import wheels

KINDS = {}


def kind(function):
    """A kind of damage: it takes the environment first, and is named with dashes."""
    KINDS[function.__name__.replace("_", "-")] = function
    return function


@kind
def nothing(_):
    pass


def foreign(name):
    """A library of that name from the wheel for aarch64, or another where it has none."""
    archive = zipfile.ZipFile(wheels.wheel("0.49.2", "manylinux_2_24_aarch64"))
    inside = f"bitsandbytes/{name}"
    if inside not in archive.namelist():
        inside = "bitsandbytes/libbitsandbytes_cuda126.so"
    return archive.read(inside)
