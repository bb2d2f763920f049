"""What goes with the program: manual page, schema for reading, what is installed, issue forms."""

import json
import os
import re
import shutil
import subprocess

import jsonschema
import pytest

from support.program import SOURCE

try:
    import yaml
except ImportError:
    yaml = None


def need(program):
    if not shutil.which(program):
        pytest.skip(f"needs {program}")


@pytest.fixture
def man_page(probe, tmp_path):
    path = tmp_path / "bnb-probe.1"
    result = probe.run("help", "--format", "man", "-o", path)
    assert result.code == 0 and result.err == ""
    return path


def test_man_page_is_sound(man_page):
    need("mandoc")
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "style", str(man_page)],
                          capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_man_page_names_all(man_page, probe):
    need("mandoc")
    text = subprocess.run(["mandoc", "-T", "ascii", "-O", "width=100", str(man_page)],
                          capture_output=True, text=True, check=True).stdout
    text = re.sub(".\x08", "", text)
    page = " ".join(text.split())
    listed = re.search(r"Commands:\n((?:  .+\n)+)", probe.run("--help").out)[1]
    commands = re.findall(r"^  (\w+) +(.+)$", listed, re.MULTILINE)
    assert len(commands) >= 6
    for command, summary in commands:
        assert summary in page
        for option, says in re.findall(r"^  (?:-\w,|   ) (--[\w-]+(?: \S+)?) +(\S.*)$",
                                       probe.run("help", command).out, re.MULTILINE):
            assert option in page
            assert option.startswith("--format") or says in page
    for key, says in re.findall(r"^  (\S+) +(.+)$", probe.run("help", "assume").out, re.MULTILINE):
        assert key in page and says in page
    assert "EXIT STATUS" in page and "NO_COLOR" in page


def test_schema_for_reading(probe):
    schema = json.loads(probe.run("schema").out)
    assert probe.run("schema", "--format", "json").out == probe.run("schema").out
    text = probe.run("schema", "--format", "markdown").out
    rows = re.findall(r"^\| `(/\S+)` \| (.*?) \| (.*) \|$", text, re.MULTILINE)
    assert len(rows) > 400
    assert all(kind for _, kind, _ in rows)
    assert ("/collected_at", "string or null") in {row[:2] for row in rows}
    for name in schema["$defs"]:
        assert f"\n## {name}\n" in text
    for target in re.findall(r"\]\(#([\w-]+)\)", text):
        assert target in schema["$defs"]


def members_without(schema, key):
    found = []

    def walk(node, place):
        for name, member in node.get("properties", {}).items():
            if "$ref" not in member and not member.get(key):
                found.append(f"{place}/{name}")
            walk(member, f"{place}/{name}")
        for name in ("items", "additionalProperties"):
            if isinstance(node.get(name), dict):
                walk(node[name], f"{place}/*")

    walk(schema, "")
    for name, definition in schema["$defs"].items():
        walk(definition, f"#/$defs/{name}")
    return found


def test_every_member_of_the_schema_is_described(probe):
    assert members_without(json.loads(probe.run("schema").out), "description") == []


def test_install(tmp_path):
    """cmake --install puts the program and its papers where they belong."""
    need("cmake")
    build = os.path.dirname(os.environ.get("BNB_PROBE_RELEASE") or "")
    if not os.path.exists(os.path.join(build, "cmake_install.cmake")):
        build = SOURCE / "build"  # a file of a release lies in no build folder
    done = subprocess.run(["cmake", "--install", str(build), "--prefix", "/usr"], text=True,
                          capture_output=True, check=False,
                          env={**os.environ, "DESTDIR": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    usr = tmp_path / "usr"
    program = usr / "bin" / "bnb-probe"
    assert os.access(program, os.X_OK)
    said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=True)
    assert said.stdout.startswith("bnb-probe ")
    share = usr / "share"
    for paper in ("man/man1/bnb-probe.1", "bash-completion/completions/bnb-probe",
                  "zsh/site-functions/_bnb-probe", "fish/vendor_completions.d/bnb-probe.fish",
                  "bnb-probe/bnb-probe-1.schema.json", "doc/bnb-probe/README.md",
                  "doc/bnb-probe/LICENSE", "doc/bnb-probe/CHANGELOG.md"):
        path = share / paper
        assert path.stat().st_size > 500, paper
        assert path.stat().st_mode & 0o777 == 0o644, paper
    # The program carries the schema without its indentation: the same document, not the same bytes.
    installed, source = (list(json.loads(path.read_bytes(), object_pairs_hook=list)) for path in (
        share / "bnb-probe/bnb-probe-1.schema.json", SOURCE / "report/bnb-probe-1.schema.json"))
    assert installed == source
    version = re.search(r"VERSION ([\d.]+)", (SOURCE / "CMakeLists.txt").read_text()[40:])[1]
    assert f"## {version}" in (SOURCE / "CHANGELOG.md").read_text()


# What GitHub takes for an issue form, as far as ours go.
FORM = {
    "type": "object",
    "required": ["name", "description", "body"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "description": {"type": "string", "minLength": 1},
        "labels": {"type": "array", "items": {"type": "string"}},
        "title": {"type": "string"},
        "body": {"type": "array", "minItems": 1, "items": {
            "type": "object",
            "required": ["type", "attributes"],
            "additionalProperties": False,
            "properties": {
                "type": {"enum": ["markdown", "textarea", "input", "dropdown", "checkboxes"]},
                "id": {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"},
                "attributes": {"type": "object", "additionalProperties": False, "properties": {
                    name: {"type": "string"}
                    for name in ("label", "description", "placeholder", "value", "render")}},
                "validations": {"type": "object", "additionalProperties": False,
                                "properties": {"required": {"type": "boolean"}}},
            },
            "if": {"properties": {"type": {"const": "markdown"}}},
            "then": {"properties": {"attributes": {"required": ["value"]}}},
            "else": {"required": ["id"], "properties": {"attributes": {"required": ["label"]}}},
        }},
    },
}


def forms():
    folder = SOURCE / ".github" / "ISSUE_TEMPLATE"
    return sorted(path for path in folder.glob("*.yml") if path.name != "config.yml")


@pytest.mark.parametrize("path", forms(), ids=lambda path: path.stem)
def test_issue_form(path):
    if not yaml:
        pytest.skip("needs python3-yaml")
    form = yaml.safe_load(path.read_text())
    jsonschema.Draft202012Validator(FORM).validate(form)
    ids = [one["id"] for one in form["body"] if "id" in one]
    assert len(ids) == len(set(ids)) and "report" in ids
    assert "bnb-probe --format json" in path.read_text()


def test_yaml_style():
    need("yamllint")
    done = subprocess.run(
        ["yamllint", "-s", "-d", "{extends: default, rules: {line-length: {max: 100}, "
         "document-start: disable}}", ".github"],
        cwd=SOURCE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def documents():
    return sorted(path for path in SOURCE.rglob("*.md")
                  if not any(part.startswith(("build", ".")) for part in path.relative_to(SOURCE).parts))


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_links_of_documents_lead_somewhere(path):
    text = re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        other = (path.parent / name) if name else path
        assert other.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", other.read_text(), re.MULTILINE)
            anchors = {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}
            assert anchor in anchors, target
