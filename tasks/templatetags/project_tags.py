"""What the head of a project's pages shows."""

from dataclasses import dataclass

from django import template

from tasks import permissions
from tasks.people.faces import Faces, of_project
from tasks.projects.tabs import Tab, tabs

register = template.Library()


@dataclass(frozen=True)
class Head:
    tabs: list[Tab]
    faces: Faces | None  # None for who sees only their part of the project
    may_manage: bool


@register.simple_tag(takes_context=True)
def project_head(context: template.Context) -> Head:
    """Return what the head of ``current_project`` shows."""
    user, project = context["request"].user, context["current_project"]
    sees_all = permissions.may(user, permissions.VIEW_ALL, project)
    return Head(
        tabs=tabs(user, project),
        faces=of_project(project) if sees_all else None,
        may_manage=permissions.may(user, permissions.MANAGE, project),
    )
