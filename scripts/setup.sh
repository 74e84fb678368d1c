# Sourced by run-dev.sh and run-tests.sh from the root of the repository.
# Makes .venv with the locked packages when they are missing or the locks have changed.

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

# Print the first Python that is 3.11 or newer and can make virtual environments.
find_python() {
  local candidate
  for candidate in python3.11 python3.12 python3.13 python3.14 python3 python; do
    if "$candidate" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
    then
      printf '%s\n' "$candidate"
      return
    fi
  done
  fail "Python 3.11 or newer with venv is needed and was not found." \
    "Debian and Ubuntu: apt install python3 python3-venv. macOS: brew install python@3.11."
}

set_up_packages() {
  local stamp=.venv/.portal-locks wanted base
  if [ -x .venv/bin/python ] && wanted=$(locks_digest) && [ "$wanted" = "$(cat "$stamp" 2>/dev/null)" ]
  then
    return
  fi
  if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    base=$(find_python)
    say "Making the virtual environment .venv with $("$base" --version)"
    "$base" -m venv --clear .venv || fail "The virtual environment could not be made."
  fi
  say "Installing the packages of requirements.txt and requirements-dev.txt (a minute or two)"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
    --require-hashes -r requirements.txt -r requirements-dev.txt ||
    fail "The packages could not be installed. Is the network there? Start again to go on."
  locks_digest >"$stamp"
}

# Names the two lock files, the interpreter and the place: a moved clone installs anew.
locks_digest() {
  .venv/bin/python -c '
import hashlib, pathlib, sys
digest = hashlib.sha256(f"{sys.version} {pathlib.Path.cwd()}".encode())
for name in ("requirements.txt", "requirements-dev.txt"):
    digest.update(pathlib.Path(name).read_bytes())
print(digest.hexdigest())'
}
