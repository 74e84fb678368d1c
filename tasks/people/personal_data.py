"""What `tasks` knows of a person."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Replace
from django.utils.translation import gettext as _

from accounts.personal_data import FORMER_MEMBER, File, Holding, Part, Rows
from notifications.personal_data import forget
from tasks import permissions
from tasks.models import (
    Activity,
    Attachment,
    Collaborator,
    Comment,
    Membership,
    Mention,
    Project,
    Request,
    SavedView,
    Task,
    Watch,
)

SHARED = "stays, by “Former member”"
HOLDINGS = {
    "tasks.Task": Holding(
        ("owner", "reviewer", "requester"),
        "tasks.json",
        "stays; open ones that they own or review become nobody's",
    ),
    "tasks.Collaborator": Holding(("user",), "tasks.json", "deleted"),
    "tasks.Watch": Holding(("user",), "watches.json", "deleted"),
    "tasks.Mention": Holding(("user",), "mentions.json", "deleted"),
    "tasks.SavedView": Holding(("owner",), "views.json", "deleted"),
    "tasks.Comment": Holding(("author", "author_name", "resolved_by"), "comments.json", SHARED),
    "tasks.Attachment": Holding(("uploader", "uploader_name"), "attachments.json, files/", SHARED),
    "tasks.Activity": Holding(
        ("actor", "actor_name", "old_value", "new_value"), "changes.json", SHARED
    ),
    "tasks.LabelWork": Holding(
        ("actor",), "- work for the portal, not about them", "leads to “Former member”"
    ),
    "tasks.Membership": Holding(("user",), "projects.json", "deleted"),
    "tasks.Request": Holding(
        ("name", "email"), "requests.json", "what they asked stays, name and address go"
    ),
}


def export(user: AbstractBaseUser) -> Iterator[Part]:
    yield Rows("projects.json", _projects(user))
    yield Rows("tasks.json", _tasks(user))
    yield Rows("comments.json", _comments(user))
    yield Rows("watches.json", _keys_of(Watch.objects.filter(user=user)))
    yield Rows("mentions.json", _keys_of(Mention.objects.filter(user=user)))
    views = SavedView.objects.filter(owner=user)
    yield Rows("views.json", views.values("project__key", "name", "query", "shared").iterator())
    yield Rows("changes.json", _changes(user))
    requests = _requests_of(user).order_by("created_at")
    names = ("created_at", "name", "email", "form_title", "answers", "decline_reason")
    yield Rows("requests.json", requests.values(*names).iterator())
    attachments = Attachment.everything.filter(uploader=user).select_related("task__project")
    yield Rows("attachments.json", _attachments(attachments))
    for attachment in attachments:
        yield File(_path(attachment), attachment.file)


def _projects(user: AbstractBaseUser) -> Iterator[dict[str, Any]]:
    for membership in Membership.objects.of(user).select_related("project").iterator():
        project = membership.project
        yield {"key": project.key, "name": project.name, "role": membership.role}


def _tasks(user: AbstractBaseUser) -> Iterator[dict[str, Any]]:
    part = Q(owner=user) | Q(requester=user) | Q(reviewer=user) | Q(collaborations__user=user)
    tasks = Task.objects.filter(part).distinct().with_row()
    for task in tasks.order_by("created_at").iterator():
        yield {
            "key": task.key,
            "title": task.title,
            "description": task.body,
            "status": task.status.name,
            "due_on": task.due_on,
            "created_at": task.created_at,
            "completed_at": task.completed_at,
            "you_own_it": task.owner_id == user.pk,
            "you_asked_for_it": task.requester_id == user.pk,
            "you_review_it": task.reviewer_id == user.pk,
        }


def _keys_of(rows: QuerySet[Watch] | QuerySet[Mention]) -> Iterator[dict[str, Any]]:
    for row in rows.select_related("task__project").order_by("created_at").iterator():
        yield {"task": row.task.key, "at": row.created_at}


def _comments(user: AbstractBaseUser) -> Iterator[dict[str, Any]]:
    comments = Comment.everything.filter(author=user).select_related("task__project")
    for comment in comments.order_by("created_at").iterator():
        yield {"task": comment.task.key, "at": comment.created_at, "text": comment.body}


def _changes(user: AbstractBaseUser) -> Iterator[dict[str, Any]]:
    activities = Activity.objects.filter(actor=user).select_related("task__project")
    for activity in activities.order_by("created_at").iterator():
        yield {
            "task": activity.task.key,
            "at": activity.created_at,
            "kind": activity.kind,
            "field": activity.field,
            "from": activity.old_value,
            "to": activity.new_value,
        }


def _attachments(attachments: QuerySet[Attachment]) -> Iterator[dict[str, Any]]:
    for attachment in attachments.iterator():
        yield {
            "task": attachment.task.key,
            "at": attachment.created_at,
            "name": attachment.name,
            "file": _path(attachment),
        }


def _path(attachment: Attachment) -> str:
    return f"files/{attachment.task.key}/{attachment.pk.hex[:8]}-{attachment.name}"


def _requests_of(user: AbstractBaseUser) -> QuerySet[Request]:
    """Return what they asked for, signed in or as a visitor with an address that is theirs."""
    theirs = Q(task__requester=user)
    identity = getattr(user, "identity", None)
    if identity is not None and identity.email_confirmed_at:
        theirs |= Q(email__iexact=identity.email_seen) if identity.email_seen else Q()
    return Request.objects.filter(theirs)


def obstacles(user: AbstractBaseUser) -> Iterator[str]:
    """A project needs a manager who stays."""
    manager = Membership.Role.MANAGER
    mine = Membership.objects.of(user).filter(role=manager).values("project_id")
    for project in Project.objects.open().filter(pk__in=mine).order_by("name"):
        others = permissions.people(project, [manager]).exclude(pk=user.pk)
        if not others.filter(erase_after=None).exists():
            yield _("You are the only manager of %(project)s. Make somebody else one first.") % {
                "project": project.name
            }


def erase(user: AbstractBaseUser) -> None:
    requests = list(_requests_of(user))
    names = _names(user) | {request.name for request in requests}
    # Nobody should wait for somebody who has left.
    for task in Task.everything.filter(Q(owner=user) | Q(reviewer=user), closed_at=None):
        task.owner = None if task.owner_id == user.pk else task.owner
        task.reviewer = None if task.reviewer_id == user.pk else task.reviewer
        task.save()
    for rows in (Membership, Collaborator, Watch, Mention):
        rows.objects.filter(user=user).delete()
    SavedView.objects.filter(owner=user).delete()
    Comment.everything.filter(author=user).update(author_name=FORMER_MEMBER)
    Attachment.everything.filter(uploader=user).update(uploader_name=FORMER_MEMBER)
    _erase_requests(requests)
    _erase_history(user, names)
    forget(names)


def _names(user: AbstractBaseUser) -> set[str]:
    """Return the names that the person had: those frozen in the past as well."""
    names = {user.get_full_name()}
    names |= set(Activity.objects.filter(actor=user).values_list("actor_name", flat=True))
    names |= set(Comment.everything.filter(author=user).values_list("author_name", flat=True))
    names |= set(
        Attachment.everything.filter(uploader=user).values_list("uploader_name", flat=True)
    )
    return names - {"", FORMER_MEMBER}


def _erase_requests(requests: list[Request]) -> None:
    ids = [request.pk for request in requests]
    visitors = Activity.objects.filter(actor=None, task__request__in=ids)
    for request in requests:
        visitors.filter(task__request=request, actor_name=request.name).update(
            actor_name=FORMER_MEMBER
        )
    files = Attachment.everything.filter(uploader=None, task__request__in=ids)
    files.update(uploader_name=FORMER_MEMBER)
    Request.objects.filter(pk__in=ids).update(name=FORMER_MEMBER, email="")


def _erase_history(user: AbstractBaseUser, names: set[str]) -> None:
    """Take the names out of "gave it to …": such words carry no id, so a namesake's go too."""
    Activity.objects.filter(actor=user).update(actor_name=FORMER_MEMBER)
    people = Activity.objects.filter(field__in=["owner", "reviewer", "requester"])
    people.filter(old_value__in=names).update(old_value=FORMER_MEMBER)
    people.filter(new_value__in=names).update(new_value=FORMER_MEMBER)
    several = Activity.objects.filter(field="collaborators")
    for name in names:  # "Amara Okafor, Jonas Lindqvist"
        for column in ("old_value", "new_value"):
            less = Replace(F(column), Value(name), Value(FORMER_MEMBER))
            several.filter(**{f"{column}__contains": name}).update(**{column: less})
