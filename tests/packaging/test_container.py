"""The container recipe: linted, and built without an engine where buildah is there."""

import json
import os
import shutil

import pytest
from packaged import SOURCE, run

RECIPE = SOURCE / "container" / "Containerfile"


class Buildah:
    """buildah with a store of its own, without a daemon, a network or a container runtime."""

    def __init__(self, folder):
        self.options = ["buildah", "--root", folder / "store", "--runroot", folder / "run",
                        "--storage-driver", "vfs"]

    def __call__(self, *words, check=True):
        return run(*self.options, *words, check=check).stdout.strip()


@pytest.fixture
def buildah(tmp_path):
    if not shutil.which("buildah") or os.geteuid() != 0:
        pytest.skip("needs buildah, as root")
    return Buildah(tmp_path)


@pytest.fixture
def context(tmp_path, linux_program, licences):
    """A folder such as scripts/release leaves; the program of the other architecture is a mark."""
    folder = tmp_path / "release"
    (folder / "licenses").mkdir(parents=True)
    shutil.copy2(linux_program, folder / "bnb-probe-linux-x86_64")
    (folder / "bnb-probe-linux-aarch64").write_text("the other one")
    (folder / "bnb-probe-linux-aarch64").chmod(0o755)
    (folder / "SHA256SUMS").write_text("not to be in it\n")
    for path in licences:
        shutil.copy2(path, folder / "licenses")
    return folder


def test_linted(tools):
    run(tools.program("hadolint"), "--no-color", RECIPE)


@pytest.mark.parametrize("platform, mark", [("linux/amd64", b"\x7fELF"), ("linux/arm64", b"the other one")])
def test_built(buildah, context, licences, platform, mark):
    buildah("build", "--platform", platform, "--file", RECIPE, "--tag", "probe", context)
    config = json.loads(buildah("inspect", "--type", "image", "localhost/probe"))["OCIv1"]
    assert config["architecture"] == platform.split("/")[1]
    assert config["config"]["Entrypoint"] == ["/bnb-probe"]
    assert config["config"]["User"] == "65532:65532"
    container = buildah("from", "--platform", platform, "localhost/probe")
    root = buildah("mount", container)
    names = {os.path.relpath(os.path.join(at, name), root) for at, _, files in os.walk(root) for name in files}
    assert names == {"bnb-probe", *(f"licenses/{path.name}" for path in licences)}
    with open(os.path.join(root, "bnb-probe"), "rb") as file:
        assert file.read(len(mark)) == mark
    assert os.stat(os.path.join(root, "bnb-probe")).st_mode & 0o777 == 0o755


def test_the_release_file_runs_in_it(buildah, context, tmp_path):
    """Alone in its root, as nobody, looking at the machine that is mounted."""
    released = os.environ.get("BNB_PROBE_RELEASE_FILES")
    program = os.path.join(released or "", "bnb-probe-linux-x86_64")
    if not released or not os.path.exists(program):
        pytest.skip("needs the release files: BNB_PROBE_RELEASE_FILES names no folder with them")
    shutil.copy2(program, context / "bnb-probe-linux-x86_64")
    buildah("build", "--platform", "linux/amd64", "--file", RECIPE, "--tag", "probe", context)
    container = buildah("from", "localhost/probe")
    host = tmp_path / "host"
    (host / "etc").mkdir(parents=True)
    (host / "etc" / "os-release").write_text('ID=debian\nPRETTY_NAME="A machine that is mounted"\n')
    said = buildah("run", "--isolation", "chroot", "--volume", f"{host}:/host:ro", container, "--",
                   "/bnb-probe", "--root", "/host")
    assert "A machine that is mounted" in said
