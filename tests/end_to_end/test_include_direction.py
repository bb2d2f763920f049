"""Nothing flows backwards: which folder's headers each folder may include."""

import re

import pytest

from support.program import SOURCE

MAY_INCLUDE = {
    "base": {"base"},
    "probe": {"base", "probe"},
    "checks": {"base", "checks"},
    "report": {"base", "probe", "checks", "report"},
}


def project_includes(folder):
    for file in sorted((SOURCE / folder).rglob("*.[ch]")):
        for header in re.findall(r'^\s*#\s*include\s+"([^"]+)"', file.read_text(), re.MULTILINE):
            yield file.relative_to(SOURCE), header


@pytest.mark.parametrize("folder", MAY_INCLUDE)
def test_folder_includes_only_what_it_may(folder):
    includes = list(project_includes(folder))
    assert includes, f"{folder}/ has no sources"
    wrong = [
        f"{file} includes {header}"
        for file, header in includes
        if header.split("/")[0] not in MAY_INCLUDE[folder]
    ]
    assert not wrong


def test_checks_is_pure():
    """No file system, no clock, no environment, no processes in checks/."""
    impure = r"\b(fopen|open|openat|stat|readlink|opendir|getenv|time|clock_gettime|fork|exec\w+)\s*\("
    headers = r"#\s*include\s+<(unistd|fcntl|sys/.*|dirent|time)\.h>"
    wrong = [
        f"{file.relative_to(SOURCE)}:{number}: {line.strip()}"
        for file in sorted((SOURCE / "checks").rglob("*.[ch]"))
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if not line.lstrip().startswith(("*", "/*", "//"))
        and (re.search(impure, line) or re.search(headers, line))
    ]
    assert not wrong
