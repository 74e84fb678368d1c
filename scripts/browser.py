"""Make sure there is a Chromium for the browser tests; tests/browser/conftest.py finds it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
HINT = (
    "No Chromium was found and none could be installed. Debian: apt install chromium. "
    "Elsewhere: .venv/bin/python -m playwright install --with-deps chromium"
)


class NoBrowser(Exception):
    """There is no Chromium and none could be installed; the message says what to do."""


def find() -> str:
    """Return the path of a Chromium that starts: the machine's, else Playwright's, else ""."""
    on_path = [path for path in map(shutil.which, NAMES) if path]
    with sync_playwright() as playwright:
        candidates = [*on_path, playwright.chromium.executable_path]
    return next((path for path in candidates if Path(path).exists() and starts(path)), "")


def starts(path: str) -> bool:
    """Say whether the program runs; Ubuntu's package is only a pointer to a snap."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def install() -> str:
    """Return the path of a Chromium, installing one when there is none. Raises NoBrowser."""
    if found := find():
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", "--quiet", *command], env=environment)  # noqa: S607 - as typed
        if found := find():
            return found
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"])
    if found := find():
        return found
    raise NoBrowser(HINT)
