"""What comes out: text, JSON, Markdown, the new-issue address; logs; redaction."""

import json
import re
import urllib.parse

import pytest

from support.program import SOURCE, finding

FORMATS = ("text", "json", "markdown", "url", "html")
GITHUB_LIMIT = 8192


@pytest.fixture
def legacy(wheel_venv):
    return wheel_venv("0.42.0")


@pytest.fixture
def snapshot_file(report, legacy, tmp_path):
    path = tmp_path / "snapshot.json"
    path.write_text(json.dumps(report(env=legacy.active)))
    return path


def test_text_says_what_and_how_first(probe, legacy):
    result = probe.run("--color", "never", env=legacy.active)
    assert result.code == 0 and result.err == ""
    lines = result.out.splitlines()
    head = "\n".join(lines[:15])
    assert "0.42.0" in head
    assert "legacy-cuda-setup" in result.out
    command = re.search(r"pip install\b.*bitsandbytes", result.out)
    assert command, "no command that mends it"
    facts = result.out.index("glibc")
    assert command.start() < facts, "what to do comes before the facts"
    assert "\x1b" not in result.out


def test_text_colour(probe, snapshot_file):
    assert "\x1b[" in probe.run("--from", snapshot_file, "--color", "always").out
    assert "\x1b" not in probe.run("--from", snapshot_file).out, "not a terminal"
    never = probe.run("--from", snapshot_file, "--color", "always", env={"NO_COLOR": "1"})
    assert never.code == 0


def test_markdown_fills_the_bug_form(probe, snapshot_file):
    result = probe.run("--from", snapshot_file, "--format", "markdown")
    assert result.code == 0
    headings = re.findall(r"^#+ (.+)$", result.out, re.MULTILINE)
    wanted = ["System Info", "Reproduction", "Expected behavior"]
    assert [heading for heading in headings if heading in wanted] == wanted
    assert "0.42.0" in result.out and "legacy-cuda-setup" in result.out
    assert result.out.count("```") % 2 == 0


def test_url(probe, snapshot_file):
    result = probe.run("--from", snapshot_file, "--format", "url")
    assert result.code == 0
    address = result.out.strip()
    assert len(address.split()) == 1
    assert len(address) <= GITHUB_LIMIT
    parts = urllib.parse.urlsplit(address)
    assert (parts.scheme, parts.netloc) == ("https", "github.com")
    assert parts.path == "/bitsandbytes-foundation/bitsandbytes/issues/new"
    fields = urllib.parse.parse_qs(parts.query, strict_parsing=True)
    assert {"system-info", "reproduction", "expected-behavior"} <= set(fields)
    assert "0.42.0" in fields["system-info"][0]


def test_every_format_shows_the_signature(probe, report, snapshot_file):
    code = report("--from", snapshot_file)["findings"][0]["signature"]["code"]
    search = f"https://github.com/bitsandbytes-foundation/bitsandbytes/issues?q=is%3Aissue+%22{code}%22"
    for form in ("text", "markdown"):
        shown = probe.run("--from", snapshot_file, "--format", form).out
        assert search in shown
        assert f"{code} (legacy-cuda-setup" in shown
    address = probe.run("--from", snapshot_file, "--format", "url").out.strip()
    fields = urllib.parse.parse_qs(urllib.parse.urlsplit(address).query, strict_parsing=True)
    assert fields["title"][0].endswith(f"[{code}]")
    assert code in fields["system-info"][0]


def test_url_is_cut_to_what_github_takes(probe, snapshot_file, tmp_path):
    log = tmp_path / "long.log"
    log.write_text("".join(f"line {n}: äöü ∑ {'x' * 90}\n" for n in range(5000)))
    address = probe.run("--from", snapshot_file, "--log", log, "--format", "url").out.strip()
    assert len(address) <= GITHUB_LIMIT
    fields = urllib.parse.parse_qs(urllib.parse.urlsplit(address).query, strict_parsing=True,
                                   errors="strict")
    assert {"system-info", "reproduction", "expected-behavior"} <= set(fields)


def test_from_gives_what_the_live_run_gave(probe, report, snapshot_file):
    live = json.loads(snapshot_file.read_text())
    again = report("--from", snapshot_file)
    for part in ("snapshot", "loader", "findings", "verdict"):
        assert again[part] == live[part]
    assert again["collected_at"] == live["collected_at"]


def test_from_standard_input(probe, snapshot_file):
    by_name = probe.run("--from", snapshot_file, "--format", "json")
    by_stream = probe.run("--from", "-", "--format", "json", stdin=snapshot_file.read_text())
    assert by_stream.code == 0
    assert json.loads(by_stream.out)["findings"] == json.loads(by_name.out)["findings"]


def test_from_a_snapshot_of_little(report, tmp_path):
    """A snapshot with next to nothing in it is judged, and not made up."""
    path = tmp_path / "little.json"
    path.write_text(json.dumps({
        "schema": "bnb-probe/1", "tool": {"name": "bnb-probe", "version": "0.1.0"},
        "collected_at": "2026-01-01T00:00:00Z", "snapshot": {"collectors": {}},
        "loader": {}, "findings": [], "verdict": "unknown",
    }))
    document = report("--from", path)
    assert document["verdict"] == "unknown"
    assert document["findings"] == []


# A line as a program prints it, and the pattern that must be found from it alone.
LOGS = [
    ("CUDA SETUP: Setup Failed!", "legacy-cuda-setup"),
    ("RuntimeError: \n        CUDA Setup failed despite GPU being available. Please run the "
     "following command to get more information:\n\n        python -m bitsandbytes",
     "legacy-cuda-setup"),
    ("File \"C:\\venv\\Lib\\site-packages\\bitsandbytes\\cextension.py\", line 13, in <module>\n"
     "TypeError: argument of type 'WindowsPath' is not iterable", "windows-pre-support"),
    ("OSError: libcusparse.so.11: cannot open shared object file: No such file or directory",
     "shared-library-mismatch"),
    ("NameError: name 'str2optimizer32bit' is not defined", "native-library-load-failure"),
    ("AttributeError: 'NoneType' object has no attribute 'cquantize_blockwise_fp16_nf4'",
     "native-library-load-failure"),
    ("Could not find the bitsandbytes CUDA binary at PosixPath('/x/libbitsandbytes_cuda126.so')",
     "native-library-load-failure"),
    ("Error no kernel image is available for execution on the device at line 74 in file "
     "/src/csrc/ops.cu", "unsupported-platform"),
    ("ImportError: Using `load_in_8bit=True` requires Accelerate: `pip install accelerate`",
     "transformers-version-mismatch"),
    ("ImportError: cannot import name 'sync_gpu' from 'bitsandbytes.utils' "
     "(/usr/lib/python3/bitsandbytes/utils.py)", "runtime-not-restarted"),
    ("nvcc fatal   : Unsupported gpu architecture 'compute_50'", "cmake-cuda-arch-mismatch"),
    ("ImportError: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required by "
     "/v/site-packages/bitsandbytes/libbitsandbytes_cuda126.so)", "eol-glibc"),
    ("AttributeError: /v/bitsandbytes/libbitsandbytes_cuda118.so: undefined symbol: "
     "cget_managed_ptr", "undefined-symbol"),
    ("quantization_config=BitsAndBytesConfig(load_in_4bit=True)\nValueError: Must flatten tensors "
     "with uniform dtype but got torch.bfloat16 and torch.uint8", "fsdp-optimizer"),
    ("CMake Error: Failed to find ROCm root directory", "rocm-build"),
]


@pytest.mark.parametrize("text, pattern", LOGS, ids=[f"{p}-{n}" for n, (_, p) in enumerate(LOGS)])
def test_log(report, tmp_path, text, pattern):
    log = tmp_path / "error.log"
    log.write_text(f"Epoch 1 of 3\n{text}\n")
    # Beside an empty snapshot: what the text alone shows.
    empty = tmp_path / "empty"
    empty.mkdir()
    document = report("--root", empty, "--log", log)
    found = finding(document, pattern)
    assert found, [one["pattern"] for one in document["findings"]]
    shown = [one for one in found["evidence"] if one["from"] == "text"]
    assert shown and shown[0]["line"] >= 2
    assert shown[0]["source"].endswith("error.log")
    assert shown[0]["excerpt"]


def test_log_without_any_known_error(report, tmp_path):
    log = tmp_path / "fine.log"
    log.write_text("Epoch 1 of 3\nloss 0.3\nbitsandbytes is imported\nall is well\n")
    empty = tmp_path / "empty"
    empty.mkdir()
    document = report("--root", empty, "--log", log)
    from_text = [one["pattern"] for one in document["findings"]
                 if any(e["from"] == "text" for e in one["evidence"])]
    assert not from_text


def test_log_of_odd_bytes(report, tmp_path):
    log = tmp_path / "odd.log"
    log.write_bytes(b"\x00\xff\xfe\x1b[31mred\x1b[0m\r\n" + bytes(range(256)) * 10
                    + b"\nCUDA SETUP: Setup Failed!\n")
    document = report("--log", log)
    assert finding(document, "legacy-cuda-setup")


SECRETS = {
    "user": "quillsworth",
    "token": "hf_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789",
    "password": "Tr0ub4dor-3",
    "address": "203.0.113.77",
}


@pytest.mark.parametrize("form", FORMATS)
def test_secrets_do_not_show(probe, tmp_path, form):
    home = tmp_path / "home" / SECRETS["user"]
    home.mkdir(parents=True)
    log = home / "run.log"
    log.write_text(
        f"File \"{home}/train.py\", line 3\n"
        f"login with token {SECRETS['token']}\n"
        f"index https://bob:{SECRETS['password']}@packages.example.org/simple\n"
        f"connecting to {SECRETS['address']}:29500\n"
        "NameError: name 'str2optimizer32bit' is not defined\n")
    env = {"HOME": home, "USER": SECRETS["user"], "LOGNAME": SECRETS["user"],
           "HF_TOKEN": SECRETS["token"],
           "LD_LIBRARY_PATH": f"{home}/lib:/opt/x",
           "BNB_CUDA_VERSION": f"https://bob:{SECRETS['password']}@x.example.org/"}
    result = probe.run("--format", form, "--log", log, env=env, cwd=home)
    assert result.code == 0
    shown = urllib.parse.unquote_plus(result.out)
    for name, secret in SECRETS.items():
        assert secret not in shown, f"the {name} shows"
    if form == "json":
        probe.validate(json.loads(result.out))


def test_redaction_keeps_what_matters(probe, legacy):
    """Four-part versions are not addresses; paths stay paths."""
    document = probe.report(env=legacy.active, redact=True)
    assert document["snapshot"]["bitsandbytes"]["version"] == "0.42.0"
    assert document["snapshot"]["bitsandbytes"]["path"].endswith("/site-packages/bitsandbytes")


def test_control_characters_in_names_do_not_reach_the_terminal(probe, tmp_path):
    site = tmp_path / "site"
    info = site / "bitsandbytes-0.46.1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bitsandbytes\nVersion: 0.46.1\n")
    (site / "bitsandbytes").mkdir()
    (site / "bitsandbytes" / "__init__.py").write_text("")
    (site / "bitsandbytes" / "libbitsandbytes_cuda\x1b[2J`x`.so").write_bytes(b"\x7fELF")
    env = {"PYTHONPATH": str(site)}
    for form in ("text", "markdown"):
        result = probe.run("--format", form, env=env)
        assert result.code == 0
        assert "\x1b" not in result.out


def test_version_and_help(probe):
    version = probe.run("--version")
    assert version.code == 0 and re.fullmatch(r"bnb-probe \d+\.\d+\.\d+\S*\n", version.out)
    for arguments in (["--help"], ["report", "--help"]):
        shown = probe.run(*arguments)
        assert shown.code == 0 and shown.err == ""
        assert "--format" in shown.out


def test_patterns_are_listed(probe):
    listed = probe.run("patterns")
    assert listed.code == 0
    ids = """legacy-cuda-setup windows-pre-support shared-library-mismatch
        native-library-load-failure unsupported-platform third-party-app
        transformers-version-mismatch non-pytorch-framework unrelated-library-error
        undefined-symbol question-not-bug fsdp-optimizer deepspeed-zero3 cpu-optimizer-request
        rocm-build runtime-not-restarted cmake-cuda-arch-mismatch eol-glibc kbit-training-memory
        insufficient-info quantized-output-quality four-bit-dropped-weights""".split()
    places = [listed.out.find(one) for one in ids]
    assert -1 not in places, [one for one, place in zip(ids, places) if place == -1]
    one = probe.run("patterns", "eol-glibc")
    assert one.code == 0 and "eol-glibc" in one.out
    assert probe.run("patterns", "no-such-pattern").code in (2, 3)
    lint = probe.run("patterns", "--lint")
    assert lint.code == 0, lint.out + lint.err


def test_lint_wants_the_patterns_that_one_explains(probe, tmp_path):
    source = SOURCE / "checks/patterns/eol-glibc.json"
    pattern = json.loads(source.read_text()) | {"id": "mine", "explains": ["no-such-pattern"]}
    (tmp_path / "mine.json").write_text(json.dumps(pattern))
    lint = probe.run("patterns", "--lint", tmp_path)
    assert lint.code == 3
    assert "mine.json: /explains/0" in lint.err and "no-such-pattern" in lint.err
