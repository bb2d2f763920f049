#!/usr/bin/env bash
# The gate: annotations on the run, the result in the job's summary, and an exit code.
set -euo pipefail

arguments=(check --format github)

# One option for each line that is not empty.
add() { # OPTION LINES
    local line
    while IFS= read -r line; do
        line=${line%$'\r'}
        if [[ $line =~ [^[:space:]] ]]; then
            arguments+=("$1=$line")
        fi
    done <<<"$2"
}

add --require "$BNB_PROBE_REQUIRE"
add --assume "$BNB_PROBE_ASSUME"
add --root "$BNB_PROBE_ROOT"
add --python "$BNB_PROBE_PYTHON"
add --patterns "$BNB_PROBE_PATTERNS"
add --fail-on "$BNB_PROBE_FAIL_ON"
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    arguments+=("--summary=$GITHUB_STEP_SUMMARY")
fi

code=0
"$BNB_PROBE" "${arguments[@]}" || code=$?
case $code in
0) result=passed ;;
1) result=failed ;;
*) result=unknown ;;
esac
printf 'result=%s\n' "$result" >>"$GITHUB_OUTPUT"
exit "$code"
