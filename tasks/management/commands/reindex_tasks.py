"""Write down again what search knows of tasks."""

import sys
from argparse import RawDescriptionHelpFormatter
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser

from tasks.models import SearchEntry, Task
from tasks.models.task_queries import TaskQuerySet
from tasks.search import index

BAR = 30  # characters


class Command(BaseCommand):
    help = (
        "Put tasks into the search index that are not in it: those from before there was one, "
        "and those that were loaded past the portal. Saving a task keeps it there by itself.\n\n"
        "Works in batches, each committed. Stopped in the middle, it goes on where it was when "
        "it is started again; with --all after the task that it named last."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--all", action="store_true", help="read every task again, also those in the index"
        )
        parser.add_argument(
            "--after",
            type=UUID,
            metavar="ID",
            help="with --all: begin behind the task with this id",
        )
        parser.add_argument("--batch", type=int, default=500, metavar="N", help="tasks at a time")

    def handle(self, *, all: bool, after: UUID | None, batch: int, **options: Any) -> None:
        rows = Task.objects.all() if all else index.missing()
        if all and after:
            rows = rows.filter(pk__gt=after)
        total, done, last = rows.count(), 0, after
        try:
            while ids := _batch(rows, last, batch):
                index.read_again(ids)
                done, last = done + len(ids), ids[-1]
                self._show(done, total)
        except KeyboardInterrupt:
            again = f" --all --after {last}" if all and last else ""
            self.stdout.write(f"\nStopped after {done} tasks. Go on: reindex_tasks{again}")
            sys.exit(130)
        SearchEntry.objects.filter(task__deleted_at__isnull=False).delete()
        self._clear()
        self.stdout.write(f"{done} tasks written to the search index.")

    def _show(self, done: int, total: int) -> None:
        if sys.stderr.isatty():
            part = min(1, done / max(total, 1))
            bar = ("#" * int(part * BAR)).ljust(BAR, ".")
            self.stderr.write(f"\r{bar} {done} of {total}", str, ending="")

    def _clear(self) -> None:
        if sys.stderr.isatty():
            self.stderr.write("\r\033[K", str, ending="")


def _batch(rows: TaskQuerySet, last: UUID | None, size: int) -> list[UUID]:
    rest = rows.filter(pk__gt=last) if last else rows
    return list(rest.order_by("pk").values_list("pk", flat=True)[: max(1, size)])
