"""Who must know of a change? Writes outbox rows inside the change's own transaction.

Nobody is told of what they did themselves, and one change tells a person once. Who may not
see the task any more, or not what only the team reads, is not told of it.
"""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q
from django.utils.formats import date_format

from notifications.outbox import Recipient, enqueue, recipient_of
from tasks import permissions, text
from tasks.models import Activity, Comment, Membership, Mention, Relation, Status, Task
from tasks.people import readers

Role = Membership.Role


def tell(activity: Activity) -> None:
    """Owe the e-mails that one row of history asks for."""
    if activity.kind == Activity.Kind.CREATED:
        _tell_of_new_task(activity)
    elif activity.kind == Activity.Kind.COMMENTED:
        _tell_of_comment(activity)
    elif (tell_of := TELLERS.get(activity.field)) is not None:
        tell_of(activity)


def _tell_of_new_task(activity: Activity) -> None:
    task = activity.task
    if task.request:
        _mail_requester("request-received", activity)
        managers = permissions.people(task.project, [Role.MANAGER])
        _mail("request-new", activity, managers)
        return
    _tell_owner(activity)
    _tell_of_mentions(activity, task.body, but=[task.owner])


def _tell_owner(activity: Activity) -> None:
    task = activity.task
    _mail("task-assigned", activity, _seeing(task, [task.owner]), files=task.attachment_count)


def _tell_collaborators(activity: Activity) -> None:
    new = set(activity.new_raw) - set(activity.old_raw)
    people = get_user_model().objects.filter(pk__in=new)
    _mail("task-shared", activity, _seeing(activity.task, people))


def _tell_reviewer(activity: Activity) -> None:
    task = activity.task
    if task.status.category == Status.Category.REVIEW:
        _mail("task-review", activity, _seeing(task, [task.reviewer]))


def _tell_of_status(activity: Activity) -> None:
    task = activity.task
    if task.status.is_done:
        _mail_requester("request-completed", activity)
        concerned = _concerned(task, Q(pk__in=[task.owner_id, task.requester_id]))
        _mail("task-completed", activity, _seeing(task, concerned))
    elif task.status.category == Status.Category.REVIEW:
        _tell_reviewer(activity)
    elif task.status.category == Status.Category.CANCELLED:
        merged = task.relations_from.filter(kind=Relation.Kind.DUPLICATES).exists()
        _mail_requester("request-merged" if merged else "request-declined", activity)
    elif task.status.is_open and _was_in_triage(activity):
        _mail_requester("request-accepted", activity)


def _was_in_triage(activity: Activity) -> bool:
    old = Status.objects.filter(pk=activity.old_raw["id"], category=Status.Category.TRIAGE)
    return old.exists()


def _tell_of_comment(activity: Activity) -> None:
    """Tell those who are mentioned of that, all others concerned of the comment."""
    task, comment = activity.task, activity.comment
    mentioned = _tell_of_mentions(activity, comment.body, comment=comment)
    people = Q(pk__in=task.comments.values("author_id"))
    people |= Q(pk__in=[task.owner_id, task.reviewer_id, task.requester_id])
    if not task.owner_id and not activity.actor_id:  # a visitor must not talk to nobody
        people |= Q(pk__in=permissions.people(task.project, [Role.MANAGER]).values("pk"))
    concerned = _concerned(task, people).exclude(pk__in=[person.pk for person in mentioned])
    _mail("task-commented", activity, _seeing(task, concerned, comment))
    if not comment.is_for_team and activity.actor_id:
        _mail_requester("request-answered", activity, answer=comment.body[:2000])


def _tell_of_edit(activity: Activity) -> None:
    """Tell only who is mentioned now and was not before."""
    _tell_of_mentions(activity, activity.new_value, comment=activity.comment)


def _tell_of_mentions(
    activity: Activity,
    words: str,
    *,
    comment: Comment | None = None,
    but: Iterable[AbstractBaseUser | None] = (),
) -> list[AbstractBaseUser]:
    """Note who is named with @ for the first time, tell them, and return them."""
    task = activity.task
    if "@" not in words:
        return []
    people = [one for one in text.mentioned(words, task.project) if one.pk != activity.actor_id]
    known = set(
        Mention.objects.filter(task=task, comment=comment).values_list("user_id", flat=True)
    )
    new = [one for one in _seeing(task, people, comment) if one.pk not in known]
    Mention.objects.bulk_create(Mention(task=task, comment=comment, user=one) for one in new)
    told_already = {one.pk for one in but if one}
    _mail("task-mentioned", activity, [one for one in new if one.pk not in told_already])
    return new


def _tell_of_freedom(activity: Activity) -> None:
    task = activity.task
    _mail("task-unblocked", activity, _seeing(task, [task.owner]), blocker=activity.old_value)


TELLERS = {
    "owner": _tell_owner,
    "collaborators": _tell_collaborators,
    "reviewer": _tell_reviewer,
    "status": _tell_of_status,
    "comment": _tell_of_edit,
    "body": _tell_of_edit,
    "blocked": _tell_of_freedom,
}


def _concerned(task: Task, also: Q) -> Any:
    """Return who does the task or watches it, and ``also``; without who wants no more of it."""
    people = also | Q(collaborations__task=task) | Q(watches__task=task, watches__muted=False)
    muted = Q(pk__in=task.watches.filter(muted=True).values("user_id"))
    rows = get_user_model().objects.filter(people, is_active=True).exclude(muted)
    return rows.distinct()


def _seeing(
    task: Task, people: Iterable[AbstractBaseUser | None], comment: Comment | None = None
) -> list[AbstractBaseUser]:
    return readers.among(people, task, team=comment is not None and comment.is_for_team)


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


def _mail_requester(template: str, activity: Activity, **more: str) -> None:
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
            **more,
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
