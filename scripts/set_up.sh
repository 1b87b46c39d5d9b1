#!/usr/bin/env bash
# Sets up the virtual environment; called by `make`, which knows when that is needed.
#
#     scripts/set_up.sh run|all
#
# `run` installs what the program itself needs, `all` also what tests, benchmarks and notebooks need. On Linux with
# Python 3.11 these are the pinned packages with their hashes, elsewhere the newest that pyproject.toml allows.
# PYTHON names the interpreter (otherwise the first of python3.11, python3.12, ... that is there), VENV the folder.
set -euo pipefail
cd "$(dirname "$0")/.."

layer=$1
venv=${VENV:-.venv}

# New enough, and able to make a virtual environment (Debian packages that part apart).
usable() { "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3.14 python3 python}; do
        if usable "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    {
        echo "Python 3.11 or newer, with venv, was not found (looked for: ${PYTHON:-python3.11 and up})."
        echo "Install it (on Debian and Ubuntu: python3 and python3-venv), or say make PYTHON=/path/to/python3."
    } >&2
    exit 2
}

if ! { usable "$venv/bin/python" && "$venv/bin/python" -m pip --version >/dev/null 2>&1; }; then
    python=$(find_python)
    echo "Making $venv with $("$python" --version)."
    "$python" -m venv --clear "$venv"
fi

pip() { "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input "$@"; }

case $layer in
    run) pins=requirements-run.txt project=. ;;
    all) pins=requirements.txt project='.[bench,notebook,test]' ;;
    *) echo "Say run or all, not $layer." >&2; exit 2 ;;
esac

if "$venv/bin/python" -c 'import sys; sys.exit(not (sys.version_info[:2] == (3, 11) and sys.platform == "linux"))'; then
    echo "Installing the pinned packages of $pins into $venv."
    pip --require-hashes --requirement "$pins"
    pip --no-deps --no-build-isolation --editable .
else
    echo "Installing into $venv what pyproject.toml allows (the pins hold for Python 3.11 on Linux only)."
    pip --editable "$project"
fi
echo "Set up: $("$venv/bin/python" --version), $("$venv/bin/python" -m pip list --format=freeze --disable-pip-version-check | wc -l) packages in $venv."
