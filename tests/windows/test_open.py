"""--open: Windows is given the address, or the page, and starts what the person has chosen for it."""

import json
import time

import pytest

import registry
import wine


@pytest.fixture
def source(probe, tmp_path):
    """A report to show, with a log that cmd.exe would make something of."""
    path = tmp_path / "here.json"
    path.write_text(json.dumps(probe.report()))
    log = tmp_path / "log.txt"
    log.write_text("OSError: %PATH% & echo taken > taken | \" ' ^ %1\n")
    return ["--from", wine.windows_path(path), "--log", wine.windows_path(log)]


@pytest.fixture
def browser(programs, tmp_path):
    """(command line, what it was given): a browser that writes down what it was given."""
    note = tmp_path / "given.txt"
    line = f'"{wine.windows_path(programs("notes_arguments"))}" "{wine.windows_path(note)}" "%1"'

    def given():
        until = time.monotonic() + 20
        while not (note.exists() and note.read_text().endswith("whole\n")):
            assert time.monotonic() < until, "nothing was opened"
            time.sleep(0.05)
        return note.read_text().splitlines()[:-1]

    return line, given


def test_the_address_goes_to_the_browser(probe, source, browser):
    line, given = browser
    address = probe.run(*source, "--format", "url").out.strip()
    assert len(address) > 500
    with registry.scheme_opened_by("https", line):
        done = probe.run(*source, "--format", "url", "--open")
        assert done.code == 0 and done.out == "", done.err
        assert given() == [address]
    assert "was given to the browser (notes_arguments.exe)" in done.err
    assert not (probe.folder / "taken").exists()


def test_the_page_is_shown_from_its_file(probe, source, browser):
    line, given = browser
    with registry.ending_opened_by(".html", line):
        done = probe.run(*source, "--format", "html", "--open", "-o", "a page.html")
        assert done.code == 0 and done.out == "", done.err
        shown, = given()
    made = probe.folder / "a page.html"
    assert shown.lower() == wine.windows_path(made).lower()
    assert made.read_text(encoding="utf-8").endswith("</html>\n")


def test_without_a_browser_the_address_is_printed(probe, source):
    address = probe.run(*source, "--format", "url").out.strip()
    with registry.scheme_opened_by("https", r'"C:\no\such\browser.exe" "%1"'):
        done = probe.run(*source, "--format", "url", "--open")
    assert done.code == 0
    assert done.out.strip() == address
    assert r"the browser could not be started: C:\no\such\browser.exe: " in done.err
    page = probe.run(*source, "--format", "html", "--open", "-o", "page.html")
    assert page.code == 0
    assert "Windows has no program for it; the page is in page.html" in page.err
