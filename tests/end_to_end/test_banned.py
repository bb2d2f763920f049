"""base/banned.h: what nothing in the program calls does not compile."""

import subprocess

import pytest

from support.program import SOURCE

CALLS = {
    "strcpy": "strcpy(to, from)",
    "strcat": "strcat(to, from)",
    "sprintf": 'sprintf(to, "%s", from)',
    "strtok": "strtok(to, from)",
    "gmtime": "(void)gmtime(&now)",
    "atoi": "(void)atoi(from)",
    "system": "(void)system(from)",
    "popen": '(void)popen(from, "r")',
    "malloc": "free(malloc(1))",
    "strdup": "free(strdup(from))",
}


def compiles(tmp_path, statement, *, banned):
    source = tmp_path / "tried.c"
    source.write_text(
        "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <time.h>\n"
        "void tried(char *to, const char *from, time_t now);\n"
        "void tried(char *to, const char *from, time_t now) {\n"
        f"    (void)to, (void)from, (void)now;\n    {statement};\n}}\n"
    )
    include = ["-include", str(SOURCE / "base/banned.h")] if banned else []
    done = subprocess.run(
        ["gcc", "-std=c17", "-D_GNU_SOURCE", "-Wall", *include, "-fsyntax-only", str(source)],
        capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", CALLS)
def test_a_banned_call_does_not_compile(tmp_path, name):
    fine, said = compiles(tmp_path, CALLS[name], banned=False)
    assert fine, said
    fine, said = compiles(tmp_path, CALLS[name], banned=True)
    assert not fine
    assert name in said


def test_every_source_is_compiled_with_it():
    assert "-include ${PROJECT_SOURCE_DIR}/base/banned.h" in (SOURCE / "CMakeLists.txt").read_text()
