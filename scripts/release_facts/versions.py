"""Order of release versions, as far as this project's releases need PEP 440."""

import re

SHAPE = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:\.post(\d+))?")


def key(version):
    """Sorts releases and post releases; None for anything else (previews)."""
    match = SHAPE.fullmatch(version)
    return match and tuple(int(part) if part else -1 for part in match.groups())
