#!/usr/bin/env bash
# Everything that is tested, with nothing to install before: ./run-tests.sh --help
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. scripts/setup.sh

set_up_packages
exec .venv/bin/python -m scripts.check "$@"
