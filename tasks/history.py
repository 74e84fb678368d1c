"""What happened to a task, as sentences people read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils.translation import gettext as _

from portal.templatetags.portal_tags import day
from tasks.models import Activity, Task

SHOWN = 50
SPOKEN = ("status", "owner", "due_on", "priority", "title", "body")  # in this order
ICONS = {"status": "arrow-right", "owner": "user", "priority": "flag", "due_on": "calendar"}


@dataclass(frozen=True)
class Entry:
    """One change: the rows that share a change id, as one sentence."""

    activity: Activity  # the first of them: who and when
    text: str  # goes after the person's name: "set the status to Done"
    icon: str


def of_task(task: Task, *, everything: bool = False) -> tuple[list[Entry], bool]:
    """Return the latest entries, oldest first, and whether there are earlier ones."""
    rows = Activity.objects.filter(task=task).select_related("actor", "comment")
    rows = rows.order_by("-created_at", "-change_id")
    if everything:
        return entries(reversed(rows)), False
    latest = list(rows[: SHOWN + 1])
    return entries(reversed(latest[:SHOWN])), len(latest) > SHOWN


def entries(rows: Iterable[Activity]) -> list[Entry]:
    """Return one entry for each run of rows with the same change id."""
    result = []
    for _change, run in groupby(rows, key=lambda row: row.change_id):
        parts = sorted(run, key=lambda row: SPOKEN.index(row.field) if row.field else 0)
        text = _join([sentence(row) for row in parts])
        result.append(Entry(parts[0], text, icon(parts[0])))
    return result


def icon(activity: Activity) -> str:
    if activity.kind == Activity.Kind.CREATED:
        return "plus"
    if activity.kind == Activity.Kind.ATTACHED:
        return "clip"
    return ICONS.get(activity.field, "pencil")


def sentence(activity: Activity) -> str:
    """Return what the actor did, without their name: "set the status to Done"."""
    if activity.kind == Activity.Kind.CREATED:
        return _("opened this")
    if activity.kind == Activity.Kind.COMMENTED:
        return _("commented")
    if activity.kind == Activity.Kind.ATTACHED:
        return _("added the file %(name)s") % {"name": activity.new_value}
    words = {"old": activity.old_value, "new": activity.new_value}
    speak = CHANGES.get(activity.field)
    return speak(activity) if speak else _("changed %(field)s") % {"field": activity.field, **words}


def _of_owner(activity: Activity) -> str:
    if not activity.new_value:
        return _("took %(old)s off it") % {"old": activity.old_value}
    if activity.new_value == activity.actor_name:
        return _("took it")
    return _("gave it to %(new)s") % {"new": activity.new_value}


def _of_priority(activity: Activity) -> str:
    order = [str(label) for label in Task.Priority.labels]  # urgent first
    words = {"old": activity.old_value, "new": activity.new_value}
    if not {activity.old_value, activity.new_value} <= set(order):
        return _("set the priority to %(new)s") % words
    if order.index(activity.new_value) < order.index(activity.old_value):
        return _("raised the priority from %(old)s to %(new)s") % words
    return _("lowered the priority from %(old)s to %(new)s") % words


def _of_due(activity: Activity) -> str:
    if not activity.new_value:
        return _("took the due date off")
    return _("set the due date to %(day)s") % {"day": day(date.fromisoformat(activity.new_value))}


CHANGES = {
    "status": lambda row: _("set the status to %(new)s") % {"new": row.new_value},
    "owner": _of_owner,
    "priority": _of_priority,
    "due_on": _of_due,
    "title": lambda row: _("changed the title from “%(old)s”") % {"old": row.old_value},
    "body": lambda row: _("changed the description"),
}


def _join(parts: list[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    return _("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}
