"""The Markdown report as GitHub's own renderer reads it: what is foreign stays text."""

import html.parser
import json
import shutil
import subprocess
import urllib.parse

import pytest

from support import written

EXTENSIONS = ("table", "strikethrough", "autolink", "tasklist")
# What the report itself is made of.
OWN = {"p", "strong", "code", "pre", "ol", "ul", "li", "h3", "a", "details", "summary", "sub"}
ADDRESSES = ("https://github.com/bitsandbytes-foundation/bitsandbytes/", "https://huggingface.co/",
             "https://pytorch.org/", "https://docs.")


@pytest.fixture(scope="module")
def render():
    if not shutil.which("cmark-gfm"):
        pytest.skip("needs GitHub's renderer: no cmark-gfm here")

    def run(text):
        options = [word for name in EXTENSIONS for word in ("-e", name)]
        return subprocess.run(["cmark-gfm", "--unsafe", *options], input=text, text=True,
                              capture_output=True, check=True).stdout
    return run


class Elements(html.parser.HTMLParser):
    """The elements of a text, the words outside of code, where links lead, what is folded up."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.links, self.headings = [], set(), [], []
        self.words, self.codes, self.folded = "", [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.open.append(tag)
        self.links += [value for name, value in attrs if tag == "a" and name == "href"]
        assert {name for name, _ in attrs} <= {"href", "class", "start"}
        if tag == "code":
            self.codes.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_comment(self, data):
        self.words += "\0"  # it parts what is before from what is behind

    def handle_data(self, data):
        if "code" in self.open:
            self.codes[-1] += data
        else:
            self.words += data
        if "details" in self.open:
            self.folded += data
        if self.open[-1:] == ["h3"]:
            self.headings.append(data)


LOG = "".join(f"{text}\n```\n" for text in written.HOSTILE) + "</details></code></pre><script>\n"


@pytest.fixture
def reports(probe, wheel_venv, tmp_path):
    """reports(NAME): the Markdown of a document, and that."""
    def make(name):
        empty = tmp_path / "empty"
        empty.mkdir()
        document = (probe.report("--root", empty) if name == "nothing" else
                    probe.report(env=wheel_venv("0.42.0").active))
        if name == "hostile":
            document = written.hostile(document)
        path = tmp_path / "report.json"
        path.write_text(json.dumps(document))
        log = tmp_path / "log.txt"
        log.write_text(LOG)
        done = probe.run("--from", path, "--no-redact", "--log", log, "--format", "markdown")
        assert done.code == 0
        return done.out
    return make


@pytest.mark.parametrize("name", ("nothing", "legacy", "hostile"))
def test_foreign_text_stays_text(render, reports, name):
    text = reports(name)
    assert len(text) <= 65536
    read = Elements(render(text))
    assert read.open == []
    assert read.tags <= OWN
    assert not [link for link in read.links if not link.startswith(ADDRESSES)]
    assert read.headings == ["System Info", "Reproduction", "Expected behavior"]
    assert "@everyone" not in read.words
    shown = [code for code in read.codes if "</details></code></pre><script>" in code]
    assert len(shown) == 1 and "`code` **bold**" in shown[0]


def test_document_is_folded_up_where_it_is_small(render, reports, probe):
    small = Elements(render(reports("nothing")))
    again = probe.run("--from", "-", "--format", "json", stdin=json.dumps(json.loads(
        next(code for code in small.codes if code.startswith("{\"schema\"")))))
    assert again.code == 0 and json.loads(again.out)["schema"] == "bnb-probe/1"
    assert "{\"schema\"" in small.folded


def test_document_is_attached_where_it_is_large(render, reports):
    read = Elements(render(reports("legacy")))
    assert "bnb-probe --format json -o here.json" in read.codes
    assert "details" not in read.tags


def test_address_keeps_what_matters_when_it_is_cut(probe, wheel_venv, tmp_path):
    """A verbose machine and a long log: versions, outcome, signature and the error stay."""
    document = probe.report("--assume", "torch=2.8.0+cu128", "--assume", "gpu=9.0,8.0",
                            "--assume", "driver=570.86", env=wheel_venv("0.49.2").active)
    document = written.large(document, document["loader"]["chosen"])
    for number in range(200):
        document["snapshot"]["environment"][f"BNB_{number}"] = "x" * 60
    path = tmp_path / "report.json"
    path.write_text(json.dumps(document))
    log = tmp_path / "log.txt"
    frames = "".join(f"  File \"/x/train.py\", line {n}, in step\n    step({n})\n" for n in range(9))
    log.write_text("epoch\n" * 5000 + "Traceback (most recent call last):\n" + frames
                   + "OSError: libneeded0.so.0: cannot open\n" + "shutting down\n" * 5000)
    done = probe.run("--from", path, "--log", log, "--format", "url")
    address = done.out.strip()
    assert 7000 < len(address) <= 8000
    fields = urllib.parse.parse_qs(urllib.parse.urlsplit(address).query, strict_parsing=True)
    report = json.loads(probe.run("--from", path, "--log", log, "--format", "json").out)
    signature = report["findings"][0]["signature"]["code"]
    assert fields["title"][0].endswith(f" [{signature}]")
    info = fields["system-info"][0]
    for wanted in (report["verdict_says"].split("(")[0].replace("_", "\\_").strip(), "0.49.2",
                   "2.8.0+cu128", "570.86", "glibc", "`dependency-missing`",
                   "missing: `libneeded0.so.0`", signature, "(cut to fit; "):
        assert wanted in info, wanted
    program = fields["reproduction"][0]
    assert "Traceback (most recent call last):" in program
    assert "OSError: libneeded0.so.0: cannot open" in program
