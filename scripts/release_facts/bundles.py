"""HIP code in a library: clang offload bundles, plain and compressed.

Format: "ClangOffloadBundler" of the Clang documentation. A second reading of it, made to
hold the project's own reader against: slow, and only for well-formed files.
"""

import struct
import subprocess
import zlib

PLAIN = b"__CLANG_OFFLOAD_BUNDLE__"
COMPRESSED = b"CCOB"


def targets_of(bundle):
    """The gfx targets of a plain bundle at the start of `bundle`."""
    (count,) = struct.unpack_from("<Q", bundle, len(PLAIN))
    at, targets = len(PLAIN) + 8, []
    if count > 256:
        return []
    for _ in range(count):
        _offset, size, length = struct.unpack_from("<QQQ", bundle, at)
        entry = bundle[at + 24:at + 24 + length].decode("ascii", "replace")
        at += 24 + length
        if entry.startswith(("hip", "hipv4")) and "--gfx" in entry and size:
            targets.append(entry.split("--")[-1])
    return targets


def unpacked(data, at, zstd):
    """The plain bundle in the compressed one at `at`; b"" where it is none."""
    version, method = struct.unpack_from("<HH", data, at + 4)
    if version == 1:
        header, end = 4 + 2 + 2 + 4 + 8, len(data)
    elif version == 2:
        header, end = 4 + 2 + 2 + 4 + 4 + 8, at + struct.unpack_from("<I", data, at + 8)[0]
    elif version == 3:
        header, end = 4 + 2 + 2 + 8 + 8 + 8, at + struct.unpack_from("<Q", data, at + 8)[0]
    else:
        return b""
    packed = data[at + header:end]
    if method == 0:
        return zlib.decompressobj().decompress(packed)
    if not zstd:
        return None
    done = subprocess.run([zstd, "-dcq"], input=packed, capture_output=True, check=False)
    return done.stdout


def codes_of(path, zstd):
    """["hip gfx90a", ...]; None where a compressed bundle cannot be opened here."""
    with open(path, "rb") as file:
        data = file.read()
    targets = set()
    for magic in (PLAIN, COMPRESSED):
        at = data.find(magic)
        while at >= 0:
            bundle = data[at:] if magic == PLAIN else unpacked(data, at, zstd)
            if bundle is None:
                return None
            if bundle.startswith(PLAIN):
                targets.update(targets_of(bundle))
            at = data.find(magic, at + len(magic))
    return sorted(f"hip {target}" for target in targets)
