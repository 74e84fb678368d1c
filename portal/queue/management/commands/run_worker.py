"""Arguments and signals of the worker; the work itself is in `portal.queue.worker`."""

import argparse
import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.queue import worker

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def positive_seconds(value: str) -> float:
    """Return a number of seconds above zero; argparse turns the error into its message."""
    seconds = float(value)
    if seconds <= 0:
        raise argparse.ArgumentTypeError("use a number of seconds above 0")
    return seconds


class Command(BaseCommand):
    help = (
        "Send e-mails, apply account changes and run scheduled jobs. Start as many as you like, "
        "on as many machines as you like. Ctrl-C or SIGTERM finishes the row in hand, a second "
        "one drops it: it comes due again by itself."
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
        stop = worker.Stop()

        def ask_to_stop(*_: object) -> None:
            stop.requested = True
            for number in SIGNALS:  # a second one ends the process as usual
                signal.signal(number, signal.SIG_DFL)

        for number in SIGNALS:
            signal.signal(number, ask_to_stop)
        self.stdout.write("Worker ready")
        self.stdout.flush()
        worker.work(stop, idle)
        self.stdout.write("Worker stopped")
