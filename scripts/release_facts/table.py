"""checks/releases.json: what the wheels hold, each repeated part once.

The file is read by checks/releases.c, whose header describes it. `pack` and `unpack` turn
facts by release and wheel into it and back; `write` puts a row on a line, so that a new
release shows as new lines.
"""

import json
import re

from . import Trouble, versions

SCHEMA = "bnb-probe-releases/1"
# Columns of a library's row, in order; a number points into the table of that name.
COLUMNS = ["name", "size", "kinds", "lists", "lists", "folders", "versions", "gpu_code", "exports"]
TABLES = ["kinds", "lists", "folders", "versions", "gpu_code", "exports", "requires", "markers"]


class Tables:
    """Tables of parts; a part that is there already is not put in again."""

    def __init__(self):
        self.parts = {name: [] for name in TABLES}
        self.places = {name: {} for name in TABLES}

    def place(self, name, part):
        """Where the part stands; None for one that is not known."""
        if part is None:
            return None
        text = json.dumps(part, sort_keys=True)
        if text not in self.places[name]:
            self.places[name][text] = len(self.parts[name])
            self.parts[name].append(part)
        return self.places[name][text]


def kind_of(library):
    """True as a soname stands for the file's own name."""
    own = library["soname"] == library["name"]
    return {"format": library["format"], "bits": library["bits"], "machine": library["machine"],
            "soname": True if own else library["soname"]}


def pack_library(library, tables):
    return [
        library["name"],
        library["size"],
        tables.place("kinds", kind_of(library)),
        tables.place("lists", library["needed"]),
        tables.place("lists", library["delay_needed"]),
        tables.place("folders", {"rpath": library["rpath"], "runpath": library["runpath"]}),
        tables.place("versions", library["version_needs"]),
        tables.place("gpu_code", library["gpu_code"]),
        tables.place("exports", library["exports"]),
    ]


def unpack_library(row, tables):
    values = [value if name not in tables or value is None else tables[name][value]
              for name, value in zip(COLUMNS, row)]
    kind, folders = values[2], values[5]
    return {
        "name": values[0], "size": values[1], "format": kind["format"], "bits": kind["bits"],
        "machine": kind["machine"],
        "soname": values[0] if kind["soname"] is True else kind["soname"],
        "needed": values[3], "delay_needed": values[4],
        "rpath": folders["rpath"], "runpath": folders["runpath"], "version_needs": values[6],
        "gpu_code": values[7], "exports": values[8],
    }


def torch_of(requires):
    """The specifier that it asks of torch: "" for any, None where it asks for none."""
    for line in requires:
        if match := re.fullmatch(r"torch\b\s*(.*)", line):
            return match[1]
    return None


def pack(releases, symbols):
    """The document. Oldest first through the tables: a new release only adds to them."""
    tables, libraries, rows = Tables(), {}, []
    for version in sorted(releases, key=versions.key):
        release = releases[version]
        wheels = {}
        for platform in sorted(release["wheels"]):
            wheels[platform] = [
                libraries.setdefault(json.dumps(pack_library(library, tables)), len(libraries))
                for library in release["wheels"][platform]]
        rows.append({
            "version": version, "date": release["date"], "yanked": release["yanked"],
            "era": release["era"], "python": release["python"],
            "torch": torch_of(release["requires"]),
            "requires": tables.place("requires", release["requires"]),
            "markers": tables.place("markers", release["markers"]), "wheels": wheels})
    return {"schema": SCHEMA, "symbols": sorted(symbols), "tables": tables.parts,
            "libraries": [json.loads(row) for row in libraries],
            "releases": list(reversed(rows))}


def unpack(document):
    """The releases of a document, by version."""
    if document.get("schema") != SCHEMA:
        raise Trouble(f"the written file is not of {SCHEMA}")
    tables, releases = document["tables"], {}
    for row in document["releases"]:
        release = {key: row[key] for key in ("date", "yanked", "era", "python")}
        release["requires"] = tables["requires"][row["requires"]]
        release["markers"] = tables["markers"][row["markers"]]
        release["wheels"] = {
            platform: [unpack_library(document["libraries"][place], tables) for place in places]
            for platform, places in row["wheels"].items()}
        releases[row["version"]] = release
    return releases


def text_of(document):
    """One row a line."""
    def dump(value):
        return json.dumps(value, separators=(",", ":"))

    def listed(rows):
        return "[\n" + ",\n".join(map(dump, rows)) + "\n]"

    tables = ",\n".join(f"{dump(name)}:{listed(rows)}" for name, rows in document["tables"].items())
    return (f'{{"schema":{dump(document["schema"])},\n"symbols":{dump(document["symbols"])},\n'
            f'"tables":{{\n{tables}}},\n"libraries":{listed(document["libraries"])},\n'
            f'"releases":{listed(document["releases"])}}}\n')
