"""The page for a browser, looked at in a browser: what it shows, to whom, and what it lets in."""

import collections
import functools
import html.parser
import json
import re

import pytest

from support import browser, written
from support.program import program_under_test

VOID = {"meta", "br", "img", "input", "link", "hr"}
MACHINE = ("--assume", "torch=2.8.0+cu128", "--assume", "gpu=5.0,6.1,7.0,7.5,8.0,8.9,9.0,12.0",
           "--assume", "driver=570.86")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (360, 1280)


@pytest.fixture(scope="module")
def page():
    with browser.open_page() as opened:
        yield opened


def document_of(name, program, wheel_venv):
    """A report as Python data."""
    if name == "nothing":
        empty = program.folder / "empty"
        empty.mkdir(exist_ok=True)
        return program.report("--root", empty)
    if name == "legacy":
        return program.report(env=wheel_venv("0.42.0").active)
    document = program.report(*MACHINE, env=wheel_venv("0.49.2").active)
    if name == "eight":
        return document
    for number, device in enumerate(document["snapshot"]["cuda"]["driver"]["devices"]):
        device["name"] = f"NVIDIA GeForce RTX {4000 + number} Laptop GPU"
    document = written.large(document, document["loader"]["chosen"])
    return written.hostile(document) if name == "hostile" else document


LOG = "Epoch 1\nTraceback (most recent call last):\n  File \"<x>\", line 1\nOSError: & </pre>\n"


@pytest.fixture(scope="module")
def pages(wheel_venv, tmp_path_factory):
    """pages(NAME): the report as a file, and the document that it was made of."""
    program = program_under_test(tmp_path_factory.mktemp("pages"))

    @functools.lru_cache(maxsize=None)
    def make(name):
        source = program.folder / f"{name}.json"
        source.write_text(json.dumps(document_of(name, program, wheel_venv)))
        log = program.folder / "log.txt"
        log.write_text(LOG)
        made = program.folder / f"{name}.html"
        arguments = ["--from", source, "--no-redact", "--log", log]
        done = program.run(*arguments, "--format", "html", "-o", made)
        assert done.code == 0 and done.err == "" and done.out == ""
        return made, json.loads(program.run(*arguments, "--format", "json").out)
    return make


NAMES = ("nothing", "legacy", "eight", "large", "hostile")


class Balance(html.parser.HTMLParser):
    """Every element is ended, in order; `count` is how many of each there are."""

    def __init__(self, text):
        super().__init__()
        self.open = []
        self.count = collections.Counter()
        self.texts = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names)
        assert not [name for name in names if name.startswith("on") or name == "style"]
        self.count[tag] += 1
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert "svg" in self.open
        self.count[tag] += 1

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag


@pytest.mark.parametrize("name", NAMES)
def test_page_is_whole_in_itself(page, pages, name):
    """The browser reads what was written, asks for nothing else and has nothing to say."""
    made, _ = pages(name)
    text = made.read_text(encoding="utf-8")
    written_elements = Balance(text).count
    assert not {"script", "img", "iframe", "link", "object", "base", "form"} & set(written_elements)
    page.show(made)
    read = page.value("Object.entries(Array.from(document.querySelectorAll('*')).reduce("
                      "(n, e) => (n[e.localName] = (n[e.localName] || 0) + 1, n), {}))")
    assert dict(read) == dict(written_elements)
    assert page.requests() == [made.as_uri()]
    assert page.complaints() == []


@pytest.mark.parametrize("dark", (False, True), ids=("light", "dark"))
@pytest.mark.parametrize("name", NAMES)
def test_accessible(page, pages, name, dark):
    """axe-core finds nothing, with everything open, on a wide and on a narrow screen."""
    script = browser.axe()
    made, _ = pages(name)
    for width in WIDTHS:
        page.show(made, width=width, dark=dark)
        page.value("document.querySelectorAll('details').forEach(d => d.open = true)")
        page.value(script + "; undefined")
        options = {"runOnly": {"type": "tag", "values": RULES}}
        found = page.value(f"axe.run(document, {json.dumps(options)})"
                           ".then(r => ({bad: r.violations.map(v => v.id + ': ' + v.nodes.map("
                           "n => n.html.slice(0, 200)).join(' | ')), good: r.passes.length}))")
        assert found["bad"] == []
        assert found["good"] > 15
        # What the checker cannot tell for the picture: its words against the page's ground.
        for contrast in page.value(CONTRASTS):
            assert contrast >= 4.5


# The contrast of each text of the page's pictures (WCAG 2.2, relative luminance).
CONTRASTS = """(() => {
  const light = colour => {
    const [r, g, b] = colour.match(/[0-9.]+/g).map(c => c / 255)
      .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = light(getComputedStyle(document.documentElement).backgroundColor);
  return Array.from(document.querySelectorAll('svg text')).map(text => {
    const own = light(getComputedStyle(text).fill);
    return (Math.max(own, ground) + 0.05) / (Math.min(own, ground) + 0.05);
  });
})()"""


@pytest.mark.parametrize("name", NAMES)
def test_nothing_sticks_out(page, pages, name):
    made, _ = pages(name)
    for width in WIDTHS:
        page.show(made, width=width)
        page.value("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.value("document.documentElement.scrollWidth <= innerWidth"), width
        # In the picture: no text over the edge, and none into the word at its right.
        assert page.value("Array.from(document.querySelectorAll('svg text')).every(t => {"
                          "const b = t.getBBox();"
                          "return b.x >= 0 && b.x + b.width <= t.ownerSVGElement.viewBox"
                          ".baseVal.width; })")
        assert page.value(
            "Array.from(document.querySelectorAll('svg g')).every(g => {"
            "const [a, b] = g.querySelectorAll('text.name');"
            "return !b || a.getBBox().x + a.getBBox().width <= b.getBBox().x; })")


def test_it_says_what_the_document_says(page, pages):
    made, document = pages("large")
    page.show(made)
    shown = page.value("document.body.textContent")
    assert page.value("document.querySelector('h1').textContent") == \
        f"PROBLEM: {document['verdict_says']}"
    for finding in document["findings"]:
        for text in (finding["title"], finding["explanation"], finding["signature"]["code"]):
            assert text in shown
        commands = page.value("Array.from(document.querySelectorAll('pre.command'))"
                              ".map(c => c.textContent)")
        for step in finding["remedy"]:
            assert step["says"] in shown
            assert not step.get("command") or step["command"] in commands
    assert LOG in shown


def test_tree_shows_each_needed_library(page, pages):
    made, document = pages("large")
    chosen = next(one for one in document["loader"]["files"]
                  if one["name"] == document["loader"]["chosen"])
    needs = chosen["needed"] + chosen["needed_below"]
    assert len(needs) > 50 and len(chosen["needed_below"]) >= 12
    page.show(made)
    titles = page.value("Array.from(document.querySelectorAll('svg g > title'))"
                        ".map(t => t.textContent)")
    assert sorted(title.split(",")[0] for title in titles) == \
        sorted(one["library"] for one in needs)
    rows = page.value("Array.from(document.querySelectorAll('#loading details table tbody tr'))"
                      ".map(r => Array.from(r.cells).map(c => c.textContent))")
    assert [row[0] for row in rows] == [title.split(",")[0] for title in titles]
    words = {"not-found": "NOT FOUND", "found": "found", "unusable": "NOT USABLE",
             "mapped-by-torch": "loaded by torch before", "unknown": "not known"}
    by_name = {one["library"]: one for one in needs}
    for library, state, where, needed_by in rows:
        need = by_name[library]
        assert state == words[need["outcome"]]
        assert not need["path"] or need["path"] in where
        assert needed_by == need.get("needed_by", chosen["name"])
    # Each is indented under what needs it, and the red ones have a cross and a word as well.
    places = dict(page.value("Array.from(document.querySelectorAll('svg g > title')).map(t => "
                             "[t.textContent.split(',')[0], t.parentNode.querySelector('text')"
                             ".getAttribute('x') * 1])"))
    for one in chosen["needed_below"][:9]:
        assert places[one["library"]] > places[one["needed_by"]]
    bad = page.value("document.querySelectorAll('svg g > .sign.bad').length")
    assert bad == sum(one["outcome"] in ("not-found", "unusable") for one in needs)
    described = page.value("document.getElementById('tree-says').textContent")
    for one in needs:
        assert one["outcome"] != "not-found" or f"{one['library']}: not found" in described


def test_matrix_shows_each_gpu_of_each_library(page, pages):
    made, document = pages("eight")
    loader = document["loader"]
    page.show(made)
    heads = page.value("Array.from(document.querySelectorAll('.matrix thead th'))"
                       ".map(c => [c.scope, c.innerText])")
    assert [scope for scope, _ in heads] == ["col"] * 9
    for device, (_, text) in zip(loader["devices"], heads[1:]):
        assert f"GPU {device['ordinal']}" in text and device["target"] in text
    rows = page.value("Array.from(document.querySelectorAll('.matrix tbody tr'))"
                      ".map(r => [r.className, Array.from(r.cells).map(c => c.innerText)])")
    words = {"native": "native", "ptx": "PTX", "none": "none", "unknown": "unknown"}
    assert len(rows) == len(loader["files"])
    for (mark, (name, *cells)), file in zip(rows, loader["files"]):
        assert name.split()[0] == file["name"]
        assert (mark == "chosen") == (file["name"] == loader["chosen"])
        assert [cell.split()[-1] for cell in cells] == [words[one] for one in file["gpu_code"]]


def test_hostile_texts_stay_texts(page, pages):
    made, document = pages("hostile")
    page.show(made)
    assert page.value("document.title").startswith("PROBLEM: ")
    links = page.value("Array.from(document.querySelectorAll('a')).map(a => a.getAttribute('href'))")
    assert links and not [link for link in links if not link.startswith(("#", "https://"))]
    shown = page.value("document.body.textContent")
    for text in ("<script>document.title='taken'</script>", "\"><img src=x onerror=alert(1)>",
                 "</svg><iframe src=//example.org></iframe>", "&lt;b&gt;"):
        assert text in shown
    assert "\x1b" not in shown and "\u202e" not in shown
    assert document["loader"]["files"]


def test_policy_lets_nothing_in(page, pages, tmp_path):
    """Were the escaping to fail: no script runs, no style counts, nothing is fetched."""
    made, _ = pages("legacy")
    page.show(made)
    assert page.value("getComputedStyle(document.body).maxWidth") != "none", "its own style counts"
    broken = tmp_path / "broken.html"
    broken.write_text(made.read_text().replace(
        "<main>", "<main><script>document.title = 'taken'</script><style>main{display:none}</style>"
        "<p id=\"in\" style=\"display:none\">x</p><img src=\"https://example.org/x.png\" alt=\"\">"
        "<form action=\"https://example.org/\"></form>"))
    page.show(broken)
    assert page.value("document.title") != "taken"
    assert page.value("getComputedStyle(document.querySelector('main')).display") == "block"
    assert page.value("getComputedStyle(document.getElementById('in')).display") == "block"
    assert len(page.complaints()) >= 3


def test_keyboard(page, pages):
    """Every link, summary and box is reached in order, is seen to be, and opens."""
    made, _ = pages("large")
    page.show(made)
    wanted = page.value("document.querySelectorAll('a, summary, .scroll').length")
    hidden = page.value("Array.from(document.querySelectorAll('details:not([open])'))"
                        ".map(d => d.querySelectorAll('.scroll, a, details').length)"
                        ".reduce((a, b) => a + b, 0)")
    reached = 0
    for _ in range(wanted - hidden):
        page.press("Tab", 9)
        seen = page.value("[document.activeElement.localName, "
                          "getComputedStyle(document.activeElement).outlineStyle]")
        assert seen[0] in ("a", "summary", "div")
        assert seen[1] != "none"
        reached += seen[0] == "summary"
    assert reached >= 5
    page.value("document.querySelector('summary').focus()")
    before = page.value("document.querySelector('details').open")
    page.press(" ", 32)
    assert page.value("document.querySelector('details').open") != before


def test_on_paper(page, pages):
    """Printed, everything is open and dark on white, also for who reads in the dark."""
    made, _ = pages("large")
    page.show(made, media="print", dark=True)
    assert page.value("getComputedStyle(document.documentElement).backgroundColor") == \
        "rgb(255, 255, 255)"
    assert page.value("Array.from(document.querySelectorAll('details dl, details table, "
                      "details pre')).every(e => e.getBoundingClientRect().height > 0)")
    assert page.pdf().startswith(b"%PDF")


def test_page_goes_with_the_other_options(probe, wheel_venv):
    done = probe.run("--format", "html", env=wheel_venv("0.42.0").active)
    assert done.code == 0 and done.err == ""
    assert re.match(r"<!DOCTYPE html>\n<html lang=\"en\">", done.out)
    assert probe.run("triage", "--format", "html", "-").code == 2
