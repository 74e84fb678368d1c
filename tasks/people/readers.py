"""Who reads a task, and what its team says: asked by mails, mentions and suggestions alike."""

from collections.abc import Iterable

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tasks import permissions, text
from tasks.models import Membership, Project, Task

Role = Membership.Role
TEAM = [
    role for role, granted in permissions.CAPABILITIES.items() if permissions.INTERNAL in granted
]
SEEING_ALL = [role for role in Role if role != Role.GUEST]


def among(
    people: Iterable[AbstractBaseUser | None], task: Task, *, team: bool = False
) -> list[AbstractBaseUser]:
    """Return those of ``people`` who may see ``task``, or with ``team`` what its team says.

    One query, however many they are: `visible_to` asked the other way round.
    """
    people = [person for person in people if person is not None]
    if not people:
        return []
    roles = permissions.people(task.project, _roles(task, team=team))
    reading = Q(pk__in=roles.values("pk")) | Q(is_superuser=True)
    if not team:
        reading |= _inside(task.project) & _part_of(task)
    rows = get_user_model().objects.filter(reading, is_active=True)
    known = set(rows.filter(pk__in=[one.pk for one in people]).values_list("pk", flat=True))
    return [one for one in people if one.pk in known]


def to_offer(task: Task, *, team: bool = False) -> QuerySet:
    """Return the people of the project who may read this, for whoever wants to call one."""
    roles = _roles(task, team=team)
    if roles is TEAM:
        return permissions.people(task.project, roles)
    reading = Q(pk__in=permissions.people(task.project, roles).values("pk"))
    if not team:
        reading |= _part_of(task)
    return permissions.people(task.project).filter(reading)


def _inside(project: Project) -> Q:
    """Match whom a part in a task lets see it: people of any role, or whoever signs in."""
    if project.visibility == Project.Visibility.SIGNED_IN:
        return Q(is_active=True)
    return Q(pk__in=permissions.people(project, list(Role)).values("pk"))


def _part_of(task: Task) -> Q:
    """Match who has a part in ``task``. In a new request only the person who asked has one."""
    asked = Q(pk=task.requester_id)
    return asked if task.status.is_triage else asked | _has_part(task)


def _has_part(task: Task) -> Q:
    """Match guests who see this task, which is all of them where whoever signs in sees all."""
    if task.project.visibility == Project.Visibility.SIGNED_IN:
        return Q(is_active=True)
    part = Q(pk__in=[task.owner_id, task.reviewer_id])
    helping, watching = task.collaborations.all(), task.watches.filter(muted=False)
    for rows in (helping, watching):
        part |= Q(pk__in=rows.values("user_id"))
    return part


def _roles(task: Task, *, team: bool) -> list[str]:
    if task.status.is_triage:
        return [Role.MANAGER]
    return TEAM if team else SEEING_ALL


def unreached(
    task: Task, words: str, *, author: AbstractBaseUser, before: str = "", team: bool = False
) -> str:
    """Return a sentence about whom ``words`` call with "@" in vain; "" when all can read them.

    Whom the words ``before`` called already has been told of, or warned about, then.
    """
    known = {author.pk, *(one.pk for one in text.mentioned(before, task.project))}
    called = [one for one in text.mentioned(words, task.project) if one.pk not in known]
    reading = {one.pk for one in among(called, task, team=team)}
    names = [str(one) for one in called if one.pk not in reading]
    if not names:
        return ""
    if team:
        said = ngettext(
            "%(names)s cannot read comments of the team and was not told.",
            "%(names)s cannot read comments of the team and were not told.",
            len(names),
        )
    else:
        said = ngettext(
            "%(names)s cannot see this task and was not told.",
            "%(names)s cannot see this task and were not told.",
            len(names),
        )
    return said % {"names": _(" and ").join(filter(None, [", ".join(names[:-1]), names[-1]]))}
