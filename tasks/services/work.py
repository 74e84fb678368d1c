"""Create, change, move and close tasks."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks import permissions
from tasks.models import Activity, Conflict, Label, Project, Status, Task, one_change
from tasks.services.people import check_people

EDITABLE = frozenset(
    {"title", "body", "priority", "owner", "reviewer", "requester"}
    | {"start_on", "start_at", "due_on", "due_at"}
)


@transaction.atomic
def create_task(
    *,
    project: Project,
    user: AbstractBaseUser,
    title: str,
    status: Status | None = None,
    parent: Task | None = None,
    labels: Iterable[Label] = (),
    **fields: Any,
) -> Task:
    """Create a task, at first in the project's first open status. ``fields``: see EDITABLE.

    Whoever may create but not edit can give it to nobody but themselves.
    """
    permissions.require(user, permissions.CREATE, project)
    if fields.get("owner") not in (None, user) or fields.get("reviewer"):
        permissions.require(user, permissions.EDIT, project)
    if status is None:
        status = project.first_status(
            Status.Category.TODO, Status.Category.BACKLOG, Status.Category.DOING
        )
    elif status.project_id != project.pk or status.is_triage:
        raise ValidationError(_("This status belongs to another project."))
    if parent is not None:
        project.take_turn()
        parent = _held(parent)
    task = Task(
        project=project, title=title, status=status, requester=user, parent=parent, **fields
    )
    check_parent(task)
    check_people(task)
    check_dates(task)
    with one_change():
        task.save()
        if labels := list(labels):
            _check_labels(task, labels)
            task.set_labels(labels)
    return task


@transaction.atomic
def change_task(
    *, task: Task, user: AbstractBaseUser, version: int | None = None, **fields: Any
) -> Task:
    """Set some of EDITABLE on ``task``.

    Raises ValidationError for people from outside or dates in the wrong order, and Conflict
    when somebody has changed one of these very fields since ``version``.
    """
    permissions.require(user, permissions.EDIT, task)
    if version is not None:
        refuse_stale(task, fields, version)
    for name in fields:
        if name not in EDITABLE:
            raise ValueError(f"{name} is not one of {sorted(EDITABLE)}")
        setattr(task, name, fields[name])
    check_people(task)
    check_dates(task)
    task.save()
    return task


def refuse_stale(task: Task, fields: dict[str, Any], version: int) -> None:
    """Raise Conflict when one of ``fields`` has changed since ``version`` to something else.

    Needs a transaction: the row is locked, so that the answer holds until the commit.
    """
    now = Task.objects.all().locked(task.pk)
    if now.version <= version:
        return
    later = Activity.objects.filter(task=task, version__gt=version, field__in=fields)
    touched = set(later.values_list("field", flat=True))
    if any(getattr(now, name) != fields[name] for name in touched):
        raise Conflict(now)


@transaction.atomic
def move_task(*, task: Task, user: AbstractBaseUser, status: Status) -> Task:
    """Give ``task`` another status of its project, at the top of that column."""
    require_move(task, user, status)
    task.status = status
    task.save()
    return task


def require_move(task: Task, user: AbstractBaseUser, status: Status) -> None:
    """Raise PermissionDenied, or ValidationError, unless ``user`` may move ``task`` there."""
    permissions.require(user, permissions.MOVE, task)
    if status.project_id != task.project_id:
        raise ValidationError(_("This status belongs to another project."))
    if status.pk == task.status_id:
        return
    if Status.Category.TRIAGE in (task.status.category, status.category):
        permissions.require(user, permissions.TRIAGE, task)
    if status.is_done and not permissions.may_close(user, task):
        raise PermissionDenied(permissions.why_not_close(user, task))


def complete_task(*, task: Task, user: AbstractBaseUser) -> Task:
    """Move ``task`` to done, or to review when somebody else has to look at it first.

    Harmless when it is done.
    """
    if task.is_done:
        return task
    category = Status.Category.DONE
    waits = task.status.category == Status.Category.REVIEW
    if not permissions.may_close(user, task) and task.reviewer_id and not waits:
        category = Status.Category.REVIEW
    try:
        status = task.project.first_status(category)
    except Status.DoesNotExist as error:
        raise ValidationError(
            _("%(project)s has no status for this. Ask its manager to add one.")
            % {"project": task.project}
        ) from error
    return move_task(task=task, user=user, status=status)


def reopen_task(*, task: Task, user: AbstractBaseUser) -> Task:
    """Move a finished ``task`` back to where it came from, or to the first open status.

    Harmless when it is open.
    """
    if task.status.category not in Status.ENDED:
        return task
    return move_task(task=task, user=user, status=_came_from(task) or _first_open(task))


def _came_from(task: Task) -> Status | None:
    """Return the open status the task was closed in, if the project still has it."""
    closing = task.activities.filter(field="status").order_by("-created_at").first()
    if closing is None or not closing.old_raw:
        return None
    return task.project.statuses.filter(pk=closing.old_raw["id"], category__in=Status.OPEN).first()


def _first_open(task: Task) -> Status:
    return task.project.first_status(Status.Category.TODO, Status.Category.DOING)


def check_dates(task: Task) -> None:
    if task.start_on and task.due_on and task.start_on > task.due_on:
        raise ValidationError({"due_on": _("It would be due before it starts.")})


def check_parent(task: Task) -> None:
    """Raise ValidationError unless ``task`` may stand under its parent: same project, depth 2."""
    parent = task.parent
    if parent is None:
        return
    if parent.project_id != task.project_id or parent.pk == task.pk:
        raise ValidationError({"parent": _("A subtask belongs to the same project.")})
    if parent.parent_id or (not task._state.adding and task.subtasks.exists()):
        raise ValidationError({"parent": _("Subtasks have no subtasks of their own.")})


def _held(parent: Task) -> Task:
    """Lock who is to be a parent and return it as it is now."""
    Task.everything.lock(parent.pk)
    now = Task.objects.select_related("project").filter(pk=parent.pk).first()
    if now is None:
        raise ValidationError({"parent": _("%(key)s is in the bin.") % {"key": parent.key}})
    return now


def _check_labels(task: Task, labels: list[Label]) -> None:
    if any(label.project_id != task.project_id for label in labels):
        raise ValidationError({"labels": _("Choose labels of this project.")})


@transaction.atomic
def set_labels(*, task: Task, user: AbstractBaseUser, labels: Iterable[Label]) -> Task:
    permissions.require(user, permissions.EDIT, task)
    labels = list(labels)
    _check_labels(task, labels)
    task.set_labels(labels)
    return task


@transaction.atomic
def set_collaborators(
    *, task: Task, user: AbstractBaseUser, people: Iterable[AbstractBaseUser]
) -> Task:
    """Say who does ``task`` together with its owner. Raises ValidationError for outsiders."""
    permissions.require(user, permissions.EDIT, task)
    people = list(people)
    inside = permissions.people(task.project).filter(pk__in=[person.pk for person in people])
    if inside.count() != len(people):
        raise ValidationError(_("Choose people who belong to %(p)s.") % {"p": task.project})
    task.set_collaborators(people)
    return task


@transaction.atomic
def set_parent(*, task: Task, user: AbstractBaseUser, parent: Task | None) -> Task:
    """Put ``task`` under another of its project, or on its own."""
    permissions.require(user, permissions.EDIT, task)
    # Held, so that neither gets a parent or subtasks between the check and the change.
    Task.everything.lock_around(task.pk, *([parent.pk] if parent else []))
    task.refresh_from_db(fields=["project_id"], from_queryset=Task.everything.all())
    task.parent = parent and _held(parent)
    check_parent(task)
    task.save()
    return task
