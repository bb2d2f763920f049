"""--open: the address, or the page, is given to the person's browser."""

import json
import os
import pty
import stat
import subprocess
import time

import pytest

# Writes its arguments, one a line, and whether it has a terminal; ends as it is told to.
FAKE = """#!/bin/sh
{{ echo "$0"; for one; do echo "$one"; done; test -t 0 && echo terminal; }} > "{seen}.part"
mv "{seen}.part" "{seen}"
{then}
"""


@pytest.fixture
def browsers(tmp_path):
    """browsers(NAME, THEN): a program of that name on a PATH of the test's own."""
    folder = tmp_path / "programs"
    folder.mkdir()
    os.symlink("/bin/sh", folder / "sh")
    for name in ("mv", "sleep"):
        os.symlink(f"/bin/{name}", folder / name)

    def make(name, then="exit 0"):
        program = folder / name
        program.write_text(FAKE.format(seen=tmp_path / f"{name}.seen", then=then))
        program.chmod(0o755)
        return tmp_path / f"{name}.seen"
    make.path = str(folder)
    return make


@pytest.fixture
def source(probe, tmp_path):
    """A report to show, quickly; with a log that a shell would make something of."""
    empty = tmp_path / "empty"
    empty.mkdir()
    path = tmp_path / "here.json"
    path.write_text(json.dumps(probe.report("--root", empty)))
    log = tmp_path / "log.txt"
    log.write_text("OSError: $(touch taken) `touch taken`; touch taken & | \" ' \\ %s\n")
    return ["--from", path, "--log", log]


def seen(path):
    """What the fake browser, which goes on by itself, was given."""
    until = time.monotonic() + 10
    while not path.exists() and time.monotonic() < until:
        time.sleep(0.02)
    return path.read_text().splitlines()[1:]


def test_the_address_goes_to_the_browser(probe, browsers, source):
    was_given = browsers("firefox")
    address = probe.run(*source, "--format", "url").out.strip()
    assert len(address) > 500
    env = {"PATH": browsers.path, "BROWSER": "firefox", "DISPLAY": ":7"}
    done = probe.run(*source, "--format", "url", "--open", env=env)
    assert done.code == 0 and done.out == ""
    assert "firefox" in done.err and "address" not in done.err
    assert seen(was_given) == [address]
    assert not (probe.folder / "taken").exists()


def test_what_browser_may_say(probe, browsers, source):
    was_given = browsers("mine")
    address = probe.run(*source, "--format", "url").out.strip()
    for value, arguments in (
            ("absent:mine --new-tab", ["--new-tab", address]),
            ("mine --url=%s --quiet", [f"--url={address}", "--quiet"]),
            (":mine", [address])):
        was_given.unlink(missing_ok=True)
        env = {"PATH": browsers.path, "BROWSER": value, "WAYLAND_DISPLAY": "wayland-0"}
        done = probe.run(*source, "--format", "url", "--open", env=env)
        assert done.code == 0 and done.out == "", done.err
        assert seen(was_given) == arguments


def test_browser_is_no_shell_command(probe, browsers, source):
    browsers("mine")
    env = {"PATH": browsers.path, "BROWSER": "mine; touch taken", "DISPLAY": ":7"}
    done = probe.run(*source, "--format", "url", "--open", env=env)
    assert done.code == 0 and done.out.startswith("https://") and "mine;" in done.err
    assert not (probe.folder / "taken").exists()


def test_what_the_system_has(probe, browsers, source):
    """One that fails is followed by the next one."""
    failing = browsers("xdg-open", "exit 3")
    was_given = browsers("x-www-browser")
    env = {"PATH": browsers.path, "DISPLAY": ":7"}
    done = probe.run(*source, "--format", "url", "--open", env=env)
    assert done.code == 0 and done.out == "" and "x-www-browser" in done.err
    assert seen(failing) == seen(was_given)


def test_windows_below(probe, browsers, source):
    was_given = browsers("wslview")
    browsers("xdg-open")
    done = probe.run(*source, "--format", "url", "--open",
                     env={"PATH": browsers.path, "WSL_DISTRO_NAME": "Debian", "DISPLAY": ":0"})
    assert done.code == 0 and done.out == "" and "wslview" in done.err
    assert seen(was_given)[0].startswith("https://github.com/")


@pytest.mark.parametrize("env, reason", [
    ({}, "no display"),
    ({"DISPLAY": ":7"}, "xdg-open (No such file or directory)"),
    ({"DISPLAY": ":7", "BROWSER": "nothing-of-that-name"}, "nothing-of-that-name"),
])
def test_without_a_browser_the_address_is_printed(probe, browsers, source, env, reason):
    """In a container, over ssh: the address can be copied from there."""
    plain = probe.run(*source, "--format", "url")
    done = probe.run(*source, "--format", "url", "--open", env=env | {"PATH": browsers.path})
    assert done.code == 0 and done.out == plain.out
    assert reason in done.err and "address" in done.err


def test_a_browser_for_the_terminal_gets_it(probe, browsers, source):
    was_given = browsers("w3m", "sleep 2")
    env = probe.environment({"PATH": browsers.path, "BROWSER": "w3m"})
    leader, follower = pty.openpty()
    begun = time.monotonic()
    done = subprocess.run([probe.path, *source, "--format", "url", "--open"], env=env,
                          stdin=follower, stdout=follower, stderr=subprocess.PIPE, timeout=60,
                          check=False, cwd=probe.folder)
    os.close(follower)
    os.close(leader)
    probe.assert_no_complaint()
    assert done.returncode == 0
    assert time.monotonic() - begun > 2, "it is waited for"
    assert seen(was_given)[-1] == "terminal"


def test_a_browser_that_stays_is_left_alone(probe, browsers, source, tmp_path):
    browsers("firefox", f"sleep 4; echo still here > {tmp_path}/later")
    env = {"PATH": browsers.path, "BROWSER": "firefox", "DISPLAY": ":7"}
    begun = time.monotonic()
    done = probe.run(*source, "--format", "url", "--open", env=env)
    assert done.code == 0 and done.out == ""
    assert time.monotonic() - begun < 3.8
    until = time.monotonic() + 10
    while not (tmp_path / "later").exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert (tmp_path / "later").read_text() == "still here\n"


def test_the_page_is_shown_from_its_file(probe, browsers, source):
    was_given = browsers("firefox")
    env = {"PATH": browsers.path, "BROWSER": "firefox", "DISPLAY": ":7"}
    done = probe.run(*source, "--format", "html", "--open", "-o", "a page.html", env=env)
    made = probe.folder / "a page.html"
    assert done.code == 0 and done.out == "" and "firefox" in done.err
    assert seen(was_given) == [str(made.resolve())]
    assert made.read_text().endswith("</html>\n")
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    done = probe.run(*source, "--format", "html", "--open", "-o", "other.html")
    assert done.code == 0 and "no display" in done.err and "other.html" in done.err


def test_after_a_command_that_failed(probe, browsers):
    was_given = browsers("firefox")
    env = {"PATH": f"{browsers.path}:/usr/bin:/bin", "BROWSER": "firefox", "DISPLAY": ":7"}
    done = probe.run("run", "--format", "html", "--open", "-o", "why.html", "--", "sh", "-c",
                     "echo 'OSError: <i>gone</i>'; exit 7", env=env)
    assert done.code == 7
    assert seen(was_given) == [str((probe.folder / "why.html").resolve())]
    page = (probe.folder / "why.html").read_text()
    assert "OSError: &lt;i&gt;gone&lt;/i&gt;" in page and "exit code 7" in page


@pytest.mark.parametrize("arguments, says", [
    (["--open"], "--format url"),
    (["--open", "--format", "json"], "--format url"),
    (["--open", "--format", "html"], "-o FILE"),
    (["--open", "--format", "html", "-o", "-"], "-o FILE"),
    (["--open", "--format", "url", "-o", "x"], "cannot go with"),
    (["run", "--open", "--", "true"], "--format url"),
])
def test_what_does_not_go_together(probe, arguments, says):
    done = probe.run(*arguments)
    assert done.code == 2 and done.out == ""
    assert says in done.err and len(done.err_lines) == 1


def test_a_known_matter_is_said_before_a_report_is_offered(probe, wheel_venv, source):
    known = probe.run("--format", "url", env=wheel_venv("0.42.0").active)
    assert known.code == 0 and known.out.startswith("https://")
    assert "no report is needed" in known.err
    assert "no report is needed" not in probe.run(*source, "--format", "url").err
