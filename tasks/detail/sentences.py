"""One row of history as words that go after a person's name: "set the status to Done"."""

from collections.abc import Callable
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.templatetags.portal_tags import day
from tasks.models import Activity, Task

# Of several changes made at once these are spoken first, in this order.
ORDER = ("project", "status", "owner", "reviewer", "collaborators", "due_on", "due_at", "priority")
ICONS = {
    "status": "arrow-right",
    "project": "folder",
    "owner": "user",
    "reviewer": "user",
    "collaborators": "users",
    "priority": "flag",
    "start_on": "calendar",
    "due_on": "calendar",
    "due_at": "clock",
    "snoozed_until": "clock",
    "labels": "tag",
    "checklist": "check",
    "checked": "check",
    "attachment": "clip",
    "archived_at": "archive",
    "deleted_at": "trash",
    "blocks": "link",
    "blocked_by": "link",
    "duplicates": "link",
    "duplicated_by": "link",
    "relates": "link",
    "parent": "subtask",
}
KINDS = {
    Activity.Kind.CREATED: "plus",
    Activity.Kind.ATTACHED: "clip",
    Activity.Kind.COMMENTED: "comment",
}


def icon(activity: Activity) -> str:
    return KINDS.get(activity.kind) or ICONS.get(activity.field, "pencil")


def order(activity: Activity) -> int:
    if activity.kind == Activity.Kind.CREATED:
        return -1
    return ORDER.index(activity.field) if activity.field in ORDER else len(ORDER)


def sentence(activity: Activity) -> str:
    """Return what the actor did, without their name."""
    if activity.kind == Activity.Kind.CREATED:
        return _("opened this")
    if activity.kind == Activity.Kind.COMMENTED:
        return _("commented")
    if activity.kind == Activity.Kind.ATTACHED:
        return _("added the file %(name)s") % {"name": activity.new_value}
    speak = SPEAK.get(activity.field)
    if speak is None:
        return _("changed %(field)s") % {"field": activity.field}
    return speak(activity)


def _of_owner(row: Activity) -> str:
    if not row.new_value:
        return _("took %(old)s off it") % {"old": row.old_value}
    if row.new_value == row.actor_name:
        return _("took it")
    return _("gave it to %(new)s") % {"new": row.new_value}


def _of_reviewer(row: Activity) -> str:
    if not row.new_value:
        return _("took %(old)s off as its reviewer") % {"old": row.old_value}
    return _("asked %(new)s to review it") % {"new": row.new_value}


def _of_priority(row: Activity) -> str:
    ranks = [str(label) for label in Task.Priority.labels]  # urgent first
    words = {"old": row.old_value, "new": row.new_value}
    if not {row.old_value, row.new_value} <= set(ranks):
        return _("set the priority to %(new)s") % words
    if ranks.index(row.new_value) < ranks.index(row.old_value):
        return _("raised the priority from %(old)s to %(new)s") % words
    return _("lowered the priority from %(old)s to %(new)s") % words


def _of_day(set_to: str, taken_off: str) -> Callable[[Activity], str]:
    def speak(row: Activity) -> str:
        if not row.new_value:
            return str(taken_off)
        return str(set_to) % {"day": day(date.fromisoformat(row.new_value))}

    return speak


def _of_hour(set_to: str, taken_off: str) -> Callable[[Activity], str]:
    def speak(row: Activity) -> str:
        if not row.new_value:
            return str(taken_off)
        moment = timezone.localtime(datetime.fromisoformat(row.new_value))
        return str(set_to) % {"time": f"{moment:%H:%M}"}

    return speak


def _of_names(added: str, removed: str) -> Callable[[Activity], str]:
    """Speak of a list of names by what was added and what was removed."""

    def speak(row: Activity) -> str:
        before = [name for name in row.old_value.split(", ") if name]
        after = [name for name in row.new_value.split(", ") if name]
        new = [name for name in after if name not in before]
        gone = [name for name in before if name not in after]
        parts = [str(added) % {"names": join(new)}] if new else []
        parts += [str(removed) % {"names": join(gone)}] if gone else []
        return join(parts)

    return speak


def _either(new: str, old: str, both: str = "") -> Callable[[Activity], str]:
    """Speak of something that was added, taken away, or rewritten."""

    def speak(row: Activity) -> str:
        words = {"old": row.old_value, "new": row.new_value}
        if row.old_value and row.new_value and both:
            return str(both) % words
        return str(new if row.new_value else old) % words

    return speak


def _of_keys(new: str, old: str) -> Callable[[Activity], str]:
    """Speak of another task by its key alone: not everybody who reads this sees its title."""

    def speak(row: Activity) -> str:
        words = {"old": row.old_value.partition(" ")[0], "new": row.new_value.partition(" ")[0]}
        return str(new if row.new_value else old) % words

    return speak


lazy = gettext_lazy
SPEAK: dict[str, Callable[[Activity], str]] = {
    "status": lambda row: _("set the status to %(new)s") % {"new": row.new_value},
    "project": lambda row: (
        _("moved it from %(old)s to %(new)s") % {"old": row.old_value, "new": row.new_value}
    ),
    "owner": _of_owner,
    "reviewer": _of_reviewer,
    "collaborators": _of_names(lazy("added %(names)s"), lazy("took %(names)s off it")),
    "priority": _of_priority,
    "start_on": _of_day(lazy("set the start to %(day)s"), lazy("took the start off")),
    "start_at": _of_hour(lazy("set the start to %(time)s"), lazy("took the hour of the start off")),
    "due_on": _of_day(lazy("set the due date to %(day)s"), lazy("took the due date off")),
    "due_at": _of_hour(lazy("set the hour to %(time)s"), lazy("took the hour off")),
    "snoozed_until": _of_day(lazy("put it off until %(day)s"), lazy("woke it up")),
    "title": lambda row: _("changed the title from “%(old)s”") % {"old": row.old_value},
    "body": lambda row: _("changed the description"),
    "parent": _of_keys(lazy("made it part of %(new)s"), lazy("took it out of %(old)s")),
    "labels": _of_names(lazy("added %(names)s"), lazy("removed %(names)s")),
    "checklist": _either(
        lazy("added the item “%(new)s”"),
        lazy("removed the item “%(old)s”"),
        lazy("rewrote the item “%(old)s” as “%(new)s”"),
    ),
    "checked": _either(lazy("ticked “%(new)s”"), lazy("unticked “%(old)s”")),
    "blocks": _either(lazy("said that it blocks %(new)s"), lazy("unlinked %(old)s")),
    "blocked_by": _either(lazy("said that it waits for %(new)s"), lazy("unlinked %(old)s")),
    "duplicates": _either(lazy("said that it is the same as %(new)s"), lazy("unlinked %(old)s")),
    "duplicated_by": _either(
        lazy("said that %(new)s is the same as this"), lazy("unlinked %(old)s")
    ),
    "relates": _either(lazy("linked it with %(new)s"), lazy("unlinked %(old)s")),
    "blocked": lambda row: _("closed %(old)s: nothing holds this up now") % {"old": row.old_value},
    "comment": lambda row: _("changed a comment"),
    "comment_deleted": _either(lazy("deleted a comment"), lazy("took a comment back")),
    "comment_resolved": _either(lazy("settled a comment"), lazy("opened a comment again")),
    "attachment": _either(lazy("took back the file %(new)s"), lazy("deleted the file %(old)s")),
    "archived_at": _either(lazy("archived it"), lazy("took it out of the archive")),
    "deleted_at": _either(lazy("put it in the bin"), lazy("took it back from the bin")),
}


def spoken(rows: list[Activity]) -> str:
    """Return one change as one sentence. Many items at once are counted, not listed."""
    added = [row for row in rows if row.field == "checklist" and not row.old_value]
    ticked = [row for row in rows if row.field == "checked" and row.new_value]
    said = []
    for run, words in ((added, lazy("added %(n)d items")), (ticked, lazy("ticked %(n)d items"))):
        if len(run) > 2:
            said.append(str(words) % {"n": len(run)})
            rows = [row for row in rows if row not in run]
    return join([sentence(row) for row in rows] + said)


def join(parts: list[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}
