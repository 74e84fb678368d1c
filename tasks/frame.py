"""What stands around each page of the member area: the reader's projects, and one of them.

All of it is one query: the projects with the reader's roles and their statuses in them as
JSON. Asked one by one they were six, on every page.
"""

import json
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import router
from django.db.models import (
    Case,
    Count,
    JSONField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, JSONObject, Now, RowNumber
from django.http import Http404, HttpRequest
from django.urls import reverse

from portal.json_list import JSONList
from portal.written import Written
from tasks import permissions
from tasks.models import Membership, Project, SavedView, Status, Task

PROJECTS_SHOWN = 20
STATUS_FIELDS = [field.attname for field in Status._meta.concrete_fields]
VIEW_FIELDS = [f.attname for f in SavedView._meta.concrete_fields if f.name != "created_at"]


@dataclass(frozen=True)
class SideProject:
    """A project's line: its counts are kept counters, and None for who may not know them."""

    project: Project
    open_count: int | None
    triage_count: int | None


@dataclass(frozen=True)
class Sidebar:
    projects: list[SideProject]
    more: bool
    new_task_url: str  # "" for who may create nowhere

    @property
    def shown(self) -> tuple[Any, ...]:
        """Return all that the list of projects is made of."""
        lines = self.projects
        named = tuple((line.project.key, line.project.name, line.project.hue) for line in lines)
        return self.more, named, tuple((line.open_count, line.triage_count) for line in lines)


def open_project(request: HttpRequest, key: str) -> Project:
    """Return the project ``key`` with its statuses and what the reader may do in it known.

    Its `offered_views` are the saved views that are the reader's own or shared, by name. The
    side bar comes with it. Answers 404 for a project they do not see.
    """
    projects = _projects(request.user, key)
    asked = next((project for project in projects if project.key == key), None)
    if asked is None:
        raise Http404
    asked._prefetched_objects_cache = {"statuses": _statuses(asked)}
    views = sorted(_read(asked.views), key=lambda view: view["name"])
    asked.offered_views = _objects(SavedView, VIEW_FIELDS, views, asked)
    request._sidebar = _sidebar(request.user, projects, asked)
    return asked


def sidebar(request: HttpRequest, current: Project | None) -> Sidebar:
    """Return what the side bar and the tab bar show; asked once a request."""
    if not hasattr(request, "_sidebar"):
        request._sidebar = _sidebar(request.user, _projects(request.user), current)
    return request._sidebar


def _projects(user: AbstractBaseUser, key: str = "") -> list[Project]:
    """Return the project ``key`` and more than fit into the side bar, by name, with roles.

    Each has its statuses as `columns`: one dict a status, and a whole one in the project that
    is asked for. The rows stay few, for one who sees hundreds of projects too.
    """
    if not user.is_authenticated:
        return []
    values = {"user_id": user.pk, "key": key} if key else {"user_id": user.pk}
    projects = sorted(_written(user.is_superuser, bool(key))(**values), key=lambda p: p.place)
    for project in projects:
        permissions.remember(user, project, _read(project.roles))
    return projects


@lru_cache(maxsize=1_000)
def _read(text: str | None) -> tuple[Any, ...]:
    """Return what stands in a JSON array. Most come again on the next page: not to be changed."""
    return tuple(json.loads(text or "[]"))


@cache
def _written(everything: bool, one: bool) -> Written:
    """Return the query for who sees all projects or not, with one of them asked for or not."""
    return Written(
        partial(_rows, is_superuser=everything)
        if one
        else partial(_rows, "", is_superuser=everything)
    )


def _rows(key: str, user_id: UUID, *, is_superuser: bool) -> QuerySet[Project]:
    user = get_user_model()(pk=user_id, is_superuser=is_superuser)
    rows = Project.objects.visible_to(user).annotate(
        roles=_text(_roles(user)), columns=_text(_columns(key)), asleep=asleep_count()
    )
    # Ordered here rather than in Python: the database alone knows its collation.
    rows = rows.annotate(place=Window(RowNumber(), order_by="name"))
    if not key:
        return rows.open().order_by("name")[: PROJECTS_SHOWN + 1]
    asked = Case(When(key=key, then=Value(0)), default=Value(1))
    rows = rows.filter(Q(archived_at=None) | Q(key=key)).annotate(views=_text(_views(user, key)))
    return rows.order_by(asked, "name")[: PROJECTS_SHOWN + 2]


def _text(array: Subquery | Case) -> Cast:
    """Ask for the text of a JSON array, for `_read`."""
    return Cast(array, TextField())


def _roles(user: AbstractBaseUser) -> Subquery:
    held = Membership.objects.of(user).filter(project=OuterRef("pk")).order_by()
    return Subquery(held.values("project").annotate(all=JSONList("role")).values("all"))


def asleep_count() -> Subquery:
    """Count the new requests of a project that were put off, for `Project.triage_count`.

    A few rows of an index of their own. The day is the database's: a query that is kept must
    not hold the reader's.
    """
    rows = Task.objects.filter(project=OuterRef("pk"), snoozed_until__gt=Now(), archived_at=None)
    rows = rows.filter(status__category=Status.Category.TRIAGE).order_by().values("project")
    return Subquery(rows.annotate(n=Count("pk")).values("n"))


def _columns(key: str) -> Subquery | Case:
    counts = _of_statuses(["category", "task_count"])
    if not key:
        return counts
    whole = When(key=key, then=_of_statuses(STATUS_FIELDS))
    return Case(whole, default=counts, output_field=JSONField())


def _of_statuses(names: list[str]) -> Subquery:
    rows = Status.objects.filter(project=OuterRef("pk")).order_by().values("project")
    every = JSONList(JSONObject(**{name: name for name in names}))
    return Subquery(rows.annotate(all=every).values("all"))


def _views(user: AbstractBaseUser, key: str) -> Case:
    """Ask for the saved views that ``user`` is offered in the project ``key``."""
    rows = SavedView.objects.filter(Q(owner=user) | Q(shared=True), project=OuterRef("pk"))
    every = JSONList(JSONObject(**{name: name for name in VIEW_FIELDS}))
    rows = rows.order_by().values("project").annotate(all=every).values("all")
    return Case(When(key=key, then=Subquery(rows)), output_field=JSONField())


def _statuses(project: Project) -> QuerySet[Status]:
    """Return the project's statuses as `prefetch_related` would have left them."""
    rows = sorted(_read(project.columns), key=lambda column: column["order"])
    found = Status.objects.filter(project=project)
    found._result_cache = _objects(Status, STATUS_FIELDS, rows, project)
    found._prefetch_done = True
    return found


def _objects(
    model: type[Model], names: list[str], rows: list[dict[str, Any]], project: Project
) -> list[Any]:
    """Return rows that came as JSON as the objects they are."""
    alias, found = router.db_for_read(model), []
    for row in rows:
        values = [UUID(row[n]) if n == "id" or n.endswith("_id") else row[n] for n in names]
        one = model.from_db(alias, names, values)
        one.project = project
        found.append(one)
    return found


def _sidebar(user: AbstractBaseUser, projects: list[Project], current: Project | None) -> Sidebar:
    shown = [project for project in projects if project.archived_at is None]
    return Sidebar(
        projects=[_line(user, project) for project in shown[:PROJECTS_SHOWN]],
        more=len(shown) > PROJECTS_SHOWN,
        new_task_url=_new_task_url(user, shown, current),
    )


def _line(user: AbstractBaseUser, project: Project) -> SideProject:
    counts: dict[str, int] = {}
    for column in _read(project.columns):
        category = column["category"]
        counts[category] = counts.get(category, 0) + column["task_count"]
    granted = permissions.capabilities(user, project)
    everything, triages = permissions.VIEW_ALL in granted, permissions.TRIAGE in granted
    return SideProject(
        project=project,
        open_count=sum(counts.get(c, 0) for c in Status.OPEN) if everything else None,
        triage_count=counts.get(Status.Category.TRIAGE, 0) - (project.asleep or 0)
        if triages
        else None,
    )


def side_project(user: AbstractBaseUser, project: Project) -> SideProject:
    """Return the line of one ``project``; ask for its statuses beforehand."""
    granted = permissions.capabilities(user, project)
    return SideProject(
        project=project,
        open_count=project.open_count if permissions.VIEW_ALL in granted else None,
        triage_count=project.triage_count if permissions.TRIAGE in granted else None,
    )


def _new_task_url(user: AbstractBaseUser, projects: list[Project], current: Project | None) -> str:
    if current and permissions.may(user, permissions.CREATE, current):
        return reverse("tasks:create", args=[current.key])
    if any(permissions.may(user, permissions.CREATE, project) for project in projects):
        return reverse("tasks:new")
    return ""
