"""Who must know of a change? Writes outbox rows inside the change's own transaction.

Nobody is told of what they did themselves, and one change tells a person once.
"""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q
from django.utils.formats import date_format

from notifications.outbox import Recipient, enqueue, recipient_of
from tasks import permissions
from tasks.models import Activity, Membership, Status, Task


def tell(activity: Activity) -> None:
    """Owe the e-mails that one row of history asks for."""
    if activity.kind == Activity.Kind.CREATED:
        _tell_of_new_task(activity)
    elif activity.kind == Activity.Kind.COMMENTED:
        _tell_of_comment(activity)
    elif activity.field == "owner":
        _tell_owner(activity)
    elif activity.field == "status":
        _tell_of_status(activity)


def _tell_of_new_task(activity: Activity) -> None:
    task = activity.task
    if task.request:
        _mail_requester("request-received", activity)
        managers = permissions.people(task.project, [Membership.Role.MANAGER])
        _mail("request-new", activity, managers)
    else:
        _tell_owner(activity)


def _tell_owner(activity: Activity) -> None:
    task = activity.task
    owner = _who_still_sees(task, task.owner)
    _mail("task-assigned", activity, owner, files=task.attachments.count())


def _tell_of_status(activity: Activity) -> None:
    task = activity.task
    triage = task.project.statuses.filter(
        category=Status.Category.TRIAGE, name=activity.old_value
    ).exists()
    if task.status.is_done:
        _mail_requester("request-completed", activity)
        _mail("task-completed", activity, _who_still_sees(task, task.owner, task.requester))
    elif triage and task.status.is_open:
        _mail_requester("request-accepted", activity)
    elif task.status.category == Status.Category.CANCELLED:
        _mail_requester("request-declined", activity)


def _tell_of_comment(activity: Activity) -> None:
    task = activity.task
    concerned = Q(pk__in=task.comments.values("author_id"))
    concerned |= Q(pk__in=[pk for pk in (task.owner_id, task.requester_id) if pk])
    people = permissions.people(task.project).filter(concerned)
    _mail("task-commented", activity, _who_still_sees(task, *people))


def _who_still_sees(task: Task, *people: AbstractBaseUser | None) -> list[AbstractBaseUser]:
    """Return those of ``people`` who may see the task: others have left it, or the project."""
    seeing = Task.objects.filter(pk=task.pk)
    return [person for person in people if person and seeing.visible_to(person).exists()]


def _mail(
    template: str, activity: Activity, people: Iterable[AbstractBaseUser], **more: Any
) -> None:
    """Owe ``people`` a mail, except whoever did it; ``more`` adds facts."""
    task = activity.task
    enqueue(
        key=str(activity.change_id),
        template=template,
        to=[recipient_of(person) for person in people if person.pk != activity.actor_id],
        context={**_facts(activity), **more},
        thread=f"task-{task.pk}",
    )


def _mail_requester(template: str, activity: Activity) -> None:
    """Owe the visitor who asked a mail, if a form brought the task and left an address."""
    request = activity.task.request
    if request is None or not request.email:
        return
    enqueue(
        key=str(activity.change_id),
        template=template,
        to=[Recipient(address=request.email, name=request.name)],
        context={
            "key": activity.task.key,
            "title": activity.task.title,
            "name": request.name,
            "form_title": request.form_title,
            "reason": request.decline_reason,
            "url": settings.PUBLIC_URL + request.get_absolute_url(),
        },
        thread=f"request-{request.pk}",
    )


def _facts(activity: Activity) -> dict[str, Any]:
    """Return what a member's mail may say of the task: words, no rows."""
    task = activity.task
    return {
        "actor": activity.actor_name,
        "key": task.key,
        "title": task.title,
        "body": task.body[:600],
        "project": task.project.name,
        "status": task.status.name,
        "priority": task.get_priority_display(),
        "due": date_format(task.due_on, "l j F") if task.due_on else "",
        "owner": str(task.owner) if task.owner else "",
        "comment": activity.comment.body[:2000] if activity.comment else "",
        "requester": task.request.name if task.request else "",
        "url": settings.PUBLIC_URL + task.get_absolute_url(),
    }
