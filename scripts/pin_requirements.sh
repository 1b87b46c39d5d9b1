#!/usr/bin/env bash
# Writes requirements.txt and requirements-run.txt: every package that CI installs, pinned, with the hashes of
# its wheels. Pins that still fit pyproject.toml stay as they are; `--upgrade` takes the newest of everything.
#
#     scripts/pin_requirements.sh [--upgrade]
#
# Run it with Python 3.11 on Linux (PYTHON names another interpreter): the pins are the set that CI runs, and only
# there do they hold. Neither file records where packages were fetched from.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-python3.11}
if ! "$python" -c 'import sys; sys.exit(not (sys.version_info[:2] == (3, 11) and sys.platform == "linux"))'; then
    echo "The pins are made with Python 3.11 on Linux; $python is something else. Say PYTHON=..." >&2
    exit 2
fi

tools=.venv-pins
[ -x "$tools/bin/pip-compile" ] || {
    "$python" -m venv --clear "$tools"
    "$tools/bin/python" -m pip install --quiet --disable-pip-version-check 'pip-tools>=7.5'
}

compile() { # compile FILE [EXTRA...]: pins of pyproject.toml with these extras, into FILE
    local file=$1 extra options=()
    shift
    for extra in "$@"; do options+=(--extra "$extra"); done
    "$tools/bin/pip-compile" pyproject.toml "${options[@]}" --build-deps-for editable \
        --allow-unsafe --generate-hashes --strip-extras --quiet ${upgrade:-} \
        --no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options \
        --pip-args '--only-binary :all:' --output-file "$file"
}

head_with() { # head_with FILE TEXT...: puts the lines above what FILE holds
    local file=$1 line
    shift
    {
        for line in "$@"; do printf '# %s\n' "$line"; done
        printf -- '--only-binary :all:\n\n'
        cat "$file"
    } >"$file.new"
    mv "$file.new" "$file"
}

upgrade=${1:-}
[ -z "$upgrade" ] || [ "$upgrade" = --upgrade ] || { echo "Unknown option $upgrade; there is only --upgrade." >&2; exit 2; }

compile requirements.txt bench notebook test
cp requirements.txt requirements-run.txt # its pins are the starting point, so that both files agree
upgrade=''
compile requirements-run.txt

made='Made from pyproject.toml by `make pins` for Python 3.11 on Linux; not for editing by hand.'
head_with requirements.txt 'Everything that CI installs, pinned: the program with its extras bench, notebook and test.' "$made"
head_with requirements-run.txt 'What the program itself needs, pinned: a part of requirements.txt, installed by `make demo`.' "$made"
