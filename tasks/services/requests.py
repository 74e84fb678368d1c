"""New requests: how they come in, and how a manager answers them."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tasks import permissions
from tasks.files import CheckedFile
from tasks.models import Project, Relation, Request, Status, Task, one_change
from tasks.services.people import check_people
from tasks.services.talk import attach


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
        attach(task, file, uploader=requester, uploader_name=name)
    return request


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
    check_people(task)
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


def _waits_in_triage(task: Task, *more: UUID) -> bool:
    """Lock the row and look again: of two answers to one request only the first counts.

    With ``more`` tasks that the answer will touch.
    """
    Task.objects.all().lock_around(task.pk, *more)
    return Task.objects.in_triage().filter(pk=task.pk).exists()


@transaction.atomic
def merge_request(*, task: Task, user: AbstractBaseUser, into: Task) -> bool:
    """Close a request as a duplicate of ``into``, which goes on for both.

    What was said, the files and who asked stay readable at the request; whoever asked is told
    and watches ``into``. Return False, and change nothing, when it has an answer already.
    """
    permissions.require(user, permissions.TRIAGE, task)
    if into.pk == task.pk or into.project_id != task.project_id:
        raise ValidationError(_("Choose another task of %(project)s.") % {"project": task.project})
    if into.status.category == Status.Category.CANCELLED:
        raise ValidationError(_("%(key)s is closed itself.") % {"key": into.key})
    if not _waits_in_triage(task, into.pk):
        return False
    with one_change():
        Relation(source=task, target=into, kind=Relation.Kind.DUPLICATES).save()
        task.status = task.project.first_status(Status.Category.CANCELLED)
        task.save()
        seen = Task.objects.filter(pk=into.pk).visible_to(task.requester)
        if task.requester and seen.exists():
            into.watches.get_or_create(user_id=task.requester_id)
    return True


@transaction.atomic
def snooze_request(*, task: Task, user: AbstractBaseUser, until: date) -> bool:
    """Hide a request from the top of the triage until a day comes. Raises ValidationError for
    one that has passed. Return False when the request has an answer already."""
    permissions.require(user, permissions.TRIAGE, task)
    if until <= timezone.localdate():
        raise ValidationError({"until": _("Choose a day after today.")})
    if not _waits_in_triage(task):
        return False
    task.snoozed_until = until
    task.save()
    return True


@transaction.atomic
def wake_request(*, task: Task, user: AbstractBaseUser) -> None:
    """Show a snoozed request again. Harmless when it was awake."""
    permissions.require(user, permissions.TRIAGE, task)
    task.snoozed_until = None
    task.save()
