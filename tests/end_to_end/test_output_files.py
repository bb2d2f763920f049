"""What -o writes: for its owner only, whole or not at all, and never where a stranger's link leads."""

import json
import os
import shutil
import stat
import subprocess

import pytest

STRANGER = 54321
PERSON = 54322

needs_root = pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"),
                                reason="needs root and setpriv, to be another user")


@pytest.fixture
def shared(tmp_path):
    """A folder like /tmp, which everyone can get to."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and folder != folder.parent:
            folder.chmod(folder.stat().st_mode | 0o011)
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o1777)
    return folder


@pytest.fixture(params=["root", "person"])
def write(request, probe, tmp_path):
    """write(FILE): writes the schema there, as root and as another user."""
    wrapper = ()
    if request.param == "person":
        wrapper = ("setpriv", f"--reuid={PERSON}", f"--regid={PERSON}", "--clear-groups")
        for folder in (probe.home, probe.folder, probe.complaints):
            os.chown(folder, PERSON, PERSON)
        able = subprocess.run([*wrapper, str(probe.path), "--version"], capture_output=True,
                              cwd="/", check=False)
        if able.returncode != 0:
            pytest.skip("the program's folder is closed to other users")

    def run(path, **how):
        return probe.run("schema", "-o", path, wrapper=wrapper, **how)

    run.uid = PERSON if wrapper else 0
    return run


def give(path, uid):
    os.chown(path, uid, uid, follow_symlinks=False)
    return path


def link(path, target, uid):
    path.symlink_to(target)
    return give(path, uid)


def precious(folder, uid):
    folder.mkdir()
    give(folder, uid)
    file = folder / "precious"
    file.write_text("precious")
    return give(file, uid)


def assert_refused(result, path):
    assert result.code == 3
    assert len(result.err_lines) == 1
    assert str(path) in result.err and "another user" in result.err


def assert_written(path, uid):
    status = path.lstat()
    assert stat.S_ISREG(status.st_mode) and stat.S_IMODE(status.st_mode) == 0o600
    assert status.st_uid == uid
    assert json.loads(path.read_text())["title"] == "bnb-probe report"


@needs_root
@pytest.mark.parametrize("mode", [0o1777, 0o777, 0o775])
def test_strangers_link_is_not_followed(write, shared, tmp_path, mode):
    file = precious(tmp_path / "own", write.uid)
    shared.chmod(mode)
    planted = link(shared / "report.json", file, STRANGER)
    assert_refused(write(planted), planted)
    assert file.read_text() == "precious"
    assert planted.is_symlink() and os.listdir(shared) == ["report.json"]


@needs_root
def test_strangers_link_is_not_followed_on_the_way(write, shared, tmp_path):
    file = precious(tmp_path / "own", write.uid)
    link(shared / "sub", file.parent, STRANGER)
    assert_refused(write(shared / "sub" / "precious"), shared / "sub" / "precious")
    own = link(tmp_path / "own" / "way", shared / "sub", write.uid)
    assert_refused(write(own / "new"), own / "new")
    assert os.listdir(file.parent) == ["precious", "way"] or len(os.listdir(file.parent)) == 2
    assert file.read_text() == "precious"


@needs_root
def test_strangers_link_to_nothing_makes_nothing(write, shared, tmp_path):
    precious(tmp_path / "own", write.uid)
    planted = link(shared / "report.json", tmp_path / "own" / "new", STRANGER)
    assert_refused(write(planted), planted)
    assert not (tmp_path / "own" / "new").exists()


@needs_root
def test_strangers_pipe_is_not_written_to(write, shared):
    planted = shared / "report.json"
    os.mkfifo(planted, 0o666)
    planted.chmod(0o666)
    give(planted, STRANGER)
    assert_refused(write(planted), planted)


@needs_root
def test_strangers_file_is_not_written_into(write, shared):
    """A file that waits there with an open mode is replaced, or stays as it was: never filled."""
    planted = shared / "report.json"
    planted.write_text("waiting")
    planted.chmod(0o666)
    give(planted, STRANGER)
    with open(planted, encoding="utf-8") as watched:
        result = write(planted)
        assert watched.read() == "waiting"
    if write.uid == 0:
        assert result.code == 0
        assert_written(planted, 0)
    else:
        assert result.code == 3 and planted.read_text() == "waiting"
    assert os.listdir(shared) == ["report.json"]


@needs_root
def test_own_and_roots_links_are_followed(write, shared, tmp_path):
    for number, owner in enumerate({write.uid, 0}):
        file = precious(tmp_path / f"own{number}", write.uid)
        leads = link(shared / f"link{number}", file, owner)
        assert write(leads).code == 0
        assert leads.is_symlink()
        assert_written(file, write.uid)


def test_paths(probe):
    """However the path is written, the file stands where it says."""
    (probe.folder / "a" / "b").mkdir(parents=True)
    (probe.folder / "link").symlink_to("a/b")
    for path in ("x", "./x", "a//b/x", "a/b/../x", "link/x", "link/../y", probe.folder / "z"):
        assert probe.run("schema", "-o", path).code == 0
        assert_written(probe.folder / path, os.geteuid())
    assert (probe.folder / "a" / "y").exists()
    for path, says in (("a/", "directory"), (".", "directory"), ("a/..", "directory"),
                       ("none/x", "No such file"), ("x/y", "Not a directory"), ("new/", "No such")):
        result = probe.run("schema", "-o", path)
        assert result.code == 3 and says.lower() in result.err.lower(), result.err
    (probe.folder / "loop").symlink_to("loop")
    # Each C library has its own words for it.
    assert "symbolic link" in probe.run("schema", "-o", "loop").err.lower()


def test_standard_output_by_name(probe, tmp_path):
    assert json.loads(probe.run("schema", "-o", "/dev/stdout").out)["title"]
    assert json.loads(probe.run("schema", "-o", "/proc/self/fd/1").out)["title"]
    kept = tmp_path / "kept"
    kept.write_text("before\n")
    with open(kept, "a", encoding="utf-8") as stream:
        assert probe.run("schema", "-o", "/dev/stdout", stdout=stream).code == 0
    assert kept.read_text().startswith("before\n{")
