"""What people can do with tasks. Each function asks `permissions`, changes rows in one
transaction, and leaves history and e-mails to `Task.save()` and the Activity signal.

Tasks are handed in from a query that already hides what the person may not see.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from tasks import permissions
from tasks.files import CheckedFile
from tasks.models import Attachment, Comment, Project, Request, Status, Task

EDITABLE = frozenset({"title", "body", "priority", "owner", "due_on"})


@transaction.atomic
def open_request(
    *,
    project: Project,
    title: str,
    body: str = "",
    name: str,
    email: str = "",
    form_title: str = "",
    answers: list[dict[str, str]] | None = None,
    priority: int = Task.Priority.NORMAL,
    requester: AbstractBaseUser | None = None,
    files: Iterable[CheckedFile] = (),
    submission_key: UUID | None = None,
) -> Request:
    """Turn what a visitor sent into a task in the project's triage; return the request.

    Idempotent by ``submission_key``: sent again, it returns the first request and opens
    nothing, also when both arrive at the same time.

    ``answers`` is [{"label": …, "value": …}, …] in the form's order. Needs no permission:
    the published form is the permission. Owes the visitor their reference and tells the
    project's managers.
    """
    fields = {"name": name, "email": email, "form_title": form_title, "answers": answers or []}
    if submission_key is None:
        request = Request.objects.create(**fields)
    else:
        request, is_new = Request.objects.get_or_create(
            submission_key=submission_key, defaults=fields
        )
        if not is_new:
            return request
    task = Task(
        project=project,
        title=title[:200],
        body=body,
        priority=priority,
        status=project.first_status(Status.Category.TRIAGE, Status.Category.TODO),
        request=request,
        requester=requester,
    )
    task.save()
    for file in files:
        _attach(task, file, uploader=requester, uploader_name=name)
    return request


@transaction.atomic
def create_task(*, project: Project, user: AbstractBaseUser, title: str, **fields: Any) -> Task:
    """Create a task in the project's first open status. ``fields``: see EDITABLE.

    Whoever may create but not edit can give it to nobody but themselves.
    """
    permissions.require(user, permissions.CREATE, project)
    if fields.get("owner") not in (None, user):
        permissions.require(user, permissions.EDIT, project)
    status = project.first_status(
        Status.Category.TODO, Status.Category.BACKLOG, Status.Category.DOING
    )
    task = Task(project=project, title=title, status=status, requester=user, **fields)
    _check_owner(task)
    task.save()
    return task


@transaction.atomic
def change_task(*, task: Task, user: AbstractBaseUser, **fields: Any) -> Task:
    """Set some of EDITABLE on ``task``. Raises ValidationError for an owner from outside."""
    permissions.require(user, permissions.EDIT, task)
    for name in fields:
        if name not in EDITABLE:
            raise ValueError(f"{name} is not one of {sorted(EDITABLE)}")
        setattr(task, name, fields[name])
    _check_owner(task)
    task.save()
    return task


@transaction.atomic
def move_task(*, task: Task, user: AbstractBaseUser, status: Status) -> Task:
    """Give ``task`` another status of its project."""
    permissions.require(user, permissions.MOVE, task)
    if Status.Category.TRIAGE in (task.status.category, status.category):
        permissions.require(user, permissions.TRIAGE, task)
    if status.project_id != task.project_id:
        raise ValidationError(_("This status belongs to another project."))
    task.status = status
    task.save()
    return task


def complete_task(*, task: Task, user: AbstractBaseUser) -> Task:
    """Move ``task`` to the project's first done status. Harmless when it is done."""
    if task.is_done:
        return task
    return move_task(task=task, user=user, status=task.project.first_status(Status.Category.DONE))


def reopen_task(*, task: Task, user: AbstractBaseUser) -> Task:
    """Move a finished ``task`` back to the first open status. Harmless when it is open."""
    if task.status.category not in Status.ENDED:
        return task
    return move_task(
        task=task,
        user=user,
        status=task.project.first_status(Status.Category.TODO, Status.Category.DOING),
    )


@transaction.atomic
def accept_request(
    *,
    task: Task,
    user: AbstractBaseUser,
    owner: AbstractBaseUser | None = None,
    due_on: date | None = None,
    priority: int | None = None,
) -> bool:
    """Take ``task`` out of triage and say who does it by when: one change, one mail each.

    Return False, and change nothing, when somebody has answered the request already.
    """
    permissions.require(user, permissions.TRIAGE, task)
    if not _waits_in_triage(task):
        return False
    task.status = task.project.first_status(Status.Category.TODO, Status.Category.BACKLOG)
    task.owner, task.due_on = owner, due_on
    task.priority = priority or task.priority
    _check_owner(task)
    task.save()
    return True


@transaction.atomic
def decline_request(*, task: Task, user: AbstractBaseUser, reason: str) -> bool:
    """Close a request without doing it; the visitor is told ``reason``.

    Return False, and change nothing, when somebody has answered the request already.
    """
    permissions.require(user, permissions.TRIAGE, task)
    if not _waits_in_triage(task):
        return False
    if task.request:
        task.request.decline_reason = reason
        task.request.save(update_fields=["decline_reason"])
    task.status = task.project.first_status(Status.Category.CANCELLED)
    task.save()
    return True


def _waits_in_triage(task: Task) -> bool:
    """Lock the row and look again: of two answers to one request only the first counts."""
    rows = Task.objects.select_for_update(of=["self"]).in_triage()
    return rows.filter(pk=task.pk).first() is not None


@transaction.atomic
def add_comment(*, task: Task, user: AbstractBaseUser, body: str) -> Comment:
    permissions.require(user, permissions.COMMENT, task)
    comment = Comment(task=task, author=user, author_name=user.get_full_name()[:150], body=body)
    comment.save()
    return comment


@transaction.atomic
def add_attachment(*, task: Task, user: AbstractBaseUser, file: CheckedFile) -> Attachment:
    permissions.require(user, permissions.COMMENT, task)
    return _attach(task, file, uploader=user, uploader_name=user.get_full_name()[:150])


def _attach(
    task: Task, file: CheckedFile, *, uploader: AbstractBaseUser | None, uploader_name: str
) -> Attachment:
    attachment = Attachment(
        task=task,
        name=file.name,
        content_type=file.content_type,
        size=len(file.content),
        uploader=uploader,
        uploader_name=uploader_name[:150],
    )
    attachment.file.save(file.name, ContentFile(file.content), save=False)
    attachment.save()
    return attachment


def _check_owner(task: Task) -> None:
    owner = task.owner
    if owner is None or owner.is_superuser:
        return
    if not permissions.people(task.project).filter(pk=owner.pk).exists():
        raise ValidationError(
            {
                "owner": _(
                    "%(name)s does not belong to %(project)s. Add them to the project first."
                )
                % {"name": owner, "project": task.project}
            }
        )
