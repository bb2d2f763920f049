"""How needed libraries are found: each rule shown on the real loader and on the model.

Every case is one native library in a bitsandbytes package, needing libraries of its own made
for it. All cases of an environment lie side by side, so that the program runs once for them; the
real loader is asked for each in a fresh process, after it has opened what torch opens.
"""

import json
import pathlib
import platform
import re
import signal
import subprocess
import sys
import sysconfig

import pytest

from support import small_libraries as small
from support.program import Program, find_program
from support.small_libraries import Library

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64" or platform.libc_ver()[0] != "glibc",
                                reason="needs x86-64 and glibc: the libraries are made for them")

PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
MODULE = "_C" + sysconfig.get_config_var("EXT_SUFFIX")
SYSTEM_PYTHON = pathlib.Path(sys.executable).resolve()

MISSING = ": cannot open shared object file: No such file or directory"

# Opens torch's first library and its module as `import torch` does, then the library asked for.
ORACLE = """\
import ctypes, os, resource, sys
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
torch, module, library = sys.argv[1:]
if os.path.exists(torch):
    ctypes.CDLL(torch + "/lib/libtorch_global_deps.so", mode=ctypes.RTLD_GLOBAL)
    ctypes.CDLL(torch + "/" + module)
try:
    ctypes.CDLL(library)
    print("loads")
except OSError as error:
    print(error)
"""

VERSION_FILE = """\
__version__ = '2.4.1+cu121'
cuda = '12.1'
hip = None
xpu = None
"""


class Case:
    """`expected`: "loads", "dies", or what the loader says ({x} is the case's library x)."""

    def __init__(self, name, expected, opened, *others, torch=()):
        self.name = name
        self.expected = expected
        self.opened = opened
        self.others = others
        self.torch = torch  # names of this case's libraries that torch maps

    @property
    def file(self):
        return f"libbitsandbytes_{self.name}.so"

    def soname(self, token):
        return f"lib{self.name}-{token}.so.1"

    def text(self, text, base):
        if not isinstance(text, str):
            return text
        text = re.sub(r"(?<!\$)\{(\w+)\}", lambda found: str(base / found[1]), text)
        return re.sub(r"<(\w+)>", lambda found: self.soname(found[1]), text)


def bnb(*needs, **how):
    return Library("", "", needs=needs, **how)


def lib(token, folder, *needs, **how):
    return Library(token, folder, needs=needs, **how)


def poison(token, folder):
    """Whoever maps this one fails."""
    return lib(token, folder, "<gone>")


GONE = "<gone>" + MISSING

CASES = [
    # --- the order of the places ---
    Case("rpath", "loads", bnb("<x>", rpath="{rp}"), lib("<x>", "rp")),
    Case("runpath", "loads", bnb("<x>", runpath="{run}"), lib("<x>", "run")),
    Case("variable", "loads", bnb("<x>"), lib("<x>", "var")),
    Case("variable_second", "loads", bnb("<x>"), lib("<x>", "var2")),
    Case("variable_first", "loads", bnb("<x>"), lib("<x>", "var"), poison("<x>", "var2")),
    Case("variable_empty_part", "loads", bnb("<x>"), lib("<x>", "here")),
    Case("variable_empty_part_last", GONE, bnb("<x>"), lib("<x>", "here"), poison("<x>", "var2")),
    Case("rpath_before_variable", "loads", bnb("<x>", rpath="{rp}"), lib("<x>", "rp"),
         poison("<x>", "var")),
    Case("variable_before_runpath", GONE, bnb("<x>", runpath="{run}"), lib("<x>", "run"),
         poison("<x>", "var")),
    Case("rpath_order", "loads", bnb("<x>", rpath="{none}:{rp}:{rp2}"), lib("<x>", "rp"),
         poison("<x>", "rp2")),
    Case("runpath_order", GONE, bnb("<x>", runpath="{run2}:{run}"), lib("<x>", "run"),
         poison("<x>", "run2")),
    Case("rpath_before_default", "loads", bnb("<x>", "libanl.so.1", rpath="{rp}"),
         lib("<x>", "rp")),
    Case("runpath_empty_part", "loads", bnb("<x>", runpath=":{none}"), lib("<x>", "here")),
    Case("runpath_relative", "loads", bnb("<x>", runpath="below"), lib("<x>", "here/below")),
    Case("runpath_trailing_slash", "loads", bnb("<x>", runpath="{run}//"), lib("<x>", "run")),
    Case("nowhere", "<x>" + MISSING, bnb("<x>", runpath="{run}")),
    Case("elsewhere", "<x>" + MISSING, bnb("<x>", runpath="{run}"), lib("<x>", "rp")),
    # --- RPATH beside RUNPATH, and whom they are for ---
    Case("rpath_beside_runpath", "<x>" + MISSING,
         bnb("<x>", runpath="{run}", soname="{rp}", damage=small.soname_becomes_rpath),
         lib("<x>", "rp")),
    Case("runpath_beside_rpath", "loads",
         bnb("<x>", runpath="{run}", soname="{rp}", damage=small.soname_becomes_rpath),
         lib("<x>", "run"), poison("<x>", "rp")),
    Case("empty_runpath", "<x>" + MISSING,
         bnb("<x>", rpath="{rp}", soname="any", damage=small.soname_becomes_empty_runpath),
         lib("<x>", "rp")),
    Case("rpath_inherited", "loads", bnb("<x>", rpath="{rp}"), lib("<x>", "rp", "<y>"),
         lib("<y>", "rp")),
    Case("rpath_inherited_twice", "loads", bnb("<x>", rpath="{rp}"), lib("<x>", "rp", "<y>"),
         lib("<y>", "rp", "<z>"), lib("<z>", "rp")),
    Case("own_rpath_before_inherited", "loads", bnb("<x>", rpath="{rp}"),
         lib("<x>", "rp", "<y>", rpath="{rp2}"), lib("<y>", "rp2"), poison("<y>", "rp")),
    Case("runpath_not_inherited", "<y>" + MISSING, bnb("<x>", runpath="{run}"),
         lib("<x>", "run", "<y>"), lib("<y>", "run")),
    Case("rpath_not_for_runpath_holder", "<y>" + MISSING, bnb("<x>", rpath="{rp}"),
         lib("<x>", "rp", "<y>", runpath="{run}"), lib("<y>", "rp")),
    Case("rpath_past_runpath_holder", "loads", bnb("<x>", rpath="{rp}"),
         lib("<x>", "rp", "<y>", runpath="{run}"), lib("<y>", "run", "<z>"), lib("<z>", "rp")),
    Case("inherited_rpath_before_variable", "loads", bnb("<x>", rpath="{rp}"),
         lib("<x>", "rp", "<y>"), lib("<y>", "rp"), poison("<y>", "var")),
    Case("runpath_of_dependency", "loads", bnb("<x>", runpath="{run}"),
         lib("<x>", "run", "<y>", runpath="{run2}"), lib("<y>", "run2")),
    # --- tokens ---
    Case("origin", "loads", bnb("<x>", runpath="$ORIGIN/below"), lib("<x>", "pkg/below")),
    Case("origin_in_braces", "loads", bnb("<x>", rpath="${ORIGIN}/below/.."),
         lib("<x>", "pkg"), lib("<y>", "pkg/below")),
    Case("origin_of_dependency", "loads", bnb("<x>", runpath="{run}"),
         lib("<x>", "run", "<y>", runpath="$ORIGIN/deep"), lib("<y>", "run/deep")),
    Case("origin_twice", "loads", bnb("<x>", runpath="$ORIGIN/../run:$ORIGIN/below"),
         lib("<x>", "pkg/below")),
    Case("lib_token", "loads", bnb("<x>", runpath="{token}/$LIB"),
         lib("<x>", "token/lib/x86_64-linux-gnu"), poison("<x>", "token/$LIB")),
    Case("unknown_token", "loads", bnb("<x>", runpath="{token}/$OTHER"),
         lib("<x>", "token/$OTHER")),
    # --- files that are passed over, and files that are not ---
    Case("other_machine_passed", "loads", bnb("<x>", runpath="{run}"),
         lib("<x>", "var", damage=small.other_machine), lib("<x>", "run")),
    Case("other_machine", "<x>" + MISSING, bnb("<x>"),
         lib("<x>", "var", damage=small.other_machine)),
    Case("other_class_passed", "loads", bnb("<x>", runpath="{run}"),
         lib("<x>", "var", damage=small.other_class), lib("<x>", "run")),
    Case("other_class", "<x>: wrong ELF class: ELFCLASS32", bnb("<x>"),
         lib("<x>", "var", damage=small.other_class)),
    Case("other_order", "{var}/<x>: ELF file data encoding not little-endian",
         bnb("<x>", runpath="{run}"), lib("<x>", "var", damage=small.other_order),
         lib("<x>", "run")),
    Case("too_short", "{var}/<x>: file too short", bnb("<x>", runpath="{run}"),
         lib("<x>", "var", damage=small.only(40)), lib("<x>", "run")),
    Case("empty_file", "{var}/<x>: file too short", bnb("<x>", runpath="{run}"),
         lib("<x>", "var", damage=small.only(0)), lib("<x>", "run")),
    Case("text_file", "{var}/<x>: invalid ELF header", bnb("<x>", runpath="{run}"),
         lib("<x>", "var", damage=small.replaced_by(b"version https://git-lfs\n" * 8)),
         lib("<x>", "run")),
    Case("no_library", "{var}/<x>: only ET_DYN and ET_EXEC can be loaded",
         bnb("<x>", runpath="{run}"), lib("<x>", "var", damage=small.no_library),
         lib("<x>", "run")),
    Case("cut_short", "dies", bnb("<x>", runpath="{run}"),
         lib("<x>", "var", damage=small.only(4096)), lib("<x>", "run")),
    Case("broken_link_passed", "loads", bnb("<x>", runpath="{run}"),
         lib("<x>", "var", link_to="nothing"), lib("<x>", "run")),
    Case("link", "loads", bnb("<x>"), lib("<x>", "var", link_to="../rp/real.so"),
         lib("real.so", "rp")),
    # --- what needs what ---
    Case("two_missing", "<y>" + MISSING, bnb("<y>", "<x>")),
    Case("missing_below", GONE, bnb("<x>", runpath="{run}"), poison("<x>", "run")),
    Case("level_by_level", "<y>" + MISSING, bnb("<x>", "<y>", runpath="{run}"),
         poison("<x>", "run")),
    Case("circle", "loads", bnb("<x>", rpath="{rp}"), lib("<x>", "rp", "<y>"),
         lib("<y>", "rp", "<x>")),
    Case("by_path", "loads", bnb("{run}/<x>"), lib("<x>", "run")),
    Case("by_path_missing", "{run}/<x>" + MISSING, bnb("{run}/<x>"), lib("<x>", "var")),
    Case("system_library", "loads", bnb("libanl.so.1")),
    Case("no_default_folders", "libanl.so.1" + MISSING,
         bnb("libanl.so.1", options=("-z", "nodefaultlib"))),
    # --- what torch has mapped ---
    Case("mapped", "loads", bnb("<x>"), lib("<x>", "torch/lib"), poison("<x>", "var"),
         torch=("<x>",)),
    Case("mapped_under_hashed_name", "loads", bnb("<x>"),
         lib("hashed-8f3a2b1c.so", "torch/lib", soname="<x>"), poison("<x>", "var"),
         torch=("hashed-8f3a2b1c.so",)),
    Case("mapped_with_hashed_soname", "<x>" + MISSING, bnb("<x>"),
         lib("hashed-9a3a2b1c.so", "torch/lib"), torch=("hashed-9a3a2b1c.so",)),
    Case("mapped_without_soname", "loads", bnb("<x>"), lib("<x>", "torch/lib", soname=None),
         poison("<x>", "var"), torch=("<x>",)),
    Case("mapped_below", "loads", bnb("<y>"), lib("<x>", "torch/lib", "<y>"),
         lib("<y>", "torch/lib"), poison("<y>", "var"), torch=("<x>",)),
    Case("mapped_file_by_other_name", "loads", bnb("<alias>", runpath="{run}"),
         lib("<x>", "torch/lib", "<y>", soname=None), lib("<y>", "torch/lib"),
         lib("<alias>", "run", link_to="../torch/lib/<x>"), torch=("<x>",)),
    Case("mapped_version_missing",
         "{torch}/lib/<x>: version `V2' not found (required by {pkg}/<file>)",
         bnb("<x>@V2", runpath="{run}"), lib("<x>", "torch/lib", defines="V1"),
         lib("<x>", "run", defines="V2"), torch=("<x>",)),
    # --- symbol versions ---
    Case("version", "loads", bnb("<x>@V2"), lib("<x>", "var", defines="V2")),
    Case("version_missing", "{var}/<x>: version `V2' not found (required by {pkg}/<file>)",
         bnb("<x>@V2", runpath="{run}"), lib("<x>", "var", defines="V1"),
         lib("<x>", "run", defines="V2")),
    # A library that has a version table for its own needs, but defines none, is believed.
    Case("version_not_defined", "loads", bnb("<x>@V2", rpath="{rp}"),
         lib("<x>", "rp", "<y>@V3", defines=""), lib("<y>", "rp", defines="V3")),
    # One without any table breaks an assertion in the loader.
    Case("version_of_plain_library", "dies", bnb("<x>@V2"), lib("<x>", "var", defines="")),
    Case("weak_version_missing", "loads",
         bnb("<x>@V2", options=("weak",), damage=small.weak_versions),
         lib("<x>", "var", defines="V1")),
    Case("version_missing_below", "{run}/<y>: version `V2' not found (required by {run}/<x>)",
         bnb("<x>", runpath="{run}"), lib("<x>", "run", "<y>@V2", runpath="{run}"),
         lib("<y>", "run", defines="V1")),
    Case("missing_before_version", "<z>" + MISSING, bnb("<x>@V2", "<z>"),
         lib("<x>", "var", defines="V1")),
    # --- subfolders for processors ---
    Case("level", "loads", bnb("<x>", runpath="{run}"), lib("<x>", "run/glibc-hwcaps/x86-64-v2"),
         poison("<x>", "run")),
    Case("level_of_variable", "loads", bnb("<x>"), lib("<x>", "var/glibc-hwcaps/x86-64-v2"),
         poison("<x>", "var")),
    Case("best_level", "loads", bnb("<x>", rpath="{rp}"),
         lib("<x>", "rp/glibc-hwcaps/x86-64-v3"), poison("<x>", "rp/glibc-hwcaps/x86-64-v2")),
    Case("no_such_level", "loads", bnb("<x>", runpath="{run}"),
         poison("<x>", "run/glibc-hwcaps/x86-64-v9"), lib("<x>", "run")),
    Case("folder_before_level_of_next", "loads", bnb("<x>", runpath="{run}:{run2}"),
         lib("<x>", "run"), poison("<x>", "run2/glibc-hwcaps/x86-64-v2")),
]

PRELOAD_CASES = [
    Case("preloaded", "loads", bnb("<x>"), lib("<x>", "pre")),
    Case("preloaded_by_name", "loads", bnb("<x>"), lib("<x>", "var"), lib("<y>", "var")),
    Case("preloaded_before", "loads", bnb("<x>", runpath="{run}"), lib("<x>", "pre"),
         poison("<x>", "run")),
    Case("preloaded_damaged", "loads", bnb("<x>", runpath="{run}"),
         lib("<x>", "pre", damage=small.only(10)), lib("<x>", "run")),
    Case("not_preloaded", "<x>" + MISSING, bnb("<x>"), lib("<x>", "rp")),
]

PROGRAM_CASES = [
    Case("program_rpath", "loads", bnb("<x>"), lib("<x>", "rp")),
    Case("program_rpath_before_variable", "loads", bnb("<x>"), lib("<x>", "rp"),
         poison("<x>", "var")),
    Case("program_rpath_after_own", "loads", bnb("<x>", rpath="{rp2}"), lib("<x>", "rp2"),
         poison("<x>", "rp")),
    Case("program_rpath_not_beside_runpath", "<x>" + MISSING, bnb("<x>", runpath="{run}"),
         lib("<x>", "rp")),
    Case("program_rpath_below", "loads", bnb("<x>", runpath="{run}"), lib("<x>", "run", "<y>"),
         lib("<y>", "rp")),
]

CACHE_CASES = [
    Case("cache", "loads", bnb("<x>"), lib("<x>", "cached")),
    Case("cache_after_runpath", "loads", bnb("<x>", runpath="{run}"), lib("<x>", "run"),
         poison("<x>", "cached")),
    Case("cache_after_variable", "loads", bnb("<x>"), lib("<x>", "var"), poison("<x>", "cached")),
    Case("cache_by_link", "loads", bnb("<x>"), lib("<x>", "cached", link_to="../rp/real.so"),
         lib("real.so", "rp", soname="<x>")),
    Case("cache_level", "loads", bnb("<x>"), lib("<x>", "cached/glibc-hwcaps/x86-64-v2"),
         poison("<x>", "cached")),
    Case("cache_first_folder", "loads", bnb("<x>"), lib("<x>", "cached"),
         poison("<x>", "cached2")),
    Case("cache_damaged", "{cached}/<x>: invalid ELF header", bnb("<x>"), lib("<x>", "cached"),
         lib("<x>", "cached2")),
    Case("cache_stale", "<x>" + MISSING, bnb("<x>"), lib("<x>", "cached"), lib("<x>", "cached2")),
    Case("not_cached", "<x>" + MISSING, bnb("<x>"), lib("<x>", "rp")),
]


class Environment:
    """A Python environment with torch, bitsandbytes and everything that the cases need."""

    def __init__(self, base, cases):
        self.base = base
        self.cases = cases
        self.site = base / f"venv/lib/{PYTHON}/site-packages"
        self.package = self.site / "bitsandbytes"
        self.here = base / "here"
        self.variables = {"LD_LIBRARY_PATH": f"{base}/var:{base}/none:{base}/var2:"}
        self.workshop = small.Workshop(base / "workshop")
        self.python = base / "venv/bin/python3"
        self.wrapper = []
        self.judged = {}
        self.make_skeleton()
        for case in cases:
            self.make_case(case)
        self.make_torch([case.text(name, base) for case in cases for name in case.torch])

    def make_skeleton(self):
        (self.base / "venv/bin").mkdir(parents=True)
        self.package.mkdir(parents=True)
        for folder in ("here", "var", "var2", "torch/lib"):
            small.empty_folder(self.base / folder)
        (self.base / "venv/pyvenv.cfg").write_text(
            f"home = {SYSTEM_PYTHON.parent}\ninclude-system-site-packages = false\n")
        self.python.symlink_to(SYSTEM_PYTHON)
        (self.package / "__init__.py").write_text("")
        (self.package / "cuda_specs.py").write_text("")
        (self.site / "torch").symlink_to(self.base / "torch")
        (self.base / "pkg").symlink_to(self.package)
        info = self.site / "bitsandbytes-0.45.5.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Name: bitsandbytes\nVersion: 0.45.5\n")
        info = self.site / "torch-2.4.1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Name: torch\nVersion: 2.4.1\n")
        (self.base / "torch/__init__.py").write_text("from .version import __version__\n")
        (self.base / "torch/version.py").write_text(VERSION_FILE)

    def make_library(self, case, library, path=None):
        made = Library(**{name: case.text(value, self.base)
                          for name, value in vars(library).items()})
        made.needs = tuple(case.text(need, self.base) for need in library.needs)
        if path is not None:
            made.folder, made.name = path
        self.workshop.make(made, self.base)

    def make_case(self, case):
        for library in case.others:
            self.make_library(case, library)
        self.make_library(case, case.opened, (str(self.package), case.file))

    def make_torch(self, libraries):
        self.workshop.make(Library("libtorch_global_deps.so", "torch/lib", rpath="$ORIGIN",
                                   needs=tuple(libraries[::2])), self.base)
        self.workshop.make(Library(MODULE, "torch", soname=None,
                                   rpath="$ORIGIN:$ORIGIN/lib", needs=tuple(libraries[1::2])),
                           self.base)

    def judge(self, program):
        result = program.run("--format", "json", "--no-redact", "--python", self.python,
                             env=self.variables, cwd=self.here, wrapper=self.wrapper)
        assert result.code == 0, result.err
        document = json.loads(result.out)
        program.validate(document)
        self.judged = {one["name"]: one for one in document["loader"]["files"]}

    def real(self, case):
        """What the real loader makes of the case's library: "loads", its message, or "dies"."""
        environment = {"PATH": "/usr/bin:/bin", **self.variables}
        variables = [f"{name}={value}" for name, value in environment.items()]
        command = [*self.wrapper, "env", *variables,
                   str(self.python), "-c", ORACLE, str(self.site / "torch"), MODULE,
                   str(self.package / case.file)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.here, check=False)
        broken = done.stderr.startswith("Inconsistency detected by ld.so")
        if broken or done.returncode in (-signal.SIGBUS, 128 + signal.SIGBUS):
            return "dies"
        assert done.returncode == 0, done.stderr
        return self.plain(done.stdout.strip())

    def model(self, case):
        judged = self.judged[case.file]
        if judged["outcome"] == "loads":
            return "loads"
        assert judged["outcome"] not in (None, "cannot-tell"), judged
        dies = judged["error"] == "Bus error" or "Inconsistency" in judged["error"]
        return "dies" if dies else self.plain(judged["error"])

    def plain(self, text):
        """Paths in one spelling: the loader keeps ".." and links, the program does not."""
        def resolve(found):
            path = pathlib.Path(found[0])
            return str(path.parent.resolve() / path.name)

        return re.sub(rf"{re.escape(str(self.base))}[^:)]*", resolve, text)

    def expected(self, case):
        text = case.expected.replace("<file>", case.file)
        return self.plain(case.text(text, self.base))


def agree(environment, case):
    real = environment.real(case)
    assert real == environment.expected(case), "the case does not show what it is for"
    assert environment.model(case) == real, environment.judged[case.file]


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    return Program(find_program("BNB_PROBE_RELEASE"), tmp_path_factory.mktemp("program"))


def named(cases):
    return [pytest.param(case, id=case.name) for case in cases]


@pytest.fixture(scope="module")
def plain(program, tmp_path_factory):
    environment = Environment(tmp_path_factory.mktemp("plain"), CASES)
    environment.judge(program)
    return environment


def usable_levels():
    """The subfolders that the loader itself says it searches."""
    loader = subprocess.run(["/lib64/ld-linux-x86-64.so.2", "--help"], capture_output=True,
                            text=True, check=False).stdout
    return re.findall(r"(x86-64-v\d) \(supported, searched\)", loader)


@pytest.mark.parametrize("case", named(CASES))
def test_rule(plain, case):
    if "level" in case.name and not {"x86-64-v2", "x86-64-v3"} <= set(usable_levels()):
        pytest.skip("needs a processor and a loader that know x86-64-v3")
    agree(plain, case)


@pytest.fixture(scope="module")
def preloading(program, tmp_path_factory):
    base = tmp_path_factory.mktemp("preload")
    environment = Environment(base, PRELOAD_CASES)
    names = {case.name: case for case in PRELOAD_CASES}
    environment.variables["LD_PRELOAD"] = ":".join([
        str(base / "pre" / names["preloaded"].soname("x")),
        names["preloaded_by_name"].soname("y"),
        str(base / "pre" / names["preloaded_before"].soname("x")),
        str(base / "pre" / names["preloaded_damaged"].soname("x")),
        str(base / "pre/libnothing.so.1"),
        "libnothing.so.2",
    ])
    environment.judge(program)
    return environment


@pytest.mark.parametrize("case", named(PRELOAD_CASES))
def test_preloaded(preloading, case):
    agree(preloading, case)


@pytest.fixture(scope="module")
def with_rpath_in_program(program, tmp_path_factory):
    """An interpreter with DT_RPATH, as conda's is."""
    base = tmp_path_factory.mktemp("program")
    environment = Environment(base, PROGRAM_CASES)
    source = base / "python.c"
    source.write_text("#include <Python.h>\n"
                      "int main(int n, char **words) { return Py_BytesMain(n, words); }\n")
    environment.python.unlink()
    done = subprocess.run(["gcc", f"-I{sysconfig.get_paths()['include']}", str(source), "-o",
                           str(environment.python), f"-l{PYTHON}", "-Wl,--disable-new-dtags",
                           f"-Wl,-rpath,{base}/rp"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("needs Python's headers and library (libpython3-dev)")
    environment.judge(program)
    return environment


@pytest.mark.parametrize("case", named(PROGRAM_CASES))
def test_rpath_of_the_program(with_rpath_in_program, case):
    agree(with_rpath_in_program, case)


@pytest.fixture(scope="module")
def with_cache(program, tmp_path_factory):
    """A loader cache of one's own, put in place of the system's for one process at a time."""
    base = tmp_path_factory.mktemp("cache")
    environment = Environment(base, CACHE_CASES)
    conf = base / "ld.so.conf"
    conf.write_text(f"{base}/cached\n{base}/cached2\ninclude /etc/ld.so.conf\n")
    cache = base / "ld.so.cache"
    subprocess.run(["/sbin/ldconfig", "-X", "-f", str(conf), "-C", str(cache)], check=True,
                   capture_output=True)
    names = {case.name: case for case in CACHE_CASES}
    (base / "cached" / names["cache_stale"].soname("x")).unlink()
    (base / "cached" / names["cache_damaged"].soname("x")).write_text("no library\n" * 20)
    environment.wrapper = ["unshare", "--mount", "sh", "-c",
                           f'mount --bind {cache} /etc/ld.so.cache && exec "$@"', "sh"]
    tried = subprocess.run([*environment.wrapper, "true"], capture_output=True, check=False)
    if tried.returncode != 0:
        pytest.skip("needs the right to mount a file of its own over /etc/ld.so.cache")
    environment.judge(program)
    return environment


@pytest.mark.parametrize("case", named(CACHE_CASES))
def test_loader_cache(with_cache, case):
    agree(with_cache, case)
