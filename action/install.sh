#!/usr/bin/env bash
# Installs the wheel of one release, known by its checksum, into a folder of its own: no environment
# of the runner is touched.
set -euo pipefail

fail() {
    printf '::error title=bnb-probe::%s\n' "$1"
    exit 2
}

version=$BNB_PROBE_VERSION
if [ -z "$version" ]; then
    version=$(sed -n 's/^project(bnb-probe VERSION \([0-9.]*\).*/\1/p' "$GITHUB_ACTION_PATH/CMakeLists.txt")
fi
[[ $version =~ ^[0-9]+(\.[0-9]+)*((a|b|rc)[0-9]+)?$ ]] || fail "the input version is not a version"

requirement="bnb-probe==$version"
digests=0
while read -r digest; do
    [ -n "$digest" ] || continue
    [[ $digest =~ ^[0-9a-f]{64}$ ]] || fail "the input sha256 holds something else than SHA-256 sums"
    requirement+=" --hash=sha256:$digest"
    digests=$((digests + 1))
done < <(tr -s ' ,\t\r' '\n' <<<"$BNB_PROBE_SHA256")
[ "$digests" -gt 0 ] || fail "say the input sha256: the sums of the release's wheels are in its SHA256SUMS"

python=$(command -v python3 || command -v python) || fail "there is no Python to install it with"
folder=$(mktemp -d "$RUNNER_TEMP/bnb-probe.XXXXXX")
printf '%s\n' "$requirement" >"$folder/requirement.txt"
# Isolated: a file called pip.py in what was checked out is not what is meant.
"$python" -I -m pip install --quiet --disable-pip-version-check --no-input --no-deps \
    --only-binary :all: --require-hashes --target "$folder/package" \
    --requirement "$folder/requirement.txt" || fail "no wheel of bnb-probe $version has that sum"

for program in "$folder/package/bin/bnb-probe" "$folder/package/bin/bnb-probe.exe"; do
    if [ -f "$program" ]; then
        "$program" --version
        printf 'program=%s\n' "$program" >>"$GITHUB_OUTPUT"
        exit 0
    fi
done
fail "the wheel brought no program"
