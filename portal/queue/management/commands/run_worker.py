"""Arguments and signals of the worker; the work itself is in `portal.queue.worker`."""

import argparse
import signal
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.queue import worker


def positive_seconds(value: str) -> float:
    """Return a number of seconds above zero; argparse turns the error into its message."""
    seconds = float(value)
    if seconds <= 0:
        raise argparse.ArgumentTypeError("use a number of seconds above 0")
    return seconds


class Command(BaseCommand):
    help = (
        "Send e-mails, apply account changes and run scheduled jobs. Start as many as you like, "
        "on as many machines as you like. Ctrl-C finishes the row in hand."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--drain", action="store_true", help="handle everything that is due, then exit"
        )
        parser.add_argument(
            "--idle",
            type=positive_seconds,
            default=1.0,
            metavar="SECONDS",
            help="how long to sleep when nothing is due (default: 1)",
        )

    def handle(self, *, drain: bool, idle: float, **options: Any) -> None:
        if drain:
            self.stdout.write(f"{worker.drain()} handled")
            return
        stop = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write("Worker ready")
        self.stdout.flush()
        worker.work(stop, idle)
        self.stdout.write("Worker stopped")
