#!/bin/sh
# Makes .venv from a locked list: sh tools/setup.sh runtime|dev
# Run by the Makefile when .venv is missing or older than the lock. Uses uv where it works, else venv and pip; both check
# every file against its hash.
set -eu

cd "$(dirname "$0")/.."
lock="requirements/$1.txt"
venv=.venv
log=$venv/setup.log
unset VIRTUAL_ENV PYTHONHOME PYTHONPATH CONDA_PREFIX

say() { printf '%s\n' "$*" >&2; }
fail() {
    say "$@"
    exit 2
}

# An account without a usable home has nowhere to keep a cache.
if [ -z "${HOME:-}" ]; then unset HOME; fi
if [ ! -w "${HOME:-/nowhere}" ]; then
    export PIP_NO_CACHE_DIR=1 UV_NO_CACHE=1
fi
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore UV_NO_PROGRESS=1 UV_PYTHON_DOWNLOADS=never

works() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    for name in ${PYTHON:-} python3.13 python3.12 python3.11 python3.14 python3 python; do
        if works "$name"; then
            "$name" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    fail "Python 3.11 or newer is needed and was not found. On Debian 12 and Ubuntu 24.04: apt-get install python3 python3-venv"
}

make_venv() {
    python=$(find_python)
    say "Setting up $venv with $("$python" --version) ..."
    rm -rf "$venv"
    if [ -n "$uv" ] && "$uv" venv -q --python "$python" "$venv" >/dev/null 2>&1; then
        return
    fi
    rm -rf "$venv"
    if ! "$python" -m venv "$venv" >/dev/null 2>&1 || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        rm -rf "$venv"
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        fail "$python cannot make a virtual environment. On Debian and Ubuntu its part for that is a package of its own:" \
            "apt-get install python3-venv (or python$version-venv)"
    fi
}

with_uv() {
    [ -n "$uv" ] || return 1
    "$uv" pip install -q --python "$venv/bin/python" --require-hashes -r "$lock" >"$log" 2>&1 &&
        "$uv" pip install -q --python "$venv/bin/python" --no-deps --no-build-isolation -e . >>"$log" 2>&1
}

with_pip() {
    if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        "$venv/bin/python" -m ensurepip >/dev/null 2>&1 || return 1
    fi
    "$venv/bin/python" -m pip install -q --require-hashes -r "$lock" >"$log" 2>&1 &&
        "$venv/bin/python" -m pip install -q --no-deps --no-build-isolation -e . >>"$log" 2>&1
}

uv=
if command -v uv >/dev/null 2>&1 && uv --version >/dev/null 2>&1; then uv=$(command -v uv); fi

if ! works "$venv/bin/python"; then make_venv; fi
say "Installing $lock into $venv (once; again when it changes) ..."
if ! with_uv && ! with_pip; then
    tail -n 15 "$log" >&2 2>/dev/null || true
    fail "The packages could not be installed; the whole story is in $log. Nothing else was changed: try again with the same command."
fi
