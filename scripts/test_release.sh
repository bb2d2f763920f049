# Testing the files of a release, which scripts/release makes. Sourced by scripts/test.
#
#   scripts/test release [--brief] [--aarch64] [--everywhere] [PYTEST ARGUMENTS]
#
# Runs tests/release, the tests of the packages with the wheels that were made, and then the everyday
# end-to-end tests with the release file in the place of the everyday build.
#   --brief        of the latter two, those that are about a release's files or meet the C library most
#   --aarch64      makes and tests the file for aarch64 as well
#   --everywhere   runs the end-to-end tests inside the oldest and the newest Debian, too

readonly BRIEF_TESTS='driver python isolation run_command output_files terminal wheels resolution
    root gpu_code ghosts'

# Makes the files for the architectures named, where something changed since.
release_files() { # ARCHITECTURE...
    local architecture missing=no
    for architecture in "$@"; do
        [ -e "build/release/bnb-probe-linux-$architecture" ] || missing=yes
    done
    if [ $missing = no ] && ! is_out_of_date build/release scripts/release scripts/release_build; then
        return
    fi
    say "making the release files for $* in build/release/"
    mkdir -p build
    touch build/.release-started
    quietly build/release.log "$(test_python)" scripts/release --once --linux "$@"
    mv build/.release-started build/release/.built
}

release_pytest() { # PYTEST ARGUMENTS
    PYTHONDONTWRITEBYTECODE=1 "$(test_python)" -m pytest -p no:cacheprovider "$@" </dev/null
}

release_tests() { # OPTIONS AND PYTEST ARGUMENTS
    local architectures name tests failed=no
    architectures=$(uname -m)
    tests=(tests/end_to_end)
    local packages=(tests/packaging/test_{released,container,wheel,tool_environments}.py)
    local everywhere=()
    while :; do
        case ${1:-} in
        --aarch64) architectures="$architectures aarch64" ;;
        --brief)
            tests=()
            packages=(tests/packaging/test_{released,container}.py)
            for name in $BRIEF_TESTS; do tests+=("tests/end_to_end/test_$name.py"); done
            ;;
        --everywhere) everywhere=(--everywhere=all) ;;
        *) break ;;
        esac
        shift
    done
    # shellcheck disable=SC2086 # one word an architecture
    release_files $architectures
    export BNB_PROBE_RELEASE_FILES="$PWD/build/release"
    export BNB_PROBE_TOOLS="$PWD/build-test"
    say "the release files on other machines"
    release_pytest tests/release "${everywhere[@]}" "$@" || failed=yes
    say "the wheels and papers of the release"
    release_pytest "${packages[@]}" "$@" || failed=yes
    say "end-to-end tests of the release file"
    BNB_PROBE="$BNB_PROBE_RELEASE_FILES/bnb-probe-linux-$(uname -m)"
    BNB_PROBE_RELEASE=$BNB_PROBE
    export BNB_PROBE BNB_PROBE_RELEASE
    release_pytest "${tests[@]}" "$@" || failed=yes
    [ $failed = no ]
}
