"""Bring all accounts in line with the Auth server, now."""

import sys
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import SweepRun
from accounts.sync.sweep import AT_LEAST, PER_CENT, sweep
from accounts.sync.turns import NotOurTurn

EXIT_STOPPED, EXIT_BUSY = 3, 4
BAR = 30  # characters
ROWS = (
    ("accounts read", "seen"),
    ("rows that could not be read", "malformed"),
    ("different from ours", "changed"),
    ("ours that no page listed", "nominated"),
)


class Command(BaseCommand):
    help = (
        "Read all accounts at the Auth server and bring ours in line. The worker does the same "
        "every ten minutes, and with --full every night.\n\n"
        f"Stops and changes nothing when more than {AT_LEAST} people and more than {PER_CENT} % "
        "of the open accounts would be closed. Exit code: 0 done, 1 failed, 3 stopped, 4 another "
        "sweep is running."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--full",
            action="store_true",
            help="compare each value with ours, and not only whether the record is a new one",
        )
        parser.add_argument("--dry-run", action="store_true", help="count, and change nothing")
        parser.add_argument(
            "--confirm-mass", action="store_true", help="close as many accounts as it takes"
        )

    def handle(self, *, full: bool, dry_run: bool, confirm_mass: bool, **options: Any) -> None:
        try:
            run = sweep(
                full=full, dry_run=dry_run, confirm_mass=confirm_mass, progress=self.show_progress
            )
        except NotOurTurn as reason:
            message = f"Nothing was done: {reason}. Try again in a few minutes."
            raise CommandError(message, returncode=EXIT_BUSY) from reason
        finally:
            self.clear_progress()
        self.stdout.write(summary(run))
        if run.state == SweepRun.State.STOPPED:
            message = f"Stopped, nothing was changed: {run.error} --confirm-mass goes on."
            raise CommandError(message, returncode=EXIT_STOPPED)
        if run.state == SweepRun.State.FAILED:
            raise CommandError(f"Failed: {run.error}")

    def show_progress(self, done: int, total: int) -> None:
        if sys.stderr.isatty():
            filled = BAR * done // max(total, 1)
            bar = "█" * filled + "░" * (BAR - filled)
            self.stderr.write(f"\r{bar} {done} of {total}", str, ending="")
            self.stderr.flush()

    def clear_progress(self) -> None:
        if sys.stderr.isatty():
            self.stderr.write("\r\033[K", str, ending="")


def summary(run: SweepRun) -> str:
    """Return the counts of a run as a table."""
    title = f"{run.get_kind_display()}: {run.get_state_display().lower()}"
    title += " (dry run, nothing was changed)" if run.dry_run else ""
    changed_nothing = run.dry_run or run.state == SweepRun.State.STOPPED
    last = ("would be closed" if changed_nothing else "closed", "deactivated")
    lines = [f"  {label:<30}{getattr(run, name):>8}" for label, name in (*ROWS, last)]
    if run.state == SweepRun.State.STOPPED:
        lines[-1] += " or more"
    return "\n".join([title, *lines])
