"""CUDA code in a library: the containers ("fat binaries") and the entries in them.

A second reading, made to hold the project's own reader against where cuobjdump refuses a file
(it knows neither architectures that its CUDA release dropped nor all older code). Slow, only
for well-formed files, and blind to the letter after an architecture (sm_90a).
"""

import struct

CONTAINER = bytes.fromhex("50ed55ba0100")  # magic number and version
KINDS = {1: "ptx compute_", 2: "cubin sm_"}


def containers(data):
    """Each container's place and size, its header and all entries."""
    at = data.find(CONTAINER)
    while at >= 0:
        header, size = struct.unpack_from("<HQ", data, at + 6)
        if at % 8 == 0 and 0 < size <= len(data) - at - header:
            yield at, header, header + size
        at = data.find(CONTAINER, at + 8)


def codes_of(data):
    """["cubin sm_90", ...]"""
    codes = set()
    for start, header, size in containers(data):
        at, end = start + header, start + size
        while at < end:
            kind, _, head, body = struct.unpack_from("<HHIQ", data, at)
            (target,) = struct.unpack_from("<I", data, at + 28)
            if kind in KINDS:
                codes.add(f"{KINDS[kind]}{target}")
            at += head + body
    return sorted(codes)
