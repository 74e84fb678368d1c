"""What the member area's pages ask of tasks: the side bar, who may, a property's cell."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.contrib.auth.base_user import AbstractBaseUser
from django.urls import reverse

from tasks import permissions
from tasks.models import Comment, Project, Task
from tasks.properties import PROPERTIES

register = template.Library()

PROJECTS_SHOWN = 20


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


@register.simple_tag(takes_context=True)
def sidebar(context: template.Context) -> Sidebar:
    """Return what the side bar and the tab bar show. Three queries, once a request."""
    request = context["request"]
    if not hasattr(request, "_sidebar"):
        request._sidebar = _sidebar(request.user, context.get("current_project"))
    return request._sidebar


def _sidebar(user: AbstractBaseUser, current: Project | None) -> Sidebar:
    rows = Project.objects.open().visible_to(user).prefetch_related("statuses")
    projects = list(rows[: PROJECTS_SHOWN + 1])
    if user.is_authenticated:
        permissions.load(user, projects)
    return Sidebar(
        projects=[side_project(user, project) for project in projects[:PROJECTS_SHOWN]],
        more=len(projects) > PROJECTS_SHOWN,
        new_task_url=_new_task_url(user, projects, current),
    )


def side_project(user: AbstractBaseUser, project: Project) -> SideProject:
    """Return the line of ``project``; ask for its statuses beforehand."""
    sees_all = permissions.may(user, permissions.VIEW_ALL, project)
    triages = permissions.may(user, permissions.TRIAGE, project)
    return SideProject(
        project=project,
        open_count=project.open_count if sees_all else None,
        triage_count=project.triage_count if triages else None,
    )


def _new_task_url(user: AbstractBaseUser, projects: list[Project], current: Project | None) -> str:
    if current and permissions.may(user, permissions.CREATE, current):
        return reverse("tasks:create", args=[current.key])
    if any(permissions.may(user, permissions.CREATE, project) for project in projects):
        return reverse("tasks:new")
    return ""


@register.simple_tag(takes_context=True)
def may(context: template.Context, capability: str, on: Project | Task) -> bool:
    """Return whether the signed-in person may do ``capability``: see `permissions`."""
    return permissions.may(context["request"].user, capability, on)


@dataclass(frozen=True)
class CommentRights:
    reply: bool
    edit: bool
    delete: bool

    @property
    def any(self) -> bool:
        return self.reply or self.edit or self.delete


@register.simple_tag(takes_context=True)
def comment_rights(context: template.Context, comment: Comment) -> CommentRights:
    """Return what the signed-in person may do with a comment."""
    user = context["request"].user
    return CommentRights(
        reply=permissions.may(user, permissions.COMMENT, comment.task),
        edit=permissions.may_change_comment(user, comment),
        delete=permissions.may_delete_row(user, comment),
    )


@register.inclusion_tag("tasks/_property.html", takes_context=True)
def task_property(
    context: template.Context, task: Task, name: str, focus: bool = False, oob: bool = False
) -> dict[str, Any]:
    """Render the cell of one property: a link to its editor for who may change it."""
    what = PROPERTIES[name]
    return {
        "task": task,
        "name": name,
        "label": what.label,
        "focus": focus,
        "oob": oob,
        "editable": what.editable(context["request"].user, task),
        "url": reverse("tasks:set", args=[task.key, name]),
        **_linked(context, task, name),
    }


def _linked(context: template.Context, task: Task, name: str) -> dict[str, Any]:
    """Return what the cell shows beside the task's own row."""
    if name == "labels":
        links = task.label_links.select_related("label").order_by("label__name")
        return {"labels": [link.label for link in links]}
    if name == "collaborators":
        people = context.get("people")
        if people is not None:
            return {"helping": people.helping}
        return {"helping": [row.user for row in task.collaborations.select_related("user")]}
    return {}


@register.simple_tag(takes_context=True)
def may_tick(context: template.Context, task: Task) -> bool:
    """Return whether the signed-in person may tick items of the checklist."""
    return permissions.may_tick(context["request"].user, task)


@register.simple_tag(takes_context=True)
def why_not_close(context: template.Context, task: Task) -> str:
    """Return why the signed-in person cannot move ``task`` to done, or ""."""
    return permissions.why_not_close(context["request"].user, task)
