"""Archive, delete, restore and purge tasks."""

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from tasks import permissions
from tasks.models import Attachment, Comment, Task


def archive_task(*, task: Task, user: AbstractBaseUser, archived: bool = True) -> Task:
    """Take ``task`` out of lists and boards without deleting it, or put it back."""
    permissions.require(user, permissions.EDIT, task)
    if bool(task.archived_at) != archived:
        task.archived_at = timezone.now() if archived else None
        task.save()
    return task


def delete_task(*, task: Task, user: AbstractBaseUser) -> Task:
    """Put ``task`` and its subtasks in the bin. Harmless when it is there."""
    permissions.require(user, permissions.DELETE, task)
    if task.deleted_at is None:
        task.delete()
    return task


def restore_task(*, task: Task, user: AbstractBaseUser) -> Task:
    """Take ``task`` back from the bin to the number and place it had."""
    permissions.require(user, permissions.DELETE, task)
    if task.deleted_at is not None:
        task.restore()
    return task


def purge(before: datetime) -> dict[str, int]:
    """Delete for good what went to the bin before ``before``; return how many of each.

    Files go when the row's deletion has committed, so a crash in between leaves a file
    nobody can reach, never a row without its file.
    """
    counts = {"tasks": 0, "comments": 0, "files": 0}
    for attachment in Attachment.everything.filter(deleted_at__lt=before):
        attachment.purge()
        counts["files"] += 1
    for comment in Comment.everything.filter(deleted_at__lt=before):
        comment.purge()
        counts["comments"] += 1
    for task in Task.everything.filter(deleted_at__lt=before).with_row().select_related("request"):
        with transaction.atomic():
            for attachment in Attachment.everything.filter(task=task):
                attachment.deleted_at = attachment.deleted_at or timezone.now()
                attachment.purge()
            task.purge()
            if task.request:  # a visitor's name and address
                task.request.delete()
        counts["tasks"] += 1
    return counts
