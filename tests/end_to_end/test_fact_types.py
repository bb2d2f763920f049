"""Every fact of the report has a type, which says how it is redacted."""

import json

from support.program import SOURCE

SCHEMA = json.loads((SOURCE / "report" / "bnb-probe-1.schema.json").read_text())


def strings(node, place):
    """(place, type) of each place in the schema where a string may stand; None: it has no type."""
    if "$ref" in node or "const" in node or "enum" in node:
        return
    types = node.get("type", "string")
    if "string" in types or types == "object" and "properties" not in node:
        yield place, node.get("x-type")
    for name, member in node.get("properties", {}).items():
        yield from strings(member, f"{place}/{name}")
    for name in ("items", "additionalProperties"):
        if isinstance(node.get(name), dict):
            yield from strings(node[name], f"{place}/*")


def all_strings():
    for name, definition in SCHEMA["$defs"].items():
        yield from strings(definition, f"#/$defs/{name}")
    yield from strings({"type": "object", "properties": SCHEMA["properties"]}, "")


def test_every_fact_has_a_type():
    places = dict(all_strings())
    assert len(places) > 250
    untyped = [place for place, kind in places.items() if kind is None]
    assert not untyped, "add an \"x-type\" (the schema's \"x-types\" lists them)"


def test_types_are_described_and_used():
    assert {kind for _, kind in all_strings()} == set(SCHEMA["x-types"])
