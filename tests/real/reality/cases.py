"""The matrix: which release, in which torch layout, with which GPUs, and what is damaged."""

import dataclasses

from reality.layouts import LAYOUTS

RELEASES = ("0.35.4", "0.36.0.post2", "0.37.2", "0.38.1", "0.39.1", "0.40.0", "0.40.2", "0.41.3",
            "0.42.0", "0.43.0", "0.43.1", "0.43.3", "0.44.1", "0.45.0", "0.45.3", "0.45.4",
            "0.45.5", "0.46.0", "0.46.1", "0.47.0", "0.48.2", "0.49.2", "0.50.0", "newest")
BY_TORCH = RELEASES[6:]

GPU = ("8.9",)
NO_GPU = ()


@dataclasses.dataclass(frozen=True)
class Case:
    release: str
    layout: str
    devices: tuple = GPU
    damage: tuple = ("nothing",)

    @property
    def name(self):
        done = "_".join(_word(part) for part in self.damage)
        gpu = "gpu" + "+".join(self.devices) if self.devices else "nogpu"
        return f"{self.release}-{self.layout}-{gpu}-{done}"


def _word(part):
    if isinstance(part, tuple):
        return "+".join(_word(one) for one in part)
    return str(part) if part != "" else "empty"


def _undamaged():
    for layout in LAYOUTS.values():
        releases = RELEASES
        if layout.real:
            releases = RELEASES
        elif layout.kind in ("plain", "none"):
            releases = ("0.37.2", "0.42.0", "0.43.3", "0.45.5", "0.46.1", "0.48.2", "0.49.2", "newest")
        elif layout.version and layout.version < "2.0.2":
            # Too old for newer releases, which only a whole import would show.
            releases = ("0.37.2", "0.41.3", "0.42.0", "0.43.1", "0.43.3", "0.44.1", "0.45.0")
        elif layout.name not in ("wheels-cu121", "wheels-cu118"):
            releases = ("0.41.3", "0.43.3", "0.44.1", "0.45.5", "0.46.1", "0.47.0", "0.49.2", "newest")
        for release in releases:
            yield Case(release, layout.name, GPU if layout.cuda else NO_GPU)
        if layout.cuda:
            for release in (RELEASES if layout.real else ("0.42.0", "0.45.5", "newest")):
                if release in releases:
                    yield Case(release, layout.name, NO_GPU)


SPREAD = ("0.41.3", "0.43.3", "0.45.5", "0.46.1", "0.49.2", "newest")
ERAS = ("0.37.2", "0.40.2", "0.42.0", "0.43.0", "0.43.3", "0.44.1", "0.45.5", "0.46.1", "0.47.0",
        "0.48.2", "0.49.2", "newest")


def _package_damage():
    for release in SPREAD:
        for kind in ("chosen-deleted", "all-libraries-deleted", "chosen-is-text", "chosen-dangles",
                     "chosen-is-a-folder", "chosen-linked-elsewhere", "chosen-for-another-machine",
                     "chosen-for-32-bits", "asks-for-a-newer-libc", "asks-for-a-newer-libstdcxx"):
            yield Case(release, "wheels-cu124" if release == "newest" else "wheels-cu121", GPU, (kind,))
        for kind in ("cpu-deleted", "cpu-for-another-machine"):
            yield Case(release, "cpu", NO_GPU, (kind,))
        for length in (0, 4, 100, 4096, -50, -99):
            yield Case(release, "wheels-cu121", GPU, ("chosen-truncated", length))
        yield Case(release, "cpu", NO_GPU, ("cpu-truncated", 0))
        yield Case(release, "cpu", NO_GPU, ("cpu-truncated", 500))
    for release, other in (("0.42.0", "0.38.1"), ("0.37.2", "0.42.0"), ("0.43.3", "0.42.0"),
                           ("0.45.5", "0.44.1"), ("0.46.1", "newest"), ("0.49.2", "newest"),
                           ("newest", "0.49.2"), ("newest", "0.43.3"), ("0.44.1", "0.45.5")):
        yield Case(release, "wheels-cu121", GPU, ("library-of-another-release", other))
    for name in ("libbitsandbytes_cuda118_nocublaslt.so", "libbitsandbytes_cuda123.so",
                 "libbitsandbytes_cuda125.so"):
        for layout in ("wheels-cu118", "wheels-cu121", "wheels-cu129"):
            for release in ("0.46.1", "newest"):
                if not (release == "0.46.1" and "nocublaslt" not in name):
                    yield Case(release, layout, GPU, ("stale-library", "0.44.1", name))


def _needed_damage():
    for release in SPREAD + ("0.39.1", "0.42.0"):
        for soname in ("libcublas.so.12", "libcublasLt.so.12", "libcusparse.so.12",
                       "libnvJitLink.so.12"):
            yield Case(release, "wheels-cu121", GPU, ("needed-removed", soname))
        for soname in ("libcusparse.so.11", "libcublas.so.11"):
            yield Case(release, "wheels-cu118", GPU, ("needed-removed", soname))
    for release in SPREAD:
        yield Case(release, "wheels-cu118", GPU,
                   ("needed-removed", "libcublas.so.11", "libcusparse.so.11"))
        for soname, major in (("libcusparse.so.11", 11), ("libcublas.so.11", 11)):
            yield Case(release, "wheels-cu118", GPU, ("removed-and-good-copy-first", soname, major))
        for soname, version in (("libcusparse.so.11", "libcusparse.so.11"),):
            yield Case(release, "wheels-cu118", GPU,
                       ("removed-and-needs-what-is-not-there", soname, version))
        for layout, soname, old in (("bundled-cu118", "libcusparse.so.11", "libcusparse.so.10"),
                                    ("wheels-cu121", "libcublas.so.12", "libcublas.so.11"),
                                    ("conda-cu121", "libcudart.so.12", "libcudart.so.11.0")):
            yield Case(release, layout, GPU, ("another-major-first", soname, old))
        for soname in ("libcusparse.so.11", "libcudart.so.11.0"):
            yield Case(release, "bundled-cu118", GPU, ("unversioned-first", soname))
            yield Case(release, "bundled-cu118", GPU, ("foreign-copy-first", soname))
            yield Case(release, "bundled-cu118", GPU, ("broken-copy-first", soname))
        yield Case(release, "bundled-cu118", GPU, ("good-copy-first", 11, "libcusparse.so.11"))
        yield Case(release, "conda-cu118", GPU, ("good-copy-first", 11))
        yield Case(release, "cpu", NO_GPU, ("older-first", "libstdc++.so.6", "GLIBCXX_3.4"))
        yield Case(release, "wheels-cu121", GPU, ("older-first", "libstdc++.so.6", "GLIBCXX_3.4"))
        yield Case(release, "cpu", NO_GPU, ("older-first", "libgomp.so.1", "GOMP_1.0"))
        yield Case(release, "cpu", NO_GPU, ("broken-copy-first", "libstdc++.so.6"))
        yield Case(release, "cpu", NO_GPU, ("foreign-copy-first", "libstdc++.so.6"))
        yield Case(release, "wheels-cu118", GPU, ("needed-truncated", "libcusparse.so.11", 200))
        yield Case(release, "wheels-cu118", GPU, ("needed-for-another-machine", "libcusparse.so.11"))


def _overrides():
    for release in ERAS:
        for value in ("118", "121", "", "11.8", "abc", "999", "cpu"):
            yield Case(release, "wheels-cu121", GPU, ("variable", "BNB_CUDA_VERSION", value))
        yield Case(release, "wheels-cu121", NO_GPU, ("variable", "BNB_CUDA_VERSION", "118"))
        yield Case(release, "wheels-cu121", ("6.1",), ("variable", "BNB_CUDA_VERSION", "118"))
        yield Case(release, "wheels-cu121", GPU, ("variable", "BNB_ROCM_VERSION", "62"))
    yield Case("0.40.0", "wheels-cu121", GPU, ("variable", "CUDA_VERSION", "118"))
    yield Case("0.40.2", "wheels-cu121", GPU, ("variable", "CUDA_VERSION", "11.8.0"))


def _devices():
    for release in ERAS:
        for devices in (("6.1",), ("7.0",), ("7.5",), ("12.0",), ("8.6", "8.6"), ("8.6", "6.1"),
                        ("6.1", "8.6"), ("6.1", "12.0"), ("7.0", "10.0", "6.1")):
            yield Case(release, "wheels-cu121", devices)
        yield Case(release, "wheels-cu118", ("3.5",))


def _toolkits():
    for release in ("0.35.4", "0.36.0.post2", "0.37.2", "0.38.1", "0.39.1", "0.40.0"):
        yield Case(release, "wheels-cu121", GPU, ("no-unversioned-driver",))
        yield Case(release, "wheels-cu118", ("8.0",), ("no-unversioned-driver",))
        for version in ("11.7", "11.8", "12.1"):
            for variable in ("LD_LIBRARY_PATH", "CONDA_PREFIX"):
                yield Case(release, "wheels-cu118", ("8.0",),
                           ("toolkit-by-variable", variable, version, "libcudart.so"))
        yield Case(release, "wheels-cu118", ("8.0",), ("toolkit-by-variable", "LD_LIBRARY_PATH", "11.7"))
        for devices in (("6.1",), ("8.6", "6.1"), ("6.1", "8.6"), ("7.0", "10.0")):
            yield Case(release, "wheels-cu118", devices,
                       ("toolkit-by-variable", "LD_LIBRARY_PATH", "11.7", "libcudart.so"))


def _places():
    for release in SPREAD:
        for kind in ("source-checkout-here", "namespace-folder-here", "namespace-folder-alone",
                     "not-installed", "in-user-site", "venv-with-system-packages-sees-user-site",
                     "metadata-deleted"):
            yield Case(release, "wheels-cu121", GPU, (kind,))
        other = "0.44.1" if release != "0.45.5" else "0.47.0"
        for kind in ("another-release-before", "another-release-after", "leftover-metadata",
                     "user-site-shadowed-by-venv"):
            yield Case(release, "wheels-cu121", GPU, (kind, other))


def _real_torch_damage():
    for release in ("0.45.5", "0.49.2", "newest"):
        for kind in (("chosen-deleted",), ("chosen-for-another-machine",), ("chosen-truncated", 4096),
                     ("variable", "BNB_CUDA_VERSION", "118"), ("variable", "BNB_CUDA_VERSION", ""),
                     ("another-release-before", "0.44.1"), ("source-checkout-here",),
                     ("another-major-first", "libcublas.so.12", "libcublas.so.11"),
                     ("another-major-first", "libcusparse.so.12", "libcusparse.so.11"),
                     ("another-major-first", "libcublasLt.so.12", "libcublasLt.so.11"),
                     ("another-major-first", "libnvJitLink.so.12", "libnvJitLink.so.11"),
                     ("older-first", "libstdc++.so.6", "GLIBCXX_3.4"),
                     ("unversioned-first", "libcudart.so.12"),
                     ("good-copy-first", 12, "libcublas.so.12"),
                     ("good-copy-first", 13, "libcublas.so.13")):
            yield Case(release, "torch-2.3.1", GPU, kind)
            yield Case(release, "torch-2.11.0", GPU, kind)
        yield Case(release, "torch-2.3.1", NO_GPU, ("cpu-deleted",))
        yield Case(release, "torch-1.13.1", GPU, ("good-copy-first", 11, "libcusparse.so.11"))
        yield Case(release, "torch-1.13.1", GPU,
                   ("another-major-first", "libcusparse.so.11", "libcusparse.so.10"))
        for soname in ("libcudart.so.12", "libcublas.so.12", "libcublasLt.so.12",
                       "libcusparse.so.12", "libnvJitLink.so.12", "libcudnn.so.8"):
            yield Case(release, "torch-2.3.1", GPU, ("needed-removed", soname))
        for soname in ("libcudart.so.13", "libcublas.so.13", "libcublasLt.so.13",
                       "libcusparse.so.12", "libnvJitLink.so.13", "libcufile.so.0"):
            yield Case(release, "torch-2.11.0", GPU, ("needed-removed", soname))
        for soname in ("libcublas.so.11", "libcudart-e409450e.so.11.0", "libcublasLt.so.11"):
            yield Case(release, "torch-1.13.1", GPU, ("needed-removed", soname))


# Asked in every run of the tests, each about something else. By name, so that it is easily
# seen which; those with a real torch are skipped where it was never fetched.
ALWAYS = """
0.37.2-wheels-cu118-gpu8.0-toolkit-by-variable_LD_LIBRARY_PATH_11.7_libcudart.so
0.40.0-wheels-cu118-gpu8.0-toolkit-by-variable_CONDA_PREFIX_12.1_libcudart.so
0.40.0-wheels-cu118-gpu8.0-no-unversioned-driver
0.42.0-wheels-cu121-gpu8.9-nothing
0.42.0-wheels-cu121-nogpu-nothing
0.42.0-wheels-cu121-gpu6.1-variable_BNB_CUDA_VERSION_118
0.43.0-wheels-cu121-gpu6.1-variable_BNB_CUDA_VERSION_118
0.43.3-bundled-cu118-gpu8.9-nothing
0.43.3-wheels-cu124-gpu8.9-nothing
0.44.1-wheels-cu126-gpu8.9-nothing
0.44.1-wheels-cu121-gpu6.1-nothing
0.45.5-wheels-cu121-gpu8.9-chosen-deleted
0.45.5-wheels-cu121-gpu8.9-chosen-for-another-machine
0.45.5-wheels-cu121-gpu8.9-chosen-truncated_4096
0.45.5-wheels-cu121-gpu8.9-asks-for-a-newer-libc
0.45.5-wheels-cu121-gpu8.9-leftover-metadata_0.47.0
0.45.5-cpu-nogpu-older-first_libstdc++.so.6_GLIBCXX_3.4
0.45.5-wheels-cu118-gpu8.9-needed-removed_libcusparse.so.11
0.46.1-wheels-cu130-gpu8.9-nothing
0.46.1-wheels-cu121-gpu8.9-variable_BNB_CUDA_VERSION_11.8
0.46.1-bundled-cu118-gpu8.9-good-copy-first_11_libcusparse.so.11
0.46.1-bundled-cu118-gpu8.9-foreign-copy-first_libcusparse.so.11
0.46.1-bundled-cu118-gpu8.9-broken-copy-first_libcusparse.so.11
0.46.1-wheels-cu121-gpu8.9-library-of-another-release_newest
0.46.1-wheels-cu121-gpu8.9-source-checkout-here
0.46.1-wheels-cu121-gpu8.9-another-release-before_0.44.1
0.46.1-wheels-cu121-gpu8.9-in-user-site
0.49.2-conda-cu121-gpu8.9-nothing
0.49.2-cpu-nogpu-nothing
0.49.2-xpu-nogpu-nothing
0.49.2-wheels-cu121-gpu8.9-variable_BNB_CUDA_VERSION_empty
0.49.2-wheels-cu118-gpu8.9-removed-and-needs-what-is-not-there_libcusparse.so.11_libcusparse.so.11
newest-wheels-cu129-gpu8.9-nothing
newest-wheels-cu121-gpu8.9-variable_BNB_CUDA_VERSION_empty
newest-wheels-cu118-gpu8.9-stale-library_0.44.1_libbitsandbytes_cuda118_nocublaslt.so
newest-wheels-cu124-gpu8.9-chosen-dangles
newest-no-torch-nogpu-nothing
newest-wheels-cu121-gpu8.9-namespace-folder-alone
0.41.3-torch-1.13.1-gpu8.9-nothing
0.45.5-torch-2.3.1-gpu8.9-nothing
newest-torch-2.3.1-gpu8.9-needed-removed_libcusparse.so.12
newest-torch-2.11.0-gpu8.9-nothing
newest-torch-2.11.0-nogpu-nothing
""".split()


def always():
    named = set(ALWAYS)
    return [case for case in all_cases() if case.name in named]


def all_cases():
    seen = {}
    for part in (_undamaged, _package_damage, _needed_damage, _overrides, _devices, _toolkits,
                 _places, _real_torch_damage):
        for case in part():
            seen.setdefault(case.name, case)
    return list(seen.values())
