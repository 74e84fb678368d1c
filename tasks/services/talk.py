"""Comments and files of a task: who added them changes them, managers may delete them."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tasks import permissions
from tasks.files import CheckedFile
from tasks.models import Attachment, Comment, Task


@transaction.atomic
def add_comment(
    *,
    task: Task,
    user: AbstractBaseUser,
    body: str,
    audience: str = Comment.Audience.EVERYONE,
    parent: Comment | None = None,
) -> Comment:
    """Say something on ``task``. Who writes for the team must be of it."""
    permissions.require(user, permissions.COMMENT, task)
    if audience == Comment.Audience.TEAM:
        permissions.require(user, permissions.INTERNAL, task)
    if parent is not None and parent.task_id != task.pk:
        raise ValueError("A reply belongs to the task of the comment it answers.")
    comment = Comment(
        task=task,
        author=user,
        author_name=user.get_full_name()[:150],
        body=body,
        audience=audience,
        parent=parent,
    )
    comment.save()
    if permissions.may(user, permissions.VIEW_ALL, task):  # to a guest, watching is seeing
        task.watches.get_or_create(user=user)
    return comment


@transaction.atomic
def reply_as_requester(*, task: Task, body: str) -> Comment:
    """Say something as the visitor whose request became ``task``; everybody on it reads it.

    Needs no permission: the secret address of the status page is the permission.
    """
    comment = Comment(task=task, author_name=task.request.name, body=body)
    comment.save()
    return comment


@transaction.atomic
def edit_comment(
    *, comment: Comment, user: AbstractBaseUser, body: str, version: int | None = None
) -> Comment:
    """Change the words of a comment. Raises Conflict when it is no longer at ``version``."""
    if not permissions.may_change_comment(user, comment):
        raise PermissionDenied(_("Only who wrote a comment can change it."))
    row = _locked(comment, version)
    if row.body != body:
        row.body = body
        row.save(update_fields=["body"])
    return row


@transaction.atomic
def resolve_comment(*, comment: Comment, user: AbstractBaseUser, resolved: bool) -> Comment:
    """Close a thread, or open it again. Harmless when it is so already."""
    permissions.require(user, permissions.COMMENT, comment.task)
    row = _locked(comment)
    if bool(row.resolved_at) != resolved:
        row.resolved_at = timezone.now() if resolved else None
        row.resolved_by = user if resolved else None
        row.save(update_fields=["resolved_at", "resolved_by"])
    return row


def _locked(comment: Comment, version: int | None = None) -> Comment:
    """Lock a comment, and its task before it: as everywhere."""
    Task.everything.lock(comment.task_id)
    return Comment.locked(comment.pk, version)


def delete_row(*, row: Comment | Attachment, user: AbstractBaseUser) -> None:
    """Put a comment or a file in the bin. Harmless when it is there."""
    _require_delete(row, user)
    if row.deleted_at is None:
        row.delete()


def restore_row(*, row: Comment | Attachment, user: AbstractBaseUser) -> None:
    """Take a comment or a file back from the bin. Harmless when it is not there."""
    _require_delete(row, user)
    if row.deleted_at is not None:
        row.restore()


def _require_delete(row: Comment | Attachment, user: AbstractBaseUser) -> None:
    if not permissions.may_delete_row(user, row):
        raise PermissionDenied(_("Only who added this, or a manager, can delete or restore it."))


@transaction.atomic
def add_attachment(*, task: Task, user: AbstractBaseUser, file: CheckedFile) -> Attachment:
    permissions.require(user, permissions.COMMENT, task)
    return attach(task, file, uploader=user, uploader_name=user.get_full_name()[:150])


def attach(
    task: Task, file: CheckedFile, *, uploader: AbstractBaseUser | None, uploader_name: str
) -> Attachment:
    """Store a checked file with ``task``. Asks nobody: the caller has."""
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
