#!/bin/sh
# Writes requirements/*.txt anew from pyproject.toml: exact versions with hashes, for every platform, naming no host.
# A version moves only when pyproject.toml asks for it, or with: sh tools/lock.sh --upgrade
set -eu

cd "$(dirname "$0")/.."
compile() {
    uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
        --no-annotate -q "$@"
}

command -v uv >/dev/null 2>&1 || { echo "make lock needs uv (pip install uv)." >&2; exit 2; }
compile --group build -o requirements/runtime.txt "$@"
compile --group dev -c requirements/runtime.txt -o requirements/dev.txt "$@"
if grep -nE 'https?://' requirements/*.txt; then
    echo "The lock names a host: see the lines above." >&2
    exit 1
fi
