"""Running `bnb-probe check` and reading what it says."""

import json

import jsonschema


def assuming(*assumptions):
    return [word for one in assumptions for word in ("--assume", one)]


def check_schema(probe):
    """The schema of the check document, out of the report's."""
    schema = json.loads(probe.run("schema").out)
    return {"$schema": schema["$schema"], "$ref": "#/$defs/check", "$defs": schema["$defs"]}


def run_check(probe, *arguments, redact=False, **how):
    """(exit code, check document). The document keeps to its schema and says the exit code."""
    options = [] if redact else ["--no-redact"]
    result = probe.run("check", "--format", "json", *options, *arguments, **how)
    assert result.code in (0, 1, 3), result.err
    document = json.loads(result.out)
    jsonschema.Draft202012Validator(check_schema(probe)).validate(document)
    assert result.code == {"pass": 0, "fail": 1, "unknown": 3}[document["result"]]
    assert document["checks"][0]["kind"] == "verdict"
    return result.code, document
