#!/usr/bin/env bash
set -euo pipefail

python=$(command -v python3 || command -v python) || {
    echo '::error title=bnb-probe::there is no Python to read the event with'
    exit 2
}
# Isolated: nothing of what was checked out is imported.
exec "$python" -I "$GITHUB_ACTION_PATH/action/triage.py"
