"""Who belongs to a project, as people see it: each person once, with every role they have."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Group
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tasks import permissions
from tasks.models import Membership, Project
from tasks.people.faces import ORDER

SHOWN = 500
FOUND = 8
SHORTEST_SEARCH = 2  # letters


def last_day(end: datetime) -> date:
    """Return the last day of a role that ends at ``end``, in the reader's time zone."""
    return timezone.localdate(end - timedelta(microseconds=1))


@dataclass(frozen=True)
class Grant:
    """One role of a person or group, and where it comes from."""

    membership: Membership
    group: Group | None  # through which a person has it

    @property
    def last_day(self) -> date | None:
        end = self.membership.expires_at
        return last_day(end) if end else None

    @property
    def by_rule(self) -> bool:
        return self.membership.source == Membership.Source.ROLE_RULE

    @property
    def is_own(self) -> bool:
        """Return whether somebody gave it to this very person by hand: it can be changed."""
        return self.group is None and not self.by_rule

    @property
    def has_ended(self) -> bool:
        end: datetime | None = self.membership.expires_at
        return end is not None and end <= timezone.now()


@dataclass
class Person:
    user: AbstractBaseUser
    grants: list[Grant] = field(default_factory=list)

    @property
    def role(self) -> str:
        return self.grants[0].membership.get_role_display()

    @property
    def _place(self) -> tuple[bool, int, str]:
        return *_place(self.grants[0]), str(self.user).casefold()


def _place(grant: Grant) -> tuple[bool, int]:
    return grant.has_ended, ORDER[Membership.Role(grant.membership.role)]


@dataclass(frozen=True)
class Members:
    people: list[Person]  # managers first, then by name; those whose time is over last
    groups: list[tuple[Grant, int]]  # and how many people are in each
    more: bool

    @property
    def grants(self) -> list[Grant]:
        """Return every role of every person."""
        return [grant for person in self.people for grant in person.grants]


def of_project(project: Project, user: AbstractBaseUser) -> Members:
    """Return who belongs to ``project``, as far as ``user`` may know. Three queries.

    Managers also see whose time is over. Guests see whom to ask, and themselves.
    """
    rows = Membership.objects.filter(project=project)
    if not permissions.may(user, permissions.MANAGE, project):
        rows = rows.current()
    if not permissions.may(user, permissions.VIEW_ALL, project):
        mine = Membership.objects.of(user).values("pk")
        rows = rows.filter(Q(role=Membership.Role.MANAGER) | Q(pk__in=mine))
    rows = list(rows.select_related("user", "group", "granted_by__rule")[: SHOWN + 1])
    grants = [(row.user, Grant(row, None)) for row in rows if row.user_id]
    inside = _in_groups(project, user, [row for row in rows if row.group_id])
    people = _gather([*grants, *inside])
    sizes = _sizes(row.group_id for row in rows if row.group_id)
    groups = [(Grant(row, None), sizes[row.group_id]) for row in rows if row.group_id]
    return Members(people[:SHOWN], groups, len(people) > SHOWN or len(rows) > SHOWN)


def _in_groups(
    project: Project, user: AbstractBaseUser, rows: list[Membership]
) -> list[tuple[AbstractBaseUser, Grant]]:
    if not rows:
        return []
    by_group = {row.group_id: row for row in rows}
    links = get_user_model().groups.through.objects.filter(group_id__in=by_group)
    if not permissions.may(user, permissions.VIEW_ALL, project):
        managing = [row.group_id for row in rows if row.role == Membership.Role.MANAGER]
        links = links.filter(Q(user=user) | Q(group__in=managing))
    links = links.select_related("user")[: SHOWN + 1]
    found = [(link.user, by_group[link.group_id]) for link in links]
    return [(person, Grant(row, row.group)) for person, row in found]


def _sizes(groups: Iterable[Any]) -> dict[Any, int]:
    people = Count("user", filter=Q(user__is_active=True))
    return dict(Group.objects.filter(pk__in=list(groups)).annotate(n=people).values_list("pk", "n"))


def _gather(grants: Iterable[tuple[AbstractBaseUser, Grant]]) -> list[Person]:
    people: dict[Any, Person] = {}
    for user, grant in grants:
        if user.is_active:
            people.setdefault(user.pk, Person(user)).grants.append(grant)
    for person in people.values():
        person.grants.sort(key=_place)
    return sorted(people.values(), key=lambda person: person._place)


def find(project: Project, words: str) -> tuple[list[AbstractBaseUser], list[Group]]:
    """Return a few active people and groups by name or e-mail who do not belong yet.

    For managers only: it tells who has an account.
    """
    words = words.replace("\0", "").strip()
    if len(words) < SHORTEST_SEARCH:
        return [], []
    inside = Membership.objects.current().filter(project=project, source=Membership.Source.MANUAL)
    people = find_people(words).exclude(pk__in=inside.filter(user__isnull=False).values("user_id"))
    groups = Group.objects.filter(name__icontains=words).order_by("name")
    groups = groups.exclude(pk__in=inside.filter(group__isnull=False).values("group_id"))
    return list(people[:FOUND]), list(groups[:FOUND])


def find_people(words: str) -> QuerySet[AbstractBaseUser]:
    """Return active people by a part of their name or address, for those who may know them all."""
    named = Q(display_name__icontains=words) | Q(email__icontains=words)
    return get_user_model().objects.filter(named, is_active=True)


YES, NO, OWN = "yes", "", "own"
# The rows of the table in `permissions`, in people's words.
ABILITIES = (
    (_("See the project's tasks"), permissions.VIEW_ALL, permissions.VIEW),
    (_("Comment, add files, watch"), permissions.COMMENT, None),
    (_("Move or complete their own tasks"), permissions.MOVE_OWN, None),
    (_("Add tasks"), permissions.CREATE, None),
    (_("Edit, give out and complete any task"), permissions.EDIT, None),
    (_("Read and write comments of the team"), permissions.INTERNAL, None),
    (_("Share a saved view"), permissions.SHARE, None),
    (_("Answer requests, change many, delete and restore"), permissions.TRIAGE, None),
    (_("Statuses, labels, members, archive"), permissions.MANAGE, None),
)


def abilities() -> list[tuple[Any, list[str]]]:
    """Return what each role may do: words, and YES, NO or OWN for each role in turn."""
    return [
        (words, [_answer(role, wanted, lesser) for role in Membership.Role])
        for words, wanted, lesser in ABILITIES
    ]


def _answer(role: str, wanted: str, lesser: str | None) -> str:
    granted = permissions.CAPABILITIES[role]
    if wanted in granted:
        return YES
    return OWN if lesser in granted else NO
