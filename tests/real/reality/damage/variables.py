"""Variables, and what they lead to."""

import os

from reality import cuda_libraries
from reality.damage.kinds import kind


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


@kind
def no_unversioned_driver(env):
    """Only libcuda.so.1, as containers have it: releases up to 0.40.0 ask for libcuda.so."""
    place = env.folder / "driver"
    place.mkdir()
    os.link(env.driver / "libcuda.so.1", place / "libcuda.so.1")
    env.driver = place
