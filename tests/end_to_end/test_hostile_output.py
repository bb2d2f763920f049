"""Whatever stands in a report that is read, no format lets it act on a terminal or a page."""

import json
import re
import xml.etree.ElementTree

import pytest

from support.canaries import everywhere

# What would act on a terminal, turn the direction of writing, or end what it stands in.
HOSTILE = ("\x1b[31m \x1b]0;t\x07 \x9b31m \x90q\x9c \x07 \b \r \x7f \u202e \u2066 \u200f \u2028 ]]> --> <!-- "
           "</script><script>alert(1)</script> <img src=x onerror=alert(1)> </details></code></pre> "
           "``` ~~~ `` ![x](https://evil.example/x) [x](javascript:alert(1)) @everyone | a | b | "
           "%0A::error::x \n::error file=x::y\n### Reproduction\n```\n</details>\n\n# heading\n- a\n> b\n"
           "\tx &amp; &lt; \" ' \\ $(x) `x`")

# U+0000..1F but tab and line end, U+007F..9F, and the characters that turn the direction of writing.
ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")

WAYS = [("report", "text"), ("report", "text", "--verbose"), ("report", "json"), ("report", "markdown"),
        ("report", "markdown", "--verbose"), ("report", "url"), ("report", "html"), ("check", "text"),
        ("check", "json"), ("check", "markdown"), ("check", "github"), ("check", "junit"),
        ("check", "sarif"), ("check", "tap"), ("triage", "text"), ("triage", "json"),
        ("triage", "markdown"), ("compare", "text"), ("compare", "json"), ("compare", "markdown")]


@pytest.fixture
def hostile(probe, report, wheel_venv, tmp_path):
    """Two reports with the text in every fact, and one as it was; and an issue."""
    plain = report(env=wheel_venv("0.42.0").active)
    for name in ("one", "two"):
        document = everywhere(plain, HOSTILE + name)
        (tmp_path / f"{name}.json").write_text(json.dumps(document))
    (tmp_path / "issue.json").write_text(json.dumps({
        "number": 1, "title": HOSTILE, "body": f"CUDA SETUP: Setup Failed! {HOSTILE}\n{HOSTILE}"}))
    (tmp_path / "log.txt").write_text(f"CUDA SETUP: Setup Failed! {HOSTILE}\n{HOSTILE}\n")
    return tmp_path


def shown(probe, folder, command, form, *options):
    inputs = {"compare": ["one.json", "two.json"], "triage": ["issue.json", "one.json"]}.get(
        command, ["--from", "one.json", "--log", "log.txt"])
    result = probe.run(command, "--format", form, *options, *inputs, cwd=folder)
    assert result.out and result.code in (0, 1, 3), result.err
    return result.out, result.err


@pytest.mark.parametrize("redact", [True, False], ids=["redacted", "not redacted"])
@pytest.mark.parametrize("way", WAYS, ids="-".join)
def test_nothing_acts(probe, hostile, way, redact):
    out, err = shown(probe, hostile, *way, *([] if redact else ["--no-redact"]))
    assert "evil.example" in out or way[0] == "compare" or way[1] == "url"
    for text in (out, err):
        found = ACTING.search(text)
        assert not found, f"{found[0]!r} in ...{text[max(0, found.start() - 80):found.end() + 20]!r}"


def outside_fences(text):
    """The lines of Markdown that are not in a fenced block, as CommonMark counts fences."""
    fence = None
    for line in text.split("\n"):
        mark = re.match(r" {0,3}(`{3,}|~{3,})([^`]*)$", line.lstrip(" ") if fence is None else line)
        if fence is None and mark:
            fence = mark[1]
        elif fence is not None:
            end = re.match(r"\s*(`{3,}|~{3,})\s*$", line)
            if end and end[1][0] == fence[0] and len(end[1]) >= len(fence):
                fence = None
        else:
            yield line
    assert fence is None, "a block is not closed"


@pytest.mark.parametrize("way", [way for way in WAYS if "markdown" in way], ids="-".join)
def test_markdown_keeps_its_shape(probe, hostile, way):
    out, _ = shown(probe, hostile, *way)
    lines = list(outside_fences(out))
    text = "\n".join(lines)
    if way[0] == "report":
        headings = [line for line in lines if line.startswith("#")]
        assert headings == ["### System Info", "### Reproduction", "### Expected behavior"]
    assert not [line for line in lines if re.match(r"#+ heading", line)]
    plain = re.sub(r"(`+)(?:(?!\1).)+?\1", "", text)
    tags = set(re.findall(r"(?<!\\)</?[a-z!][^>]*>", plain))
    assert tags <= {"<details>", "</details>", "<summary>", "</summary>", "<sub>", "</sub>", "<code>",
                    "</code>", "<!-- -->"}, tags
    assert not re.search(r"(?<!\\)\]\((?:javascript|https://evil)", plain)


def test_workflow_commands_are_our_own(probe, hostile):
    out, _ = shown(probe, hostile, "check", "github")
    for line in out.splitlines():
        assert not line.startswith("::error file=x"), line


def test_xml_is_well_formed(probe, hostile):
    out, _ = shown(probe, hostile, "check", "junit")
    root = xml.etree.ElementTree.fromstring(out)
    assert not [one.tag for one in root.iter() if one.tag in ("script", "img")]
