# What the build and the tests need, and how it is had. Sourced by run, test and bench.
#
#   need_to_build, need_to_test, need_to_fuzz   return when everything is there; otherwise install it and
#                                 say so first, or name what is missing and exit 3
#
# Installing goes through apt-get and is tested on Debian 12. On other distributions the
# packages are named for the person to install. BNB_PROBE_INSTALL=no never installs.

# One need a line: how it is recognised, then its package for apt, dnf, apk and pacman.
readonly BUILD_NEEDS='
command:cc            gcc            gcc             gcc          gcc
file:/usr/include/stdio.h libc6-dev  glibc-devel     musl-dev     glibc
command:cmake         cmake          cmake           cmake        cmake
command:ninja         ninja-build    ninja-build     samurai      ninja
command:pkg-config    pkg-config     pkgconf         pkgconf      pkgconf
module:hwloc          libhwloc-dev   hwloc-devel     hwloc-dev    hwloc
module:libcjson       libcjson-dev   cjson-devel     cjson-dev    cjson
module:libpcre2-8     libpcre2-dev   pcre2-devel     pcre2-dev    pcre2
'
# What the program can be built without, at the price of one or the other fact.
readonly BUILD_WISHES='
module:zlib           zlib1g-dev     zlib-devel      zlib-dev     zlib
module:libzstd        libzstd-dev    libzstd-devel   zstd-dev     zstd
'
readonly TEST_NEEDS='
module:cmocka         libcmocka-dev  libcmocka-devel cmocka-dev   cmocka
command:readelf       binutils       binutils        binutils     binutils
command:strace        strace         strace          strace       strace
command:zstd          zstd           zstd            zstd         zstd
python:venv,ensurepip python3-venv   python3         python3      python
python:pip            python3-pip    python3-pip     py3-pip      python-pip
python:pytest         python3-pytest python3-pytest  py3-pytest   python-pytest
python:jsonschema     python3-jsonschema python3-jsonschema py3-jsonschema python-jsonschema
python:yaml           python3-yaml   python3-pyyaml  py3-yaml     python-yaml
'
# What a few tests need, which are skipped by name without it.
readonly TEST_WISHES='
command:chromium      chromium       chromium        chromium     chromium
command:zsh           zsh            zsh             zsh          zsh
command:fish          fish           fish            fish         fish
command:mandoc        mandoc         mandoc          mandoc       mandoc
command:yamllint      yamllint       yamllint        yamllint     yamllint
command:cmark-gfm     cmark-gfm      cmark           cmark        cmark-gfm
command:shellcheck    shellcheck     ShellCheck      shellcheck   shellcheck
command:buildah       buildah        buildah         buildah      buildah
command:valgrind      valgrind       valgrind        valgrind     valgrind
'
# What looks at the sources without running them.
readonly LINT_NEEDS='
command:clang         clang          clang           clang        clang
command:clang-tidy    clang-tidy     clang-tools-extra clang-extra-tools clang
command:clang-format  clang-format   clang-tools-extra clang-extra-tools clang
command:cppcheck      cppcheck       cppcheck        cppcheck     cppcheck
command:shellcheck    shellcheck     ShellCheck      shellcheck   shellcheck
python:gcovr          gcovr          gcovr          py3-gcovr    python-gcovr
python:flake8         flake8         python3-flake8  py3-flake8   flake8
'

# What fuzzing needs: clang with libFuzzer, and its tools that count the lines reached.
readonly FUZZ_NEEDS='
command:clang         clang          clang           clang        clang
command:llvm-cov      llvm           llvm            llvm         llvm
clang:fuzzer          libclang-rt-14-dev compiler-rt compiler-rt  compiler-rt
'

# What scripts/release needs, and what the tests of its files need beside that. Debian's names: the
# release is made on Debian.
readonly RELEASE_NEEDS='
command:cmake         cmake
command:ninja         ninja-build
command:readelf       binutils
command:git           git
python:pip            python3-pip
file:/etc/ssl/certs/ca-certificates.crt ca-certificates
'
# What runs the program for Windows, and without which nothing of it is tested.
readonly WINDOWS_TEST_WISHES='
file:/usr/lib/wine/wine64 wine64
'
readonly RELEASE_TEST_WISHES='
command:debootstrap   debootstrap
command:musl-gcc      musl-tools
command:qemu-aarch64-static qemu-user-static
'

say() {
    printf 'bnb-probe: %s\n' "$*" >&2
}

# The interpreter that runs the tests: the distribution's own, which has its packages.
test_python() {
    if [ -x /usr/bin/python3 ]; then
        echo /usr/bin/python3
    else
        echo python3
    fi
}

installed_package() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Whether clang has the library of a sanitizer, by building with it.
clang_has() { # SANITIZER
    local folder
    folder=$(mktemp -d)
    echo 'int LLVMFuzzerTestOneInput(const char *a, long b) { return a && b; }' >"$folder/a.c"
    clang -fsanitize="$1" "$folder/a.c" -o "$folder/a" 2>/dev/null
    local result=$?
    rm -rf "$folder"
    return $result
}

# Whether a need is met, by package or by other means (a CMake of one's own, say).
is_met() { # RECOGNISED DEBIAN_PACKAGE
    command -v dpkg-query >/dev/null && installed_package "$2" && return 0
    case $1 in
    command:*) command -v "${1#*:}" >/dev/null ;;
    file:*) [ -e "${1#*:}" ] ;;
    module:*) command -v pkg-config >/dev/null && pkg-config --exists "${1#*:}" ;;
    clang:*) clang_has "${1#*:}" ;;
    python:*) "$(test_python)" -I -c "import ${1#*:}" >/dev/null 2>&1 ;;
    esac
}

# apt, dnf, apk or pacman; nothing where none is known.
package_manager() {
    local manager
    for manager in apt-get dnf apk pacman; do
        if command -v "$manager" >/dev/null; then
            echo "$manager"
            return
        fi
    done
}

install_command() { # MANAGER PACKAGE...
    local manager=$1
    shift
    case $manager in
    apt-get) echo "apt-get install --no-install-recommends $*" ;;
    dnf) echo "dnf install $*" ;;
    apk) echo "apk add $*" ;;
    pacman) echo "pacman -S --needed $*" ;;
    esac
}

# The word that gives the rights to install: nothing for root, sudo where it asks nothing.
may_install_as() {
    [ "${BNB_PROBE_INSTALL:-yes}" != no ] || return 1
    if [ "$(id -u)" -eq 0 ]; then
        echo env
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        echo "sudo -n env"
    else
        return 1
    fi
}

# Package lists that know no candidate for a package are empty or too old.
lists_know() { # PACKAGE...
    local package
    for package in "$@"; do
        LC_ALL=C apt-cache policy "$package" 2>/dev/null | grep -q '^  Candidate: [^(]' || return 1
    done
}

apt_get() { # RIGHTS ARGUMENT...
    local rights=$1
    shift
    # shellcheck disable=SC2086 # $rights is words
    $rights DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -y "$@" </dev/null >&2
}

install_with_apt() { # RIGHTS PACKAGE...
    local rights=$1
    shift
    if ! lists_know "$@"; then
        say "the package lists are missing or old: apt-get update"
        apt_get "$rights" update || return 1
    fi
    apt_get "$rights" install --no-install-recommends "$@" && return 0
    say "that did not work; once more with fresh package lists: apt-get update"
    apt_get "$rights" update && apt_get "$rights" install --no-install-recommends "$@"
}

missing_needs() { # NEEDS; prints the lines that are not met
    local recognised debian rest
    while read -r recognised debian rest; do
        if [ -n "$recognised" ] && ! is_met "$recognised" "$debian"; then
            echo "$recognised $debian $rest"
        fi
    done <<<"$1"
}

packages_for() { # MANAGER; reads need lines
    local column
    case $1 in
    dnf) column=3 ;;
    apk) column=4 ;;
    pacman) column=5 ;;
    *) column=2 ;;
    esac
    awk -v column=$column '{ print $column }' | sort -u | tr '\n' ' ' | sed 's/ $//'
}

need() { # NEEDS
    local missing manager packages rights
    missing=$(missing_needs "$1")
    [ -n "$missing" ] || return 0
    manager=$(package_manager)
    packages=$(packages_for "$manager" <<<"$missing")
    if [ "$manager" = apt-get ] && rights=$(may_install_as); then
        say "installing what is missing, with apt-get: $packages"
        # shellcheck disable=SC2086 # one word a package
        install_with_apt "$rights" $packages || true
        missing=$(missing_needs "$1")
        [ -n "$missing" ] || return 0
        packages=$(packages_for "$manager" <<<"$missing")
        say "apt-get did not bring these packages: $packages"
        exit 3
    fi
    say "missing: $packages"
    case $manager in
    "") say "install these (Debian's names) with this system's package manager, then try again" ;;
    *) say "install them with: $( [ "$(id -u)" -eq 0 ] || printf 'sudo ')$(install_command "$manager" "$packages")" ;;
    esac
    exit 3
}

# Installs what is missing where that takes no question, and goes on without it elsewhere.
wish_for() { # NEEDS WHAT, which goes on without
    local missing rights packages
    missing=$(missing_needs "$1")
    [ -n "$missing" ] || return 0
    packages=$(packages_for "$(package_manager)" <<<"$missing")
    if [ "$(package_manager)" = apt-get ] && rights=$(may_install_as); then
        say "installing what is of use, with apt-get: $packages"
        # shellcheck disable=SC2086 # one word a package
        install_with_apt "$rights" $packages && return 0
    fi
    say "$2 without: $packages"
}

need_to_build() {
    need "$BUILD_NEEDS"
    wish_for "$BUILD_WISHES" building
}

need_to_release() {
    need "$RELEASE_NEEDS"
}

need_to_test_release() {
    need_to_release
    wish_for "$RELEASE_TEST_WISHES" "testing the release"
}

need_to_test_windows() {
    need_to_release
    wish_for "$WINDOWS_TEST_WISHES" "testing the program for Windows"
}

need_to_test() {
    need "$BUILD_NEEDS$BUILD_WISHES$TEST_NEEDS"
    wish_for "$TEST_WISHES" testing
}

need_to_lint() {
    need "$BUILD_NEEDS$BUILD_WISHES$LINT_NEEDS"
    need "$TEST_NEEDS"
}

need_to_fuzz() {
    need "$BUILD_NEEDS$BUILD_WISHES$FUZZ_NEEDS"
}
