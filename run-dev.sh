#!/usr/bin/env bash
# Set up and start the portal for development: ./run-dev.sh --help
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. scripts/setup.sh

python=.venv/bin/python
[ -x "$python" ] || python=$(find_python)
"$python" -m scripts.options "$@" # a wrong flag is refused before anything is installed
case " $* " in *" --help "* | *" -h "*) exit ;; esac
set_up_packages
exec .venv/bin/python -m scripts.dev "$@"
