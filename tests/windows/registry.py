"""Keys and values in the registry of the tests' own Windows, there for the length of a test."""

import contextlib

import wine

CLASSES = r"HKLM\Software\Classes"  # wine reads no other


def reg(*words):
    done = wine.run("reg", *words)
    assert done.returncode == 0, (words, done.stdout, done.stderr)


def add(key, name, text):
    kind = "REG_DWORD" if isinstance(text, int) else "REG_SZ"
    reg("add", key, *(["/v", name] if name else ["/ve"]), "/t", kind, "/d", text, "/f")


@contextlib.contextmanager
def values(key, **texts):
    """Values in a key that stays."""
    for name, text in texts.items():
        add(key, name, text)
    try:
        yield
    finally:
        for name in texts:
            reg("delete", key, "/v", name, "/f")


@contextlib.contextmanager
def key(path, **texts):
    """A key with its values."""
    with contextlib.ExitStack() as stack:
        stack.callback(reg, "delete", path, "/f")
        for name, text in texts.items():
            add(path, name, text)
        yield


def command_for(kind):
    """The command line that is started for a kind of thing, or None."""
    done = wine.run("reg", "query", rf"{CLASSES}\{kind}\shell\open\command", "/ve")
    lines = [line for line in done.stdout.decode().splitlines() if "REG_SZ" in line]
    return lines[0].split("REG_SZ", 1)[1].strip() if done.returncode == 0 and lines else None


@contextlib.contextmanager
def scheme_opened_by(scheme, line):
    """What is started for addresses; %1 stands for the address."""
    before = command_for(scheme)
    place = rf"{CLASSES}\{scheme}\shell\open\command"
    add(place, None, line)
    try:
        yield
    finally:
        add(place, None, before)


@contextlib.contextmanager
def ending_opened_by(ending, line):
    """What is started for files with an ending; %1 stands for the file."""
    with key(rf"{CLASSES}\bnb-probe-test"), key(rf"{CLASSES}\{ending}"):
        add(rf"{CLASSES}\bnb-probe-test\shell\open\command", None, line)
        add(rf"{CLASSES}\{ending}", None, "bnb-probe-test")
        yield
