"""python -m bnb_probe: the program, looking at this interpreter unless told otherwise."""

import os
import subprocess
import sys
from typing import List

from . import ProbeError, program

# Options that say where to look themselves, or say nothing about a machine.
ELSEWHERE = {"--python", "--from", "--root", "--help", "-h", "--version"}


def with_interpreter(words: List[str]) -> List[str]:
    """The arguments, naming this interpreter where a machine is looked at."""
    if ELSEWHERE.intersection(word.split("=")[0] for word in words):
        return words
    asked = ["--python", sys.executable]
    if not words or words[0].startswith("-"):
        return asked + words
    if words[0] in ("report", "check"):
        return [words[0], *asked, *words[1:]]
    return words


def main() -> int:
    try:
        command = [program(), *with_interpreter(sys.argv[1:])]
    except ProbeError as error:
        print(f"bnb_probe: {error}", file=sys.stderr)
        return 3
    if os.name != "nt":
        os.execv(command[0], command)
    return subprocess.call(command)


if __name__ == "__main__":
    sys.exit(main())
