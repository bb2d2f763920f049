"""The fuzz targets: whose lines each is to reach, and what its inputs look like."""

import dataclasses
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parent
SOURCE = FOLDER.parent.parent


@dataclasses.dataclass(frozen=True)
class Target:
    name: str
    reader: tuple  # the reader's files, as patterns below the source folder
    dictionaries: tuple = ()
    longest: int = 4096  # bytes of an input

    @property
    def source(self):
        return FOLDER / "targets" / f"{self.name}.c"

    def reader_files(self):
        files = sorted({path for pattern in self.reader for path in SOURCE.glob(pattern)})
        if not files:
            raise ValueError(f"{self.name}: no file is {' or '.join(self.reader)}")
        return files


def target(name, *reader, words=(), longest=4096):
    return Target(name, reader, tuple(words.split() if isinstance(words, str) else words), longest)


TARGETS = [
    # Libraries and what is in them
    target("elf", "probe/binary/elf*.c", "base/cursor.c", words="elf", longest=32768),
    target("pe", "probe/binary/pe*.c", words="pe", longest=32768),
    target("macho", "probe/binary/macho*.c", words="macho", longest=65536),
    target("gpu_code", "probe/binary/gpu_*.c", "probe/binary/binary.c", words="elf gpu", longest=32768),
    target("fatbin", "probe/binary/fatbin.c", words="gpu", longest=8192),
    target("hip_bundle", "probe/binary/hip_bundle.c", "probe/binary/unpack.c", words="gpu", longest=8192),
    target("ghost", "probe/binary/ghost.c", "base/byte_ranges.c", "base/base64.c", words="json",
           longest=32768),
    # The dynamic loader
    target("ld_cache", "probe/binary/ld_cache.c", words="loader", longest=8192),
    target("ld_conf", "probe/binary/ld_conf.c", words="tree loader"),
    target("loader_files", "probe/libc_files.c", "probe/system_loader.c", "base/loader_tokens.c",
           words="tree loader", longest=8192),
    # Python
    target("package_metadata", "probe/package_*.c", "probe/packages.c", words="tree metadata json",
           longest=8192),
    target("package_names", "probe/package_names.c", "probe/library_names.c", words="metadata"),
    target("bitsandbytes_package", "probe/bitsandbytes*.c", words="tree metadata python", longest=8192),
    target("python_root", "probe/python_root.c", "probe/python_layout.c", "probe/python_kind.c",
           "probe/python_paths.c", words="tree metadata python", longest=8192),
    target("windows_root", "probe/windows/drive.c", "probe/windows/dll_folders.c", "probe/windows/host.c",
           "probe/windows/libraries.c", "probe/windows/programs.c", "probe/windows/python_[lpr]*.c",
           "probe/windows/rocm.c", words="tree metadata python windows", longest=20480),
    target("windows_registry", "probe/windows/registered_pythons.c", "probe/windows/python_[clps]*.c",
           "probe/windows/cuda_driver_version.c", "probe/windows/d*.c", "probe/windows/host.c",
           "probe/windows/programs.c", words="tree python windows registry", longest=20480),
    target("reparse", "probe/reparse.c", "base/utf16.c", words="windows", longest=1024),
    target("macos_root", "probe/macos/*.c", words="tree metadata python plist", longest=8192),
    target("pyvenv", "probe/python_venv.c", words="python"),
    target("pth", "probe/python_pth.c", words="tree python"),
    target("python_source", "probe/python_source.c", "probe/torch_version.c", "probe/import_rules.c",
           words="python"),
    target("python_answer", "probe/python_ask.c", words="python json"),
    target("python_shim", "probe/python_shim.c", words="tree python shim"),
    target("command_word", "probe/command_python.c", words="python"),
    # The machine
    target("os_release", "probe/distribution.c", words="tree machine"),
    target("process_maps", "probe/process.c", "probe/mapped_libraries.c", words="machine", longest=8192),
    target("cgroup", "probe/cgroup*.c", words="tree machine"),
    target("host_files", "probe/host.c", "probe/container.c", "probe/virtualization.c", "probe/libc.c",
           "probe/cuda_kernel.c", "probe/cuda_toolkits.c", "probe/rocm*.c", "probe/pci.c",
           "probe/notebook.c", words="tree machine json", longest=8192),
    target("dpkg", "probe/dpkg.c", "probe/tool_records.c", words="tree machine json", longest=8192),
    # What children and commands say
    target("facts_merge", "probe/facts.c", words="json facts", longest=8192),
    target("kept_output", "probe/kept_output.c", words="text"),
    # Reports, patterns, texts
    target("json", "base/json.c", "base/utf8.c", words="json"),
    target("snapshot", "checks/check.c", "checks/view.c", "checks/advice/*.c", "report/redact*.c",
           "report/rooted_paths.c", words="json facts", longest=32768),
    target("loader_model", "checks/loader/*.c", words="json facts", longest=32768),
    target("formats", "report/text*.c", "report/facts_*.c", "report/html*.c", "report/markdown.c",
           "report/url.c", words="json facts", longest=32768),
    target("reports", "report/report*.c", "report/json_nesting.c", "checks/compare/*.c",
           words="json facts", longest=16384),
    target("pattern", "checks/catalogue.c", "checks/pattern_check.c", "checks/condition*.c",
           "checks/operators*.c", "checks/placeholders.c", words="json pattern", longest=16384),
    target("regex", "checks/regex.c", "checks/text/required.c", words="regex text", longest=512),
    target("triage", "checks/triage*.c", "checks/text/*.c", "checks/signature.c", words="text", longest=8192),
    target("issues", "report/issue*.c", words="json text", longest=8192),
    target("traceback", "checks/text/traceback.c", "checks/text/frame*.c", "checks/text/clean.c",
           "checks/text/read_*.c", words="text"),
    target("log_text", "report/plain.c", "report/log_part.c", "report/markup.c", words="text"),
    target("redact", "report/redact*.c", words="redact text"),
    target("version", "base/version.c", "base/specifier.c", words="version", longest=256),
    target("asked", "checks/assume/*.c", "checks/gate/*.c", words="version asked", longest=512),
]


def by_name(names):
    known = {each.name: each for each in TARGETS}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"no such target: {', '.join(unknown)}; there are {', '.join(known)}")
    return [known[name] for name in names] if names else TARGETS
