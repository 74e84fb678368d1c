"""How a task is written: the row, the counters it moves, and its history, in one transaction.

Locks are taken in the order project, tasks, columns, so that two writers cannot deadlock. Who
changes several tasks in one transaction takes those of all of them first: `lock_around`.
"""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.actor import current_actor
from tasks.models.activity import Activity, new_change_id, write_event
from tasks.models.relation import Relation
from tasks.models.status import Status
from tasks.models.task_queries import first_place

if TYPE_CHECKING:
    from tasks.models.task import Task


def insert(task: "Task", **kwargs: Any) -> None:
    """Write a new task at the top of its column and say that it was opened."""
    task.number = task.project.take_number()
    if task.parent_id:
        type(task).everything.lock(task.parent_id)
    _close_or_open(task)
    status = lock_columns(task.status_id)[task.status_id]
    if task.position is None:
        task.position = first_place(status, type(task).everything)
    Model.save(task, **kwargs)
    _count(status.pk, **{_counter(task.archived_at): 1})
    if task.parent_id:
        _count_subtask(task, 1)
    created = Activity(task=task, kind=Activity.Kind.CREATED, version=task.version)
    if task.request and current_actor() is None:
        created.actor_name = task.request.name
    created.save()


def update(task: "Task", **kwargs: Any) -> None:
    """Write what changed since ``task`` was loaded, unless the row says so already."""
    mine = task.changed_fields()
    if not mine:
        return
    number = task.project.take_number() if "project_id" in mine else None
    # What the row holds now, locked: another save may have come in since we loaded it.
    # Without a join, which would lose it to that save.
    rows = type(task).everything.all()
    if COUNTED & mine:
        rows.lock_around(
            task.pk, *([task.parent_id] if "parent_id" in mine and task.parent_id else [])
        )
    before = rows.select_for_update(no_key=True).only(*task.TRACKED, *KEPT).get(pk=task.pk)
    changed = [n for n in task.TRACKED if n in mine and getattr(before, n) != getattr(task, n)]
    _catch_up(task, before, mine)
    if not changed:
        return
    fields = {name.removesuffix("_id") for name in changed} | {"version", "updated_at"}
    task.version = before.version + 1
    if "project_id" in changed:
        before.keep_alias()
        task.number = number
        fields.add("number")
    if "status_id" in changed:
        fields |= _enter_status(task, before)
    Model.save(task, **kwargs, update_fields=sorted(fields))
    _move_counts(task, before, changed)
    write_history(task, before, changed)


COUNTED = {"parent_id", "deleted_at", "status_id"}  # what counters of other tasks follow
KEPT = ("number", "version", "position", "closed_at", "completed_at")


def _catch_up(task: "Task", before: "Task", mine: set[str]) -> None:
    """Take over what others have changed since ``task`` was loaded: counters and history go by
    what the row will hold."""
    for name in {*task.TRACKED, *KEPT} - mine - ({"position"} if task.placed else set()):
        setattr(task, name, getattr(before, name))


def _close_or_open(task: "Task", before: "Task | None" = None) -> set[str]:
    """Note when it was closed and done. Only with the status: a stale copy must not turn
    an old completion back."""
    now, closed_at, completed_at = timezone.now(), None, None
    if before is not None:
        closed_at, completed_at = before.closed_at, before.completed_at
    task.closed_at = (closed_at or now) if task.status.is_ended else None
    task.completed_at = (completed_at or now) if task.status.is_done else None
    return {"closed_at", "completed_at"}


def _enter_status(task: "Task", before: "Task") -> set[str]:
    """Put ``task`` at the top of its new column unless somebody chose the place."""
    locked = lock_columns(before.status_id, task.status_id)
    before.status = locked[before.status_id]
    if locked[task.status_id].project_id != task.project_id:
        raise ValidationError(_("This task has gone to another project meanwhile. Look again."))
    if not task.placed:
        task.position = first_place(locked[task.status_id], type(task).everything)
    task.placed = False
    return _close_or_open(task, before) | {"position"}


def lock_columns(*ids: uuid.UUID) -> dict[uuid.UUID, Status]:
    """Lock statuses, always in the same order, so that two opposite moves cannot deadlock."""
    rows = Status.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    return {status.pk: status for status in rows}


def put_in_bin(task: "Task") -> None:
    """Delete ``task`` and its subtasks, at one moment: they come back together."""
    _lock_family(task)
    task.deleted_at = task.deleted_at or timezone.now()  # somebody else's moment counts
    task.save()
    for subtask in task.subtasks.with_row():
        subtask.deleted_at = task.deleted_at
        subtask.save()


def take_back(task: "Task") -> None:
    """Restore ``task``, what went to the bin with it, and what it is part of."""
    _lock_family(task)
    if task.deleted_at is None:
        return
    above = Q(pk=task.parent_id, deleted_at__isnull=False)
    rows = type(task).everything.filter(above | Q(parent=task, deleted_at=task.deleted_at))
    for row in [*rows.with_row(), task]:
        row.deleted_at = None
        if row.parent_id and row.parent.parent_id:  # which has gone under another meanwhile
            row.parent = None
        row.save()


def _lock_family(task: "Task") -> None:
    """Lock ``task``, its parent and its subtasks, then their columns, before any of them
    changes; look again whether it is in the bin, and whose part it is."""
    rows = type(task).everything.all()
    above = rows.filter(pk=task.pk, parent__isnull=False).values_list("parent_id", flat=True)
    both = [task.pk, *above]
    rows.lock_around(*both, subtasks=True)
    family = rows.filter(pk__in=both), rows.filter(parent=task.pk)
    lock_columns(*{pk for some in family for pk in some.values_list("status_id", flat=True)})
    task.refresh_from_db(fields=["deleted_at", "parent_id"], from_queryset=rows)


def _counter(archived_at: datetime | None) -> str:
    return "archived_count" if archived_at else "task_count"


def _count(status_id: uuid.UUID, **steps: int) -> None:
    Status.objects.filter(pk=status_id).count_by(**steps)


def _move_counts(task: "Task", before: "Task", changed: Iterable[str]) -> None:
    """Move every counter that the change touches, by what the locked row says it held."""
    standing = {"status_id", "archived_at", "deleted_at"} & set(changed)
    if standing:
        old = None if before.deleted_at else (before.status_id, _counter(before.archived_at))
        new = None if task.deleted_at else (task.status_id, _counter(task.archived_at))
        for place, step in sorted([(p, s) for p, s in ((old, -1), (new, 1)) if p]):
            _count(place[0], **{place[1]: step})
    if COUNTED & set(changed):
        _move_subtask(task, before)
    if {"status_id", "deleted_at"} & set(changed):
        _move_blocks(task, before)


def _move_subtask(task: "Task", before: "Task") -> None:
    for row, step in ((before, -1), (task, 1)):
        if row.parent_id and not row.deleted_at:
            _count_subtask(row, step)


def _count_subtask(row: "Task", step: int) -> None:
    steps = {"subtask_count": step} | ({"subtask_done": step} if row.completed_at else {})
    type(row).everything.filter(pk=row.parent_id).count_by(**steps)


def _move_blocks(task: "Task", before: "Task") -> None:
    """Tell the tasks that this one blocks whether it still does."""
    was, now = before.holds_up, task.holds_up
    if was == now:
        return
    blocked = Relation.objects.filter(source=task, kind=Relation.Kind.BLOCKS)
    ids = sorted(blocked.values_list("target_id", flat=True))
    for pk in ids:
        type(task).everything.filter(pk=pk).count_by(blocker_count=1 if now else -1)
    if not now:
        freed = type(task).objects.filter(pk__in=ids, blocker_count=0).with_row()
        for target in freed:
            write_event(target, "blocked", old=task.key)


def write_history(task: "Task", before: "Task", changed: list[str]) -> None:
    change_id = new_change_id()
    for name in changed:
        Activity(
            task=task,
            change_id=change_id,
            kind=Activity.Kind.CHANGED,
            field=name.removesuffix("_id"),
            old_value=words(task, name, getattr(before, name)),
            new_value=words(task, name, getattr(task, name)),
            old_raw=raw(before, name),
            new_raw=raw(task, name),
            version=task.version,
        ).save()


def raw(task: "Task", name: str) -> Any:
    """Return a tracked value as JSON that `undo` can set again. Texts stand in the words.

    Of a status it says the place in the column too, for the way back.
    """
    value = getattr(task, name)
    if name == "status_id":
        return {"id": str(value), "position": task.position}
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, int) else None


def words(task: "Task", name: str, value: Any) -> str:
    """Return a tracked value as the word people see."""
    if value is None:
        return ""
    if name == "priority":
        return str(task.Priority(value).label)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if name.endswith("_id"):
        return str(_row(task, name.removesuffix("_id"), value))
    return str(value)


def _row(task: "Task", name: str, pk: uuid.UUID) -> Model:
    current = getattr(task, name)
    if current and current.pk == pk:
        return current
    model = task._meta.get_field(name).related_model
    return model._base_manager.get(pk=pk)
