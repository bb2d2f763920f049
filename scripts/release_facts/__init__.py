"""What scripts/releases is made of: the index, the wheels, the readers, the written file."""

DISTRIBUTION = "bitsandbytes"
OLDEST = "0.35.0"


class Trouble(Exception):
    """What stops the work, in words for the person who runs it."""
