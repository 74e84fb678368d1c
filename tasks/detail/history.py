"""What happened to a task, as a feed people read."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tasks import permissions
from tasks.detail.sentences import icon, of_many, order, spoken
from tasks.models import Activity, Comment, Project, Task

SHOWN = 50
MANY = 3  # tasks changed at once are told as one
TOLD = "blocked"  # of another task, whatever was changed there
FEEDS: dict[str, Promise] = {
    "all": _("All"),
    "comments": _("Comments"),
    "history": _("History"),
}


@dataclass(frozen=True)
class Entry:
    """One change: the rows that share a change id, as one sentence."""

    activity: Activity  # the first of them: who and when
    text: str  # goes after the person's name: "set the status to Done"
    icon: str
    replies: list["Entry"] = field(default_factory=list)  # of a comment
    many: int = 0  # how many tasks it is about, if it is about many


def of_task(
    task: Task, user: AbstractBaseUser, *, feed: str = "all", everything: bool = False
) -> tuple[list[Entry], bool]:
    """Return the latest entries ``user`` may read, oldest first, and whether there are earlier.

    ``feed`` is one of FEEDS.
    """
    rows = readable(Activity.objects.filter(task=task), user, task)
    if feed == "comments":
        rows = rows.filter(kind=Activity.Kind.COMMENTED)
    elif feed == "history":
        rows = rows.exclude(kind=Activity.Kind.COMMENTED)
    rows = rows.select_related("actor", "comment").order_by("-created_at", "-change_id")
    latest = list(rows if everything else rows[: SHOWN + 1])
    shown = latest if everything else latest[:SHOWN]
    for row in shown:
        row.task = task
        if row.comment:
            row.comment.task = task  # asked for its rights without a query each
    return _threaded(entries(reversed(shown))), len(latest) > len(shown)


def _threaded(feed: list[Entry]) -> list[Entry]:
    """Put replies below the comment they answer; leave out deleted ones nobody answered."""
    comments = {e.activity.comment_id: e for e in feed if e.activity.is_talk}
    top = []
    for entry in feed:
        comment = entry.activity.comment if entry.activity.is_talk else None
        above = comments.get(comment.parent_id) if comment and comment.parent_id else None
        if comment and comment.parent_id and comment.deleted_at:
            continue
        (above.replies if above else top).append(entry)
    return [
        e for e in top if e.replies or not (e.activity.is_talk and e.activity.comment.deleted_at)
    ]


def readable(
    rows: QuerySet[Activity], user: AbstractBaseUser, on: Task | Project
) -> QuerySet[Activity]:
    """Leave out what only the team of a project reads, for who is not of it."""
    if permissions.may(user, permissions.INTERNAL, on):
        return rows
    return rows.exclude(comment__audience=Comment.Audience.TEAM)


def readable_anywhere(rows: QuerySet[Activity], user: AbstractBaseUser) -> QuerySet[Activity]:
    """The same for rows of several projects."""
    inside = permissions.projects_where(user, permissions.INTERNAL).values("pk")
    team = Q(comment__audience=Comment.Audience.TEAM)
    return rows.filter(Q(comment=None) | ~team | Q(task__project__in=inside))


def entries(rows: Iterable[Activity]) -> list[Entry]:
    """Return one entry for each run of rows of one task with the same change id."""
    result = []
    for _change, run in groupby(rows, key=lambda row: (row.change_id, row.task_id)):
        parts = sorted(run, key=order)
        result += [Entry(part, spoken([part]), icon(part)) for part in parts if part.is_talk]
        rest = [part for part in parts if not part.is_talk]
        if rest:
            result.append(Entry(rest[0], spoken(rest), icon(rest[0])))
    return result


def gathered(rows: Iterable[Activity], among: Any) -> list[Entry]:
    """Return entries of several tasks; a change of many of them is one.

    ``among`` are the tasks, or their ids, of which these are counted.
    """
    result: list[Entry] = []
    for _change, run in groupby(rows, key=lambda row: row.change_id):
        run = list(run)
        at_once = [row for row in run if not row.is_talk and row.field != TOLD]
        tasks = {row.task_id for row in at_once}
        if len(tasks) < MANY:
            result += entries(run)
        else:
            first = min(at_once, key=order)
            result.append(Entry(first, "", icon(first), many=len(tasks)))
    return _counted(result, among)


def _counted(found: list[Entry], among: Any) -> list[Entry]:
    """Say in the entries about many tasks how many these are. One query, if there are any."""
    changes = [entry.activity.change_id for entry in found if entry.many]
    if not changes:
        return found
    rows = Activity.objects.filter(change_id__in=changes, task__in=among).exclude(field=TOLD)
    rows = rows.order_by().values_list("change_id").annotate(n=Count("task", distinct=True))
    counts = dict(rows)
    return [_many(entry, counts) if entry.many else entry for entry in found]


def _many(entry: Entry, counts: dict[UUID, int]) -> Entry:
    n = max(counts.get(entry.activity.change_id, 0), entry.many)
    return replace(entry, many=n, text=of_many(entry.activity, n))
