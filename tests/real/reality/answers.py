"""What really happens, put into the words of the model's outcomes."""

import dataclasses
import json
import os
import pathlib
import re
import signal
import subprocess

ORACLE = pathlib.Path(__file__).with_name("oracle.py")

# A real torch on a cold disk and a busy machine takes its time.
PATIENCE_S = 180

NOT_THERE = re.compile(r"^(?P<file>.+?): cannot open shared object file: No such file or directory$")
NO_VERSION = re.compile(r"^(?P<file>.+?): version `(?P<version>[^']+)' not found \(required by (?P<by>.+)\)$")
NO_SYMBOL = re.compile(r"^(?P<file>.+?): undefined symbol: (?P<symbol>\w+)")
BAD_FILE = re.compile(r"^(?P<file>/.+?): (invalid ELF header|file too short|wrong ELF class.*"
                      r"|ELF .*|cannot read file data.*|object file has no .*|only ET_.*"
                      r"|cannot dynamically load.*|failed to map segment.*"
                      r"|cannot open shared object file: .*|internal error.*|.*corrupt.*)$")

# A release says in these words that the file it wanted is not there.
FILE_IS_MISSING = re.compile(
    r"Required library version not found|CUDA Setup failed! Possible|CUDA SETUP: Setup Failed"
    r"|Could not find the bitsandbytes \w+ binary at|binary not found at"
    r"|No compatible \w+ binary found at")
TOOK_ANOTHER = re.compile(r"Could not find the bitsandbytes \w+ binary at|No prebuilt binary for"
                          r"|Required library version not found: libbitsandbytes_cuda")


@dataclasses.dataclass(frozen=True)
class Answer:
    outcome: str
    chosen: str = None  # file name of the library that is opened
    named: str = None   # file name of the library, or the symbol version, that stands in the way
    asked: str = None   # file name that is asked for, where the release tells
    says: str = None
    seen: str = None     # of what the loader says, what reaches the user; or how the process ends
    lacking: tuple = ()  # functions that the release names and the loaded library lacks


def ask(python, env, cwd, devices, whole):
    """The raw answer of a fresh process."""
    wishes = json.dumps({"devices": devices, "whole": whole})
    code = f"import runpy; runpy.run_path({str(ORACLE)!r}, run_name='__main__')"
    done = subprocess.run([str(python), "-c", code, wishes], env=env, cwd=str(cwd), text=True,
                          errors="replace", capture_output=True, timeout=PATIENCE_S, check=False,
                          stdin=subprocess.DEVNULL)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    if not lines or "opening" in lines[-1]:
        return {"died": done.returncode, "opening": lines[-1]["opening"] if lines else None,
                "said": done.stderr[-2000:]}
    return lines[-1]


def _of_error(error, path):
    """(outcome, what stands in the way) of what dlopen said about the file at `path`."""
    own = os.path.abspath(path)
    match = NO_VERSION.match(error)
    if match:
        libc = match["version"].startswith("GLIBC_")
        return "libc-too-old" if libc else "symbol-version-missing", match["version"]
    match = NO_SYMBOL.match(error)
    if match:
        return "symbol-missing", match["symbol"]
    match = NOT_THERE.match(error)
    if match:
        named = match["file"]
        # glibc says so of the file itself, too, where it is for another machine.
        if os.path.abspath(named) == own:
            return "wrong-architecture", None
        return "dependency-missing", os.path.basename(named)
    match = BAD_FILE.match(error)
    if match:
        if os.path.abspath(match["file"]) == own:
            foreign = "wrong ELF class" in error
            return "wrong-architecture" if foreign else "wrong-format", None
        return "dependency-missing", os.path.basename(match["file"])
    raise AssertionError(f"words of the loader that no test knows: {error}")


def _shown(raw):
    """What is printed, logged or raised: at import, and by the first native call."""
    return "\n".join([raw.get("said") or "", raw.get("import_error") or "", raw.get("first_call") or ""])


def _without_an_open(raw):
    text = "\n".join([_shown(raw), *(raw.get("log") or [])])
    missing = FILE_IS_MISSING.search(text)
    return Answer("file-missing" if missing else "setup-error", asked=raw.get("asked"), says=text[-600:])


def _of_loaded(raw, name):
    text = "\n".join([raw.get("said") or "", *(raw.get("log") or [])])
    usable = raw.get("library") not in (None, "NoneType", "ErrorHandlerMockBNBNativeLibrary")
    usable = usable and raw.get("compiled_with_cuda", True)
    if name.startswith("libbitsandbytes_cpu"):
        return "loads-fallback" if TOOK_ANOTHER.search(text) else "cpu-only"
    if not usable:
        return "symbol-missing"
    return "loads-fallback" if TOOK_ANOTHER.search(text) else "loads"


def _library_in(error):
    """The file name, up to ".so", of the library that an error is about, or None."""
    for word in re.split(r"[\s:'\"]+", error):
        found = re.match(r"(lib[\w+-]+\.so)\b", os.path.basename(word))
        if found:
            return found[1]
    return None


# How the loader itself ends an import; another error comes from what is imported beside it.
LOADER_ERRORS = re.compile(r"CUDA Setup failed|CUDA SETUP|'NoneType' object has no attribute 'split'"
                           r"|name 'cuda_setup' is not defined")


def _stops_elsewhere(raw):
    error = raw.get("import_error")
    return error and not LOADER_ERRORS.search(error)


def _of_death(raw):
    """The loader maps a file that is cut short, and touching what is not there ends all."""
    name = os.path.basename(raw["opening"] or "")
    if raw["died"] == -signal.SIGBUS and name.startswith("libbitsandbytes"):
        return Answer("wrong-format", name, says="Bus error", seen="Bus error")
    return Answer("crashed", says=str(raw))


def interpret(raw):
    """The raw answer as an Answer."""
    if "died" in raw:
        return _of_death(raw)
    if "torch_error" in raw:
        gone = raw["torch_error"].startswith("ModuleNotFoundError: No module named 'torch'")
        return Answer("torch-missing" if gone else "torch-fails", named=_library_in(raw["torch_error"]),
                      says=raw["torch_error"], seen=raw["torch_error"] if gone else None)
    if not raw["found"]:
        return Answer("not-installed")
    if _stops_elsewhere(raw):
        return Answer("python-dependency-missing", says=raw["import_error"],
                      seen=raw["import_error"])
    opens = [(name, error) for name, error in raw["opens"]
             if name and os.path.realpath(os.path.dirname(name)) == raw["package"]]
    if not opens:
        return _without_an_open(raw)
    path, error = opens[-1]
    name = os.path.basename(path)
    asked = raw.get("asked")
    if not os.path.exists(path):
        return Answer("file-missing", asked=asked, says=error,
                      seen=error if error in _shown(raw) else None)
    if error:
        outcome, named = _of_error(error, path)
        return Answer(outcome, name, named, asked, error, error if error in _shown(raw) else None)
    outcome = _of_loaded(raw, name)
    symbol = None
    if outcome == "symbol-missing":
        found = re.search(r"undefined symbol: (\w+)", "\n".join(
            [raw.get("said") or "", raw.get("first_call") or ""]))
        symbol = found and found[1]
    return Answer(outcome, name, symbol, asked, raw.get("import_error"),
                  lacking=tuple(raw.get("lacking") or ()))
