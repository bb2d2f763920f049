"""The source archive: what is in it, and that it builds with the system's libraries."""

import tarfile

import pytest
from packaged import SOURCE, bare, check_it_works, make_venv, run

# The folders and files of its first level: the program's parts and nothing else.
FIRST_LEVEL = {"CHANGELOG.md", "CMakeLists.txt", "LICENSE", "PKG-INFO", "README.md", "base", "checks", "cmake",
               "probe", "pyproject.toml", "python", "report"}


@pytest.fixture(scope="module")
def archive(tools, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sdist")
    run(*tools.module("build"), "--sdist", "--no-isolation", "--outdir", folder, SOURCE, env=bare(folder))
    path, = folder.iterdir()
    return path


def test_contents(archive, version):
    assert archive.name == f"bnb_probe-{version}.tar.gz"
    tracked = set(run("git", "-C", SOURCE, "ls-files", "--cached", "--others",
                      "--exclude-standard").stdout.splitlines())
    with tarfile.open(archive) as members:
        files = [member for member in members.getmembers() if not member.isdir()]
    assert all(member.isfile() for member in files)
    names = {member.name.split("/", 1)[1] for member in files}
    assert {name.split("/")[0] for name in names} == FIRST_LEVEL
    assert names - {"PKG-INFO"} <= tracked
    for folder in ("base", "checks", "cmake", "probe", "python", "report"):
        assert {name for name in tracked if name.startswith(f"{folder}/") and (SOURCE / name).exists()} <= names


def test_metadata(tools, archive):
    run(*tools.module("twine"), "check", "--strict", archive)


def test_it_builds_and_installs(tools, archive, tmp_path, version):
    """As `pip install` of it does where the libraries are the system's and the index is not asked."""
    environment = bare(tmp_path, path=f"{tools.bin}:/usr/bin:/bin")
    run(*tools.module("pip"), "wheel", "--no-build-isolation", "--no-deps", "--wheel-dir", tmp_path / "wheel",
        "--config-settings", "cmake.define.BNB_PROBE_LIBRARIES=system",
        "--config-settings", "cmake.define.CMAKE_BUILD_TYPE=Debug", archive, env=environment)
    built, = (tmp_path / "wheel").iterdir()
    assert built.name.startswith(f"bnb_probe-{version}-py3-none-linux_")
    venv = make_venv(tmp_path / "venv")
    run(tools.program("uv"), "pip", "install", "--python", venv, built, env=bare(tmp_path))
    check_it_works(venv, version, tmp_path)
