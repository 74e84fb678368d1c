"""Run one command to its end, and pass an interruption on exactly once.

Two interruptions would break into pytest's own tidying up and leave its processes behind.
"""

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

TIDY_SECONDS = 30


def obey_signals() -> None:
    """Treat SIGTERM like Ctrl-C, and Ctrl-C as usual even when started in the background."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)


@contextmanager
def foreground(command: Sequence[str], **options: Any) -> Iterator[subprocess.Popen]:
    """Start ``command`` in a session of its own; make sure that it has ended afterwards."""
    process = subprocess.Popen(command, start_new_session=True, **options)
    try:
        yield process
    finally:
        if process.poll() is None:
            interrupt(process)


def interrupt(process: subprocess.Popen) -> None:
    """Interrupt ``process``, give it time to tidy up, then kill what is left of its session."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(TIDY_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
