"""
The everyday end-to-end tests, run inside the oldest and the newest Debian by what Python these have.
Takes minutes: asked for with --everywhere.
"""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from machines import files, namespace, roots
from support import wheels
from support.program import find_tool

TESTS = files.SOURCE / "tests" / "end_to_end"
# What the tests are written with, and what older Pythons need beside that.
NEEDED = ("pytest", "jsonschema", "pyyaml", "pip")  # Debian 11's own pip knows no --python
NEEDED_BY_OLDER = ("exceptiongroup", "tomli", "importlib_resources", "zipp")
PATIENCE_S = 3600

# The sources and the other tests' files are where they are outside; so are recorded machines.
SCRIPT = """
root=$1 shared=$2 sources=$3 cache=$4 recorded=$5
shift 5
mount --bind "$shared" "$root/mnt"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs tmpfs "$root/srv"
for folder in "$sources" "$cache" "$recorded"; do
    mkdir -p "$root/srv/$folder"
    mount --rbind "$folder" "$root/srv/$folder"
done
exec "$(command -v chroot || echo /usr/sbin/chroot)" "$root" "$@"
"""


@pytest.fixture(params=roots.SUITES)
def debian(request, tmp_path):
    if not request.config.getoption("--everywhere"):
        pytest.skip("takes minutes: asked for with --everywhere")
    return roots.debian(request.param, tmp_path)


def download(python, folder):
    """The packages for a Python X.Y that is not this one."""
    older = NEEDED_BY_OLDER if tuple(map(int, python.split("."))) < (3, 11) else ()
    done = subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--dest", str(folder),
                           "--python-version", python, "--only-binary", ":all:", *NEEDED, *older],
                          check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        pytest.skip(f"needs {' and '.join(NEEDED)} for Python {python}: {done.stderr.strip()[-200:]}")


def test_end_to_end(debian, request):
    python = debian.run("python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])")
    download(python, debian.shared / "packages")
    debian.run("python3", "-m", "venv", "/mnt/tests")
    debian.run("/mnt/tests/bin/pip", "install", "--quiet", "--upgrade", "--no-index", "--find-links",
               "/mnt/packages", *NEEDED)
    shutil.copy2(files.program(), debian.shared / "bnb-probe")
    shutil.copy2(find_tool("bnb-probe-binary"), debian.shared / "bnb-probe-binary")
    recorded = os.environ.get("BNB_PROBE_RECORDED_MACHINES") or TESTS
    cache = wheels.cache_folder().parent
    machine = namespace.unshare(SCRIPT, debian.path, debian.shared, files.SOURCE, cache, recorded)
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8",
                   "PYTHONDONTWRITEBYTECODE": "1", "XDG_CACHE_HOME": f"/srv{cache}",
                   "BNB_PROBE": "/mnt/bnb-probe", "BNB_PROBE_RELEASE": "/mnt/bnb-probe",
                   "BNB_PROBE_TOOLS": "/mnt"}
    if recorded != TESTS:
        environment["BNB_PROBE_RECORDED_MACHINES"] = f"/srv{recorded}"
    done = subprocess.run([*machine, "/mnt/tests/bin/pytest", "-q", "-p", "no:cacheprovider",
                           *wanted(request)], check=False, text=True, capture_output=True,
                          stdin=subprocess.DEVNULL, env=environment, timeout=PATIENCE_S)
    print(done.stdout[-6000:])
    assert done.returncode == 0, done.stderr[-3000:]


def wanted(request):
    """The files named in --everywhere=NAME,NAME, or all."""
    names = request.config.getoption("--everywhere")
    inside = pathlib.Path(f"/srv{TESTS}")
    return [str(inside)] if names == "all" else [str(inside / f"test_{name}.py") for name in names.split(",")]
