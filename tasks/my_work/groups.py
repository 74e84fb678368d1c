"""What one person has to do, in bounded lists: the same number of queries for 10 and 1,000."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tasks.models import Task

SHOWN = 50
ALL_SHOWN = 500
FIGURES = ("overdue", "today", "week")  # the groups that the line of figures counts


@dataclass(frozen=True)
class Group:
    """Some of a person's tasks, or what else waits for them, the most pressing first."""

    id: str
    name: str
    tasks: list[Any] = field(default_factory=list)
    more: bool = False  # there are further ones, not fetched

    @property
    def count(self) -> str:
        """Return how many there are: "3", or "50+" when more than were fetched."""
        return f"{len(self.tasks)}+" if self.more else str(len(self.tasks))

    @property
    def is_figure(self) -> bool:
        return self.id in FIGURES


def bounded(which: str, name: str, rows: Iterable[Any], limit: int) -> Group:
    """Return up to ``limit`` of ``rows``, of which at least one more was asked for."""
    rows = list(rows)
    return Group(which, name, rows[:limit], len(rows) > limit)


def names() -> dict[str, str]:
    """Return the groups' ids and names, in the order of the page."""
    return {
        "overdue": _("Overdue"),
        "today": _("Today"),
        "review": _("Waiting for my review"),
        "week": _("Next 7 days"),
        "none": _("No date"),
        "later": _("Later"),
    }


def group_of(task: Task) -> str:
    """Return the id of the group an open ``task`` stands in by its date.

    A task with an hour is judged by the moment, and its day is the reader's.
    """
    if task.due_day is None:
        return "none"
    if task.due_kind:
        return "overdue" if task.due_kind == "over" else "today"
    return "week" if task.due_day <= timezone.localdate() + timedelta(days=7) else "later"


def pressing(task: Task) -> tuple:
    """Return what tasks are sorted by: when they are due, then how urgent they are."""
    moment = task.due_at or (_end_of(task.due_on) if task.due_on else None)
    return moment is None, moment or task.created_at, task.priority, task.created_at


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.max))
