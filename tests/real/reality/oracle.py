"""Asks bitsandbytes' own loader. Run by the interpreter of a case, in a fresh process.

    python -c "import runpy; runpy.run_path(THIS_FILE, run_name='__main__')" WISHES

It imports torch, pretends the GPUs that the wishes name (torch sees none on a machine without
a driver), and imports bitsandbytes as a user would. What is opened, in which order, and
what dlopen says, is noted where ctypes opens libraries. Nothing here knows what the right
answer is. Standard output is JSON, an object
a line; the last is the answer.
"""

import contextlib
import ctypes
import importlib
import importlib.util
import io
import json
import logging
import os
import re
import sys
import types
import warnings


def note_opens(opens, announce):
    """
    Every library that ctypes opens from here on: [name, error or None]. Each is announced
    before, because a damaged file can end the process.
    """
    original = ctypes.CDLL.__init__

    def noting(self, name, *arguments, **options):
        announce({"opening": None if name is None else os.fspath(name)})
        try:
            original(self, name, *arguments, **options)
        except OSError as error:
            opens.append([None if name is None else os.fspath(name), str(error)])
            raise
        opens.append([None if name is None else os.fspath(name), None])

    ctypes.CDLL.__init__ = noting


def pretend_devices(torch, capabilities):
    """torch.cuda as it answers where there are GPUs of these compute capabilities."""
    pairs = [tuple(map(int, one.split("."))) for one in capabilities]

    def which(device=None):
        index = getattr(device, "idx", getattr(device, "index", device))
        return pairs[index if isinstance(index, int) else 0]

    def properties(device=None):
        major, minor = which(device)
        return types.SimpleNamespace(major=major, minor=minor, name="pretended", total_memory=1 << 34,
                                     multi_processor_count=64, gcnArchName="", warp_size=32)

    torch.cuda.is_available = lambda: True
    torch.cuda.device_count = lambda: len(pairs)
    torch.cuda.current_device = lambda: 0
    torch.cuda.get_device_capability = which
    torch.cuda.get_device_properties = properties
    torch.cuda.get_device_name = lambda device=None: "pretended"


def import_loader_alone(spec):
    """The package's own loader without what its __init__ imports beside it."""
    package = types.ModuleType("bitsandbytes")
    package.__path__ = list(spec.submodule_search_locations)
    package.__file__ = spec.origin
    package.__spec__ = spec
    sys.modules["bitsandbytes"] = package
    importlib.import_module("bitsandbytes.cextension")


def import_bitsandbytes(spec, whole):
    """The exception that ends the import, as text, or None."""
    try:
        if whole:
            importlib.import_module("bitsandbytes")
        else:
            import_loader_alone(spec)
    except BaseException as error:  # what a user's import ends with, SystemExit included
        return f"{type(error).__name__}: {error}"
    return None


def first_call(library):
    """What the first native call says, where the library is a stand-in that refuses."""
    try:
        library.cdequantize_blockwise_fp32()
    except RuntimeError as error:
        return str(error)
    return None


def state_of_library():
    """What the loader was left with."""
    module = sys.modules.get("bitsandbytes.cextension")
    setup = sys.modules.get("bitsandbytes.cuda_setup.main")
    facts = {}
    if setup and hasattr(setup, "CUDASetup"):
        facts["asked"] = getattr(setup.CUDASetup.get_instance(), "binary_name", None)
        facts["log"] = [str(entry[0]) for entry in
                        getattr(setup.CUDASetup.get_instance(), "cuda_setup_log", [])]
    if module is None:
        return facts
    if hasattr(module, "COMPILED_WITH_CUDA"):
        facts["compiled_with_cuda"] = bool(module.COMPILED_WITH_CUDA)
    library = getattr(module, "lib", None)
    facts["library"] = type(library).__name__
    if facts["library"] == "ErrorHandlerMockBNBNativeLibrary":
        facts["first_call"] = first_call(library)
    if hasattr(module, "get_cuda_bnb_library_path") and hasattr(module, "get_cuda_specs"):
        with contextlib.suppress(Exception):
            specs = module.get_cuda_specs()
            if specs:
                facts["asked"] = os.path.basename(module.get_cuda_bnb_library_path(specs))
    return facts


def lacking_functions(module, package):
    """Functions that the Python files of the release name and the library does not have."""
    library = getattr(module, "lib", None)
    library = getattr(library, "_lib", library)
    if not isinstance(library, ctypes.CDLL):
        return []
    named = set()
    for folder, _, files in os.walk(package):
        for file in files:
            if file.endswith(".py"):
                with open(os.path.join(folder, file), encoding="utf-8") as text:
                    named.update(re.findall(r"\blib\.(c[a-z0-9_]+)\b", text.read()))
    return sorted(name for name in named if not hasattr(library, name))


def answer(wishes, announce):
    opens = []
    said = io.StringIO()
    note_opens(opens, announce)
    logging.basicConfig(stream=said, level=logging.INFO)
    warnings.simplefilter("always")
    result = {"opens": opens, "python": sys.version_info[:3]}
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            torch = importlib.import_module("torch")
        except BaseException as error:  # a damaged torch may end in anything
            result["torch_error"] = f"{type(error).__name__}: {error}"
            return result
        result["torch"] = [torch.__version__, torch.version.cuda]
        if wishes["devices"]:
            pretend_devices(torch, wishes["devices"])
        spec = importlib.util.find_spec("bitsandbytes")
        result["found"] = spec.origin if spec else None
        if not spec:
            return result
        result["package"] = os.path.realpath(list(spec.submodule_search_locations)[0])
        del opens[:]
        result["import_error"] = import_bitsandbytes(spec, wishes["whole"])
        noted = list(opens)
        if spec.origin:
            result.update(state_of_library())
            result["lacking"] = lacking_functions(sys.modules.get("bitsandbytes.cextension"),
                                                  result["package"])
        result["opens"] = noted
    result["said"] = said.getvalue()
    return result


if __name__ == "__main__":
    out = os.dup(1)
    os.dup2(2, 1)

    def tell(something):
        os.write(out, (json.dumps(something) + "\n").encode())

    tell(answer(json.loads(sys.argv[1]), tell))
    # Interpreters with a damaged library in them need not survive their own end.
    os._exit(0)
