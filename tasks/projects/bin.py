"""What is in the bin of a project: tasks, comments and files, who put them there, and till when."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from tasks.models import Activity, Attachment, Comment, Project, Task
from tasks.services import purge
from tasks.text import markdown

logger = logging.getLogger(__name__)
KEEP = timedelta(days=30)  # then the schedule deletes it for good
SHOWN = 100  # of each kind
FIRST_WORDS = 500  # characters of a comment, of which a line is shown


@dataclass(frozen=True)
class Gone:
    """One thing in the bin."""

    kind: str  # "task", "comment" or "file"
    id: UUID
    task: Task
    words: str  # its title, its first words, its name
    deleted_at: datetime
    deleted_by: str

    @property
    def ends_at(self) -> datetime:
        return self.deleted_at + KEEP


def of_project(project: Project) -> list[Gone]:
    """Return what is in the bin, the latest first: up to SHOWN of each kind, in six queries."""
    tasks = Task.everything.filter(project=project, deleted_at__isnull=False).with_row()
    gone = [Gone("task", one.pk, one, one.title, one.deleted_at, "") for one in _latest(tasks)]
    # What hangs on a deleted task comes back with it, and is not listed by itself.
    for kind, model in (("comment", Comment), ("file", Attachment)):
        rows = model.everything.filter(task__project=project, task__deleted_at=None)
        for row in _latest(rows.select_related("task__project", "task__status")):
            is_comment = isinstance(row, Comment)
            words = markdown.plain(row.body[:FIRST_WORDS]) if is_comment else row.name
            gone.append(Gone(kind, row.pk, row.task, words, row.deleted_at, ""))
    people = _who({one.task.pk for one in gone})
    named = [
        Gone(one.kind, one.id, one.task, one.words, one.deleted_at, _name(people, one))
        for one in gone
    ]
    return sorted(named, key=lambda one: one.deleted_at, reverse=True)


def _latest(rows):
    return rows.filter(deleted_at__isnull=False).order_by("-deleted_at")[:SHOWN]


FIELDS = {"task": "deleted_at", "comment": "comment_deleted", "file": "attachment"}


def _who(tasks: set[UUID]) -> list[Activity]:
    rows = Activity.objects.filter(task__in=tasks, field__in=FIELDS.values())
    return list(rows.order_by("-created_at"))


def _name(people: list[Activity], one: Gone) -> str:
    """Return who deleted it, as the history of its task says."""
    for row in people:
        if row.task_id != one.task.pk or row.field != FIELDS[one.kind]:
            continue
        of = {"task": one.id, "comment": row.comment_id, "file": row.old_raw}[one.kind]
        if str(of) == str(one.id):
            return row.actor_name
    return ""


def words_back(task: Task) -> str:
    """Return what to say when ``task``, still in the bin, will have been taken back."""
    above = task.parent
    if above is None or above.deleted_at is None:
        return _("%(key)s is back, in its place.") % {"key": task.key}
    return _("%(key)s is back, in its place, and so is %(parent)s, which it is part of.") % {
        "key": task.key,
        "parent": above.key,
    }


def empty_old() -> None:
    """Delete for good what has been in the bin for 30 days: a job of the schedule."""
    done = purge(timezone.now() - KEEP)
    if any(done.values()):
        logger.info("Deleted for good after 30 days in the bin: %s.", in_words(done))


def in_words(counts: dict[str, int]) -> str:
    """Return what `purge` counts as operators read it: "1 task, 0 comments, 3 files"."""
    return ", ".join(
        f"{n} {name.removesuffix('s') if n == 1 else name}" for name, n in counts.items()
    )
