"""Change many tasks at once, and take a change back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tasks import permissions
from tasks.models import Activity, Attachment, Comment, Label, Relation, Status, Task, one_change
from tasks.services.structure import put_back_item, put_back_relation, take_off_relation
from tasks.services.work import check_parent, check_people, require_move

UNDO_FOR = timedelta(hours=1)


@dataclass
class Outcome:
    """What became of each task: changed, or refused with the reason by its key.

    Which needed no change is only counted: "undo" counts what was changed, and so does this.
    """

    change_id: UUID
    changed: list[Task] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    same: int = 0  # needed no change
    along: int = 0  # tasks that went to the bin, or came back, with one of those changed
    last: UUID | None = None  # the task after which `undo` has to go on

    @property
    def total(self) -> int:
        return len(self.changed) + self.along


def change_many(
    *, tasks: Iterable[Task], user: AbstractBaseUser, change: Callable[[Task], Any]
) -> Outcome:
    """Do ``change`` to each of ``tasks`` as one change that can be undone.

    ``change`` calls a service, which asks its own permission. Each task commits by itself:
    what is refused does not hold up the others.
    """
    with one_change() as change_id:
        outcome = Outcome(change_id)
        for task in tasks:
            _attempt(outcome, task, lambda task=task: _one_of_many(task, user, change))
    _count(outcome)
    return outcome


def _count(outcome: Outcome) -> None:
    """Leave those that were so already out, and count what went to the bin or back with others."""
    rows = Activity.objects.filter(change_id=outcome.change_id).exclude(field="blocked")
    done = set(rows.values_list("task_id", flat=True))
    tried = len(outcome.changed)
    outcome.changed = [task for task in outcome.changed if task.pk in done]
    outcome.same = tried - len(outcome.changed)
    ids = {task.pk for task in outcome.changed}
    kin = Q(task__parent__in=ids) | Q(task__subtasks__in=ids)
    along = rows.filter(kin, field="deleted_at").exclude(task__in=ids)
    outcome.along = along.values("task").distinct().count()


def _one_of_many(task: Task, user: AbstractBaseUser, change: Callable[[Task], Any]) -> None:
    permissions.require(user, permissions.BULK, task)
    change(task)


def _attempt(outcome: Outcome, task: Task, act: Callable[[], Any]) -> None:
    key = task.key
    try:
        with transaction.atomic():
            act()
    except PermissionDenied as error:
        outcome.refused[key] = str(error)
    except ValidationError as error:
        outcome.refused[key] = " ".join(error.messages)
    except Task.DoesNotExist:  # it went meanwhile where they cannot see it
        outcome.refused[key] = _("%(key)s is not here any more.") % {"key": key}
    else:
        outcome.changed.append(task)


def undoable(change_id: UUID, user: AbstractBaseUser) -> QuerySet[Activity]:
    """Return what ``user`` did under ``change_id`` in the last hour."""
    since = timezone.now() - UNDO_FOR
    rows = Activity.objects.filter(change_id=change_id, actor=user, created_at__gte=since)
    return rows.exclude(field="blocked")  # what waited for it: told, not changed


def undo(
    *, change_id: UUID, user: AbstractBaseUser, after: UUID | None = None, limit: int | None = None
) -> Outcome:
    """Take back what ``user`` did under ``change_id`` in the last hour, task by task.

    With a ``limit`` only so many tasks, from ``after`` on; `Outcome.last` says where to go on.
    A field that somebody has changed since is refused, not overwritten. Raises
    Activity.DoesNotExist when there is no such change of theirs.
    """
    rows = undoable(change_id, user)
    if after:
        rows = rows.filter(task__gt=after)
    last = None
    if limit:
        some = list(
            rows.order_by("task_id").values_list("task_id", flat=True).distinct()[: limit + 1]
        )
        last = some[limit - 1] if len(some) > limit else None
        rows = rows.filter(task__in=some[:limit])
    rows = list(rows.select_related("comment").order_by("task_id", "created_at"))
    tasks = Task.everything.visible_to(user).with_row().filter(pk__in={r.task_id for r in rows})
    tasks = {task.pk: task for task in tasks}
    if not tasks and not after:
        raise Activity.DoesNotExist("There is nothing to undo.")
    done: dict[UUID, list[Activity]] = {}
    for row in rows:
        done.setdefault(row.task_id, []).append(row)
    with one_change() as undone:
        outcome = Outcome(undone, last=last)
        for pk, task in tasks.items():
            _attempt(outcome, task, lambda task=task, rows=done[pk]: _undo(task, rows, user))
    return outcome


def _undo(task: Task, rows: list[Activity], user: AbstractBaseUser) -> None:
    if any(row.field == "project" for row in rows):
        raise ValidationError(
            _("%(key)s went to another project. Move it back there.") % {"key": task.key}
        )
    fields = [row for row in rows if row.kind == Activity.Kind.CHANGED and row.field in _TRACKED]
    is_new = any(row.kind == Activity.Kind.CREATED for row in rows)
    Task.everything.lock_around(task.pk, *_others(rows), subtasks=is_new)
    for row in rows:
        if row.kind == Activity.Kind.CREATED:
            _undo_creation(task, rows)
            return
        _undo_linked(task, row, user)
    if not fields:
        return
    now = Task.everything.with_row().get(pk=task.pk)
    for row in fields:
        _require(user, now, row)
        _put_back(now, row)
    check_people(now)
    check_parent(now)
    now.save()


def _others(rows: list[Activity]) -> set[UUID]:
    """Return the other tasks that taking ``rows`` back may write to."""
    found: set[Any] = set()
    for row in rows:
        if row.field in RELATIONS:
            kept = row.old_raw or row.new_raw or {}
            found |= {kept.get("source"), kept.get("target")}
        elif row.field == "parent":
            found.add(row.old_raw)
    return {UUID(pk) for pk in found if pk}


RELATIONS = {*Relation.Kind, *(name for name, _label in Relation.INVERSE.values())}
_TRACKED = {name.removesuffix("_id"): name for name in Task.TRACKED if name != "project_id"}


def _require(user: AbstractBaseUser, task: Task, row: Activity) -> None:
    if row.field == "status":
        require_move(task, user, Status.objects.get(pk=row.old_raw["id"]))
    elif row.field == "deleted_at":
        permissions.require(user, permissions.DELETE, task)
    else:
        permissions.require(user, permissions.EDIT, task)


def _put_back(task: Task, row: Activity) -> None:
    name = _TRACKED[row.field]
    if _value(task, name, row.new_raw, row.new_value) != getattr(task, name):
        raise ValidationError(_("%(key)s has changed since.") % {"key": task.key})
    setattr(task, name, _value(task, name, row.old_raw, row.old_value))
    if row.field == "status":
        task.position, task.placed = row.old_raw["position"], True


def _value(task: Task, name: str, raw: Any, words: str) -> Any:
    """Return what the row held: the JSON says it, or, of texts, the words."""
    if name in ("title", "body"):
        return words
    if isinstance(raw, dict):
        raw = raw["id"]
    if raw is None:
        return None
    column = task._meta.get_field(name)
    return (column.target_field if column.is_relation else column).to_python(raw)


def _undo_creation(task: Task, rows: list[Activity]) -> None:
    """Put ``task`` in the bin; whoever wrote may, as long as all that goes there is theirs."""
    family = Q(task=task) | Q(task__parent=task, task__deleted_at=None)
    if Activity.objects.filter(family).exclude(change_id=rows[0].change_id).exists():
        raise ValidationError(_("%(key)s has changed since.") % {"key": task.key})
    task.delete()


def _undo_linked(task: Task, row: Activity, user: AbstractBaseUser) -> None:
    """Take back one change of what hangs on a task."""
    if row.field == "labels":
        permissions.require(user, permissions.EDIT, task)
        _refuse_changed(task, row, {link.label_id for link in task.label_links.all()})
        task.set_labels(Label.objects.filter(pk__in=row.old_raw, project=task.project_id))
    elif row.field == "collaborators":
        permissions.require(user, permissions.EDIT, task)
        _refuse_changed(task, row, {link.user_id for link in task.collaborations.all()})
        task.set_collaborators(permissions.people(task.project).filter(pk__in=row.old_raw))
    elif row.field == "checklist" and row.old_raw:
        put_back_item(task, user, row.old_raw)
    elif row.field in RELATIONS and row.old_raw:
        put_back_relation(task, user, row.old_raw)
    elif row.field in RELATIONS and row.new_raw:
        take_off_relation(task, user, row.new_raw)
    elif row.field == "comment_deleted" and row.new_value:
        _restore(Comment, row.comment_id, user)
    elif row.field == "attachment" and row.old_value:
        _restore(Attachment, row.old_raw, user)


def _refuse_changed(task: Task, row: Activity, now: set[UUID]) -> None:
    if {str(pk) for pk in now} != set(row.new_raw):
        raise ValidationError(_("%(key)s has changed since.") % {"key": task.key})


def _restore(model: type[Comment] | type[Attachment], pk: Any, user: AbstractBaseUser) -> None:
    try:
        gone = model.everything.select_related("task__project").get(pk=pk)
    except ObjectDoesNotExist as error:
        raise ValidationError(_("It has been deleted for good.")) from error
    if not permissions.may_delete_row(user, gone):
        raise PermissionDenied(_("Only who added this, or a manager, can restore it."))
    if gone.deleted_at is not None:
        gone.restore()
