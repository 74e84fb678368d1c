"""The faces in the head of a project: some of its people, kept for a minute."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.cache import cache

from tasks.models import Membership, Project

SHOWN, SECONDS = 4, 60
COUNTED = 50
ORDER = {role: place for place, role in enumerate(reversed(Membership.Role))}


@dataclass(frozen=True)
class Face:
    """What `components/avatar.html` shows of a person."""

    name: str
    initials: str
    hue: str
    avatar_url: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Faces:
    """Some people of a project, for the stack in its head."""

    people: tuple[Face, ...]
    more: str  # "+3", "46+" when there are more than were counted, or "" when all are shown


def of_project(project: Project) -> Faces:
    """Return four people of ``project``, managers first.

    Kept for a minute: lists and boards show them, and would pay for them with two queries.
    """
    return cache.get_or_set(_key(project.pk), lambda: _faces(project), SECONDS)


def forget(project_id: UUID) -> None:
    """Show this process at once who has come or gone."""
    cache.delete(_key(project_id))


def _key(project_id: UUID) -> str:
    return f"tasks.faces.{project_id}"


def _faces(project: Project) -> Faces:
    rows = Membership.objects.current().filter(project=project).select_related("user")
    rows = list(rows[: COUNTED + 1])
    people = {row.user: ORDER[Membership.Role(row.role)] for row in rows if row.user_id}
    groups = [row.group_id for row in rows if row.group_id]
    if groups:
        inside = get_user_model().objects.filter(groups__in=groups, is_active=True)
        for person in inside[: COUNTED + 1]:
            people.setdefault(person, len(ORDER))
    active = [person for person in people if person.is_active]
    active.sort(key=lambda person: (people[person], str(person).casefold()))
    shown = tuple(Face(str(p), p.initials, p.hue, p.avatar_url) for p in active[:SHOWN])
    rest = len(active) - SHOWN
    more = f"{COUNTED - SHOWN}+" if len(active) > COUNTED else f"+{rest}"
    return Faces(shown, more if rest > 0 else "")
