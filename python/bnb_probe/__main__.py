"""python -m bnb_probe: the program, looking at this interpreter unless told otherwise."""

import os
import subprocess
import sys
from typing import List

from . import ProbeError, program, says_where

# Options that look at no machine.
NOWHERE = frozenset(("--help", "-h", "--version"))


def with_interpreter(words: List[str]) -> List[str]:
    """The arguments, naming this interpreter where a machine is looked at."""
    if says_where(words) or not NOWHERE.isdisjoint(words):
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
        print("bnb_probe: {}".format(error), file=sys.stderr)
        return 3
    if os.name != "nt":
        os.execv(command[0], command)
    try:
        return subprocess.call(command)
    except KeyboardInterrupt:  # which went to the program as well
        return 130


if __name__ == "__main__":
    sys.exit(main())
