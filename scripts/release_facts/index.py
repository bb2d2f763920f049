"""The package index, through pip: which files a release has, and their download.

Where the index is, how to reach it and with which certificates is pip's own business:
a child runs pip's collector and prints what the index says of the project's files.
"""

import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

from . import DISTRIBUTION, OLDEST, Trouble, versions

WHEEL_NAME = re.compile(DISTRIBUTION + r"-([^-]+)-(py[\w.]+)-(\w+)-([\w.]+)\.whl")

# Run by the interpreter whose pip is used. pip has no command that lists the files of all
# platforms, so this asks the part of it that reads index pages.
LISTING = """
import json, sys
from pip._internal.commands import create_command
command = create_command("index")
with command.main_context():
    options, _ = command.parse_args(["versions", sys.argv[1]])
    session = command._build_session(options)
    finder = command._build_package_finder(options=options, session=session,
                                           ignore_requires_python=True)
    collector = finder._link_collector
    files = []
    def read(page):
        answer = collector.fetch_response(page)
        if answer is not None and "json" in answer.content_type:
            files.extend(json.loads(answer.content)["files"])
        elif answer is not None:
            from pip._internal.index.collector import parse_links
            files.extend({"filename": link.filename, "yanked": link.yanked_reason or False}
                         for link in parse_links(answer))
        return []
    sources = collector.collect_sources(project_name=sys.argv[1], candidates_from_page=read)
    for source in sources.index_urls:
        list(source.page_candidates())
print(json.dumps(files))
"""


@dataclasses.dataclass(frozen=True)
class Wheel:
    name: str
    version: str
    platform: str  # the last part of its tag: manylinux_2_24_x86_64, win_amd64, any ...
    date: str | None = None  # of the upload, YYYY-MM-DD
    yanked: str | bool | None = None  # the reason, True where none is given; None: not known


def wheel_of(name, date=None, yanked=None):
    """The wheel that a file name tells of, or None where it is none of this project's."""
    match = WHEEL_NAME.fullmatch(name)
    key = match and versions.key(match[1])
    if not key or key < versions.key(OLDEST):
        return None
    return Wheel(name, match[1], match[4], date, yanked)


def listed():
    """Every wheel on the index."""
    done = subprocess.run([sys.executable, "-c", LISTING, DISTRIBUTION], capture_output=True,
                          text=True, check=False, stdin=subprocess.DEVNULL)
    try:
        files = json.loads(done.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        raise Trouble(f"pip could not list {DISTRIBUTION}: {done.stderr.strip()[-400:]}") from None
    found = [wheel_of(file["filename"], (file.get("upload-time") or "")[:10] or None,
                      file.get("yanked") or False) for file in files]
    wheels = [wheel for wheel in found if wheel]
    if not wheels:
        raise Trouble(f"the index that pip is configured for lists no wheel of {DISTRIBUTION}")
    return wheels


def kept(cache):
    """The wheels in the cache."""
    return [wheel for path in cache.glob("*.whl") if (wheel := wheel_of(path.name))]


def fetch(wheel, cache):
    """The wheel's path, downloaded by pip unless it is there."""
    path = cache / wheel.name
    if path.exists():
        return path
    # In a folder of its own first: an interrupted download leaves nothing that looks whole.
    fresh = cache / f".{wheel.name}.{os.getpid()}"
    fresh.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:",
             "--platform", wheel.platform, "--python-version", "3", "--ignore-requires-python",
             "-d", str(fresh), f"{DISTRIBUTION}=={wheel.version}"],
            capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        if not (fresh / wheel.name).exists():
            raise Trouble(f"pip brought no {wheel.name}: {done.stderr.strip()[-400:]}")
        os.replace(fresh / wheel.name, path)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return path


def tools(cache, offline):
    """The folder with programs and modules from the index that the readers are held against."""
    folder = pathlib.Path(cache) / "tools"
    if not folder.exists() and not offline:
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target",
                        str(folder), "nvidia-cuda-cuobjdump"],
                       check=False, capture_output=True, stdin=subprocess.DEVNULL)
    return folder
