"""One row of history as words that go after a person's name: "set the status to Done"."""

from collections.abc import Callable
from datetime import date, datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.templatetags.portal_tags import day
from tasks.models import Activity, Comment, Task

# Of several changes made at once these are spoken first, in this order.
ORDER = ("project", "status", "owner", "reviewer", "collaborators", "due_on", "due_at", "priority")
ICONS = {
    "status": "arrow-right",
    "project": "folder",
    "owner": "user",
    "reviewer": "user",
    "requester": "user",
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
        return _("opened this task")
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
        return _("took it away from %(old)s") % {"old": row.old_value}
    if row.new_value == row.actor_name:
        return _("took it on")
    return _("gave it to %(new)s") % {"new": row.new_value}


def _of_reviewer(row: Activity) -> str:
    if not row.new_value:
        return _("no longer wants %(old)s to review it") % {"old": row.old_value}
    return _("asked %(new)s to review it") % {"new": row.new_value}


def _of_requester(row: Activity) -> str:
    if not row.new_value:
        return _("no longer names %(old)s as who asked for it") % {"old": row.old_value}
    return _("named %(new)s as who asked for it") % {"new": row.new_value}


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


# What can be said of one name, and of several.
Said = tuple[Promise, Promise]


def _of_names(added: Said, removed: Said) -> Callable[[Activity], str]:
    """Speak of a list of names by what was added and what was removed."""

    def speak(row: Activity) -> str:
        before = [name for name in row.old_value.split(", ") if name]
        after = [name for name in row.new_value.split(", ") if name]
        new = [name for name in after if name not in before]
        gone = [name for name in before if name not in after]
        run = ((added, new), (removed, gone))
        return join(
            [str(said[len(some) > 1]) % {"names": join(some)} for said, some in run if some]
        )

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


def _of_item(row: Activity) -> str:
    """Speak of an item of the checklist; one that became a task leads to it by its key."""
    words = {"old": row.old_value, "new": row.new_value}
    if became := (row.new_raw or {}).get("became"):
        return _("made the checklist’s “%(old)s” a task of its own, %(key)s") % {
            **words,
            "key": became,
        }
    if not row.old_value:
        return _("added “%(new)s” to the checklist") % words
    if not row.new_value:
        return _("removed “%(old)s” from the checklist") % words
    return _("changed “%(old)s” in the checklist to “%(new)s”") % words


lazy = gettext_lazy
SAME = (
    lazy("noted that it is the same as %(new)s"),
    lazy("noted that it is not the same as %(old)s"),
)
SPEAK: dict[str, Callable[[Activity], str]] = {
    "status": lambda row: _("set the status to %(new)s") % {"new": row.new_value},
    "project": lambda row: (
        _("moved it from %(old)s to %(new)s") % {"old": row.old_value, "new": row.new_value}
    ),
    "owner": _of_owner,
    "reviewer": _of_reviewer,
    "requester": _of_requester,
    "collaborators": _of_names(
        (lazy("asked %(names)s to help"),) * 2,
        (lazy("no longer wants the help of %(names)s"),) * 2,
    ),
    "priority": _of_priority,
    "start_on": _of_day(lazy("set the start to %(day)s"), lazy("removed the start")),
    "start_at": _of_hour(lazy("lets it start at %(time)s"), lazy("removed the time of the start")),
    "due_on": _of_day(lazy("set the due date to %(day)s"), lazy("removed the due date")),
    "due_at": _of_hour(lazy("set the time to %(time)s"), lazy("removed the time")),
    "snoozed_until": _of_day(
        lazy("put it off until %(day)s"), lazy("put it back among the new requests")
    ),
    "title": lambda row: _("changed the title; it was “%(old)s”") % {"old": row.old_value},
    "body": lambda row: _("changed the description"),
    "parent": _of_keys(
        lazy("made it a part of %(new)s"), lazy("made it no longer a part of %(old)s")
    ),
    "labels": _of_names(
        (lazy("added the label %(names)s"), lazy("added the labels %(names)s")),
        (lazy("removed the label %(names)s"), lazy("removed the labels %(names)s")),
    ),
    "checklist": _of_item,
    "checked": _either(lazy("ticked off “%(new)s”"), lazy("took the tick off “%(old)s”")),
    "blocks": _of_keys(
        lazy("noted that %(new)s has to wait for this task"),
        lazy("noted that %(old)s need not wait for this task"),
    ),
    "blocked_by": _of_keys(
        lazy("noted that this task has to wait for %(new)s"),
        lazy("noted that this task need not wait for %(old)s"),
    ),
    "duplicates": _of_keys(*SAME),
    "duplicated_by": _of_keys(*SAME),
    "relates": _of_keys(
        lazy("noted that it has to do with %(new)s"),
        lazy("noted that it has nothing to do with %(old)s"),
    ),
    "blocked": lambda row: (
        _("closed %(old)s, so that this task can go on") % {"old": row.old_value}
    ),
    "comment": lambda row: _("changed a comment"),
    "comment_audience": lambda row: (
        _("kept a comment among the team")
        if row.new_value == Comment.Audience.TEAM
        else _("let everyone read a comment of the team")
    ),
    "comment_deleted": _either(lazy("deleted a comment"), lazy("brought a comment back")),
    "comment_resolved": _either(
        lazy("marked a comment as settled"), lazy("opened a settled comment again")
    ),
    "attachment": _either(lazy("brought back the file %(new)s"), lazy("deleted the file %(old)s")),
    "archived_at": _either(lazy("archived it"), lazy("took it out of the archive")),
    "deleted_at": _either(lazy("put it in the bin"), lazy("brought it back from the bin")),
}


def spoken(rows: list[Activity]) -> str:
    """Return one change as one sentence. Many items at once are counted, not listed."""
    added = [row for row in rows if row.field == "checklist" and not row.old_value]
    ticked = [row for row in rows if row.field == "checked" and row.new_value]
    said = []
    many = (
        (added, lazy("added %(n)d items to the checklist")),
        (ticked, lazy("ticked off %(n)d items of the checklist")),
    )
    for run, words in many:
        if len(run) > 2:
            said.append(str(words) % {"n": len(run)})
            rows = [row for row in rows if row not in run]
    return join([sentence(row) for row in rows] + said)


CHANGED: dict[str, Promise] = {
    "status": lazy("changed the status of %(n)d tasks"),
    "owner": lazy("changed the owner of %(n)d tasks"),
    "priority": lazy("changed the priority of %(n)d tasks"),
    "due_on": lazy("changed the due date of %(n)d tasks"),
    "labels": lazy("changed the labels of %(n)d tasks"),
    "project": lazy("moved %(n)d tasks to %(project)s"),
}
PUT = {  # by whether the row says that they are there now
    ("archived_at", True): lazy("archived %(n)d tasks"),
    ("archived_at", False): lazy("took %(n)d tasks out of the archive"),
    ("deleted_at", True): lazy("put %(n)d tasks in the bin"),
    ("deleted_at", False): lazy("brought %(n)d tasks back from the bin"),
}


def of_many(row: Activity, n: int) -> str:
    """Return what was done to ``n`` tasks at once, as ``row`` tells it of one of them."""
    words = CHANGED.get(row.field) or PUT.get((row.field, bool(row.new_value)))
    if row.kind == Activity.Kind.CREATED:
        words = lazy("opened %(n)d tasks")
    return str(words or lazy("changed %(n)d tasks")) % {"n": n, "project": row.new_value}


def join(parts: list[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}
