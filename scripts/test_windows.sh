# Testing the program for Windows, under wine. Sourced by scripts/test.
#
#   scripts/test windows [--brief] [PYTEST ARGUMENTS]
#
# Runs tests/windows, and then those of the everyday end-to-end tests that ask for nothing of Linux
# (tests/windows/portable.py says which, and why others are left out).
#   --brief   tests/windows alone

# The program at build-windows/bnb-probe.exe, compiled by the zig of the release.
build_windows() {
    local zig archives cache="${XDG_CACHE_HOME:-$HOME/.cache}/bnb-probe-release"
    is_out_of_date build-windows || return 0
    say "building build-windows/bnb-probe.exe"
    zig=$(release_python 'zig.compiler(cache)' "$cache")
    archives=$(release_python 'sources.archives(cache)' "$cache")
    build build-windows -Wno-dev -DCMAKE_BUILD_TYPE=Release -DBNB_PROBE_LIBRARIES=bundled \
        -DCMAKE_TOOLCHAIN_FILE="$PWD/cmake/toolchains/zig.cmake" -DBNB_PROBE_ZIG="$zig" \
        -DBNB_PROBE_TARGET=x86_64-windows-gnu -DBNB_PROBE_ARCHIVES="$archives"
}

# What a function of scripts/release_build gives for the cache.
release_python() { # EXPRESSION CACHE
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=scripts "$(test_python)" -c "
import pathlib, sys
from release_build import sources, zig
cache = pathlib.Path(sys.argv[1])
print($1)" "$2"
}

windows_pytest() { # PYTEST ARGUMENTS
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=tests/windows "$(test_python)" -m pytest \
        -p no:cacheprovider "$@" </dev/null
}

windows_tests() { # OPTIONS AND PYTEST ARGUMENTS
    local brief=no failed=no
    if [ "${1:-}" = --brief ]; then
        brief=yes
        shift
    fi
    need_to_test_windows
    build_windows
    export BNB_PROBE_WINDOWS="$PWD/build-windows/bnb-probe.exe"
    say "the program for Windows, under wine"
    windows_pytest tests/windows "$@" || failed=yes
    if [ $brief = no ]; then
        say "end-to-end tests of the program for Windows"
        windows_pytest -p portable tests/end_to_end "$@" || failed=yes
    fi
    [ $failed = no ]
}
