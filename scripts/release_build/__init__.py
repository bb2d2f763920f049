"""The parts of scripts/release: what is handed out to people, made from this checkout."""


class Trouble(Exception):
    """Something that the person who makes a release has to know or mend."""
