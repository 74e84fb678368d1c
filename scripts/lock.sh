#!/usr/bin/env bash
# Compile requirements*.in to requirements*.txt: exact versions with hashes, for every platform.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
command -v uv >/dev/null || { echo "uv is needed: pip install uv" >&2; exit 1; }

options=(--generate-hashes --universal --python-version 3.11 --no-emit-index-url
  --no-emit-find-links --custom-compile-command ./scripts/lock.sh "$@")
uv pip compile requirements.in -o requirements.txt "${options[@]}"
uv pip compile requirements-dev.in -o requirements-dev.txt "${options[@]}"
