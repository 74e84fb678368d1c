"""Real worker processes on the test's own database."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection

PROJECT = Path(__file__).resolve().parent.parent
COMMAND = ["manage.py", "run_worker", "--idle", "0.05"]


def database_url() -> str:
    """Return the address of the database this test uses; needs `transaction=True`."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    login = f"{given['USER']}:{given['PASSWORD']}"
    host = given["HOST"].replace("/", "%2F")  # a directory, when it is a socket
    return f"postgres://{login}@{host}:{given['PORT']}/{given['NAME']}"


def start_worker(
    smtp_port: int, command: list[str] = COMMAND, **variables: str
) -> subprocess.Popen:
    """Start a worker as a process of its own; the caller stops it."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": database_url(),
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(smtp_port),
        "EMAIL_USE_TLS": "false",
        **variables,
    }
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=PROJECT,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def eventually(holds: Callable[[], bool], seconds: float = 20) -> bool:
    """Return whether ``holds()`` becomes true within ``seconds``."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
