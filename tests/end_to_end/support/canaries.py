"""Things that a report must not say, one of each kind and more, and how to look for them."""

import copy
import html
import json
import re
import urllib.parse

USER = "marianne"
HOST = "canarybox"
DOMAIN = "vault.canary.example"

# What is planted: (kind, text as it may stand anywhere, what must not be found afterwards).
CANARIES = [
    ("user", USER, [USER]),
    ("host", f"{HOST}.{DOMAIN}", [HOST, DOMAIN]),
    ("hugging face", "hf_QwErTyUiOpAsDfGhJkLzXcVbNm01234567", ["QwErTyUiOp"]),
    ("github", "ghp_Zx81aQwErTyUiOpAsDfGhJkLzXcVbNm0123", ["Zx81aQwErTy"]),
    ("github oauth", "gho_Yy81aQwErTyUiOpAsDfGhJkLzXcVbNm0123", ["Yy81aQwErTy"]),
    ("github fine", "github_pat_11ABCDEFG0Vv81aQwErTy_UiOpAsDfGhJk", ["Vv81aQwErTy"]),
    ("aws id", "AKIAQ3EGRIM4CANARY7X", ["AKIAQ3EGRIM4"]),
    ("openai", "sk-proj-Uu81aQwErTyUiOpAsDfGhJkLz", ["Uu81aQwErTy"]),
    ("anthropic", "sk-ant-api03-Tt81aQwErTyUiOpAsDfGhJkLz", ["Tt81aQwErTy"]),
    ("slack", "xoxb-8124581245-Ss81aQwErTyUiOp", ["Ss81aQwErTy"]),
    ("google", "AIzaSyRr81aQwErTyUiOpAsDfGhJkLzXcVbNm01", ["Rr81aQwErTy"]),
    ("json web token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.Qq81aQwErTyUiOpAsDf",
     ["eyJzdWIiOiJj", "Qq81aQwErTy"]),
    ("e-mail", "canary.person@corp.canary.example", ["canary.person", "corp.canary"]),
    ("ipv4", "10.66.77.88", ["10.66.77.88"]),
    ("ipv6", "fd12:3456:789a:cafe::42", ["789a:cafe"]),
    ("mac", "de:ad:be:ef:00:42", ["de:ad:be:ef"]),
    ("gpu", "GPU-c0ffee00-1234-5678-9abc-def012345678", ["c0ffee00"]),
    ("mig", "MIG-c0ffee01-1234-5678-9abc-def012345678", ["c0ffee01"]),
    ("uuid", "c0ffee02-1234-5678-9abc-def012345678", ["c0ffee02"]),
    ("container", "c0ffee03" * 8, ["c0ffee03c0ffee03"]),
]

# What needs more than one word, or a "/", which no name of a file may have.
LONG_CANARIES = [
    ("other home", "/home/bobbytables/x", ["bobbytables"]),
    ("mac home", "/Users/carolcanary/x", ["carolcanary"]),
    ("windows home", "C:\\Users\\davecanary\\x", ["davecanary"]),
    ("aws secret", "AKIAQ3EGRIM4CANARY7X wJalrXUtnFEMI/K7MDENG/bPxRfiCYACANARYKEY", ["wJalrXUtn"]),
    ("bearer", "Authorization: Bearer canarybearer81", ["canarybearer81"]),
    ("header", "Authorization: token canaryheader81", ["canaryheader81"]),
    ("cookie", "Cookie: session=canarycookie81", ["canarycookie81"]),
    ("private key", "-----BEGIN RSA PRIVATE KEY-----\nMIIEcanarykey81\n-----END RSA PRIVATE KEY-----",
     ["MIIEcanarykey"]),
    ("setting", "WANDB_API_KEY=canarysetting81", ["canarysetting81"]),
    ("password", "\"password\": \"canarypassword81\"", ["canarypassword81"]),
    ("netrc", "machine api.wandb.ai login canarylogin password canarynetrc81",
     ["canarylogin", "canarynetrc81"]),
    ("wandb", "wandb login c0ffee0481245812458124581245812458124581", ["c0ffee048124"]),
    ("credentials", "https://canaryname:canarypass81@pkg.example.org/simple",
     ["canaryname", "canarypass81"]),
    ("query", "https://pkg.example.org/simple?canaryquery=81#x", ["canaryquery"]),
    ("serial", "Serial Number                : 8124581canary", ["8124581canary"]),
]

# One line of all, for what may be any text.
PLANT = " ".join(text for _, text, _ in CANARIES + LONG_CANARIES)


def looked_for():
    return [(kind, word) for kind, _, words in CANARIES + LONG_CANARIES for word in words]


def unwrapped(text):
    """The text as whoever gets it would read it: escapes of every format are undone."""
    yield text
    yield html.unescape(text.replace("\\", ""))
    yield urllib.parse.unquote_plus(text)
    yield html.unescape(urllib.parse.unquote(text).replace("\\", ""))
    try:
        yield json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        pass
    # A canary that was wrapped at a blank would still be one.
    yield re.sub(r"\s+", "", text)


def found_in(text):
    """The kinds of canaries that the text shows."""
    found = {}
    for version in unwrapped(text):
        lower = version.lower()
        for kind, word in looked_for():
            at = lower.find(word.lower())
            if at >= 0:
                found.setdefault(kind, version[max(0, at - 60):at + 60])
    return found


def assert_none(text, where):
    found = found_in(text)
    assert not found, f"{where} shows " + "; ".join(f"{k}: ...{v}..." for k, v in found.items())


def plant(item, text):
    """The document with `text` behind every string and as a name of a member of every object."""
    if isinstance(item, str):
        return f"{item} {text}"
    if isinstance(item, list):
        return [plant(one, text) for one in item] + [text]
    if isinstance(item, dict):
        return {**{name: plant(one, text) for name, one in item.items()}, text: text}
    return item


def everywhere(document, text):
    """A report with `text` in every fact."""
    planted = copy.deepcopy(document)
    planted["snapshot"] = {name: plant(part, text) if name != "ghosts" else part
                           for name, part in document["snapshot"].items()}
    return planted
