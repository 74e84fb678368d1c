"""Delete for good what lies in the bin."""

from argparse import ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from tasks.models import Attachment, Comment, Task
from tasks.projects.bin import KEEP
from tasks.services import purge


def days(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ArgumentTypeError("use 0 or more days")
    return number


class Command(BaseCommand):
    help = (
        "Delete tasks, comments and files for good that went to the bin some time ago. The worker "
        "does it every night for what is older than 30 days. There is no way back."
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
        found = ", ".join(f"{n} {name}" for name, n in counts.items())
        if dry_run or not any(counts.values()):
            self.stdout.write(f"In the bin since before {before:%Y-%m-%d %H:%M}: {found}.")
            return
        if not yes and input(f"Delete {found} for good? [y/N] ").strip().lower() != "y":
            self.stdout.write("Nothing was deleted.")
            return
        done = purge(before)
        self.stdout.write("Deleted: " + ", ".join(f"{n} {name}" for name, n in done.items()) + ".")
