"""Delete for good what lies in the bin."""

from argparse import ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from tasks.models import Attachment, Comment, Task
from tasks.projects.bin import KEEP, in_words
from tasks.services import purge

MOST_DAYS = 36_500


def days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= MOST_DAYS):
        raise ArgumentTypeError(f"use a number of days from 0 to {MOST_DAYS}")
    return int(text)


class Command(BaseCommand):
    help = (
        "Delete tasks, comments and files for good that went to the bin some time ago. The worker "
        "does it once a day for what is older than 30 days. There is no way back."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--older-than-days",
            type=days,
            default=KEEP.days,
            metavar="N",
            help=f"what went to the bin N days ago or earlier (default: {KEEP.days})",
        )
        parser.add_argument("--dry-run", action="store_true", help="only count")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *, older_than_days: int, dry_run: bool, yes: bool, **options: Any) -> None:
        before = timezone.now() - timedelta(days=older_than_days)
        counts = {
            name: model.everything.filter(deleted_at__lt=before).count()
            for name, model in (("tasks", Task), ("comments", Comment), ("files", Attachment))
        }
        since = f"{timezone.localtime(before):%Y-%m-%d %H:%M}"
        if not any(counts.values()):
            self.stdout.write(f"Nothing went to the bin before {since}.")
        elif dry_run:
            self.stdout.write(f"In the bin since before {since}: {in_words(counts)}.")
        elif yes or _agreed(in_words(counts)):
            self.stdout.write(f"Deleted for good: {in_words(purge(before))}.")
        else:
            self.stdout.write("Nothing was deleted.")


def _agreed(found: str) -> bool:
    try:
        return input(f"Delete {found} for good? [y/N] ").strip().lower() == "y"
    except EOFError:  # nobody is there to ask: a script has to say --yes
        return False
