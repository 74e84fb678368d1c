"""What the head of a project's pages shows."""

from dataclasses import dataclass
from typing import Any

from django import template

from tasks import permissions
from tasks.models import Project
from tasks.people.faces import Faces, of_project
from tasks.projects.tabs import Tab, tabs

register = template.Library()


@dataclass(frozen=True)
class Head:
    tabs: list[Tab]
    faces: Faces | None  # None for who sees only their part of the project
    may_manage: bool
    project: Project

    @property
    def shown(self) -> tuple[Any, ...]:
        """Return all that the head is made of, but for what its page says."""
        project, tabs = self.project, tuple(tab.id for tab in self.tabs)
        own = (project.key, project.name, project.hue, project.archived_at is not None)
        return *own, self.faces, self.may_manage, tabs


@register.simple_tag(takes_context=True)
def project_head(context: template.Context) -> Head:
    """Return what the head of ``current_project`` shows."""
    user, project = context["request"].user, context["current_project"]
    sees_all = permissions.may(user, permissions.VIEW_ALL, project)
    return Head(
        tabs=tabs(user, project),
        faces=of_project(project) if sees_all else None,
        may_manage=permissions.may(user, permissions.MANAGE, project),
        project=project,
    )
