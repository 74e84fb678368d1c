"""What the words of a quick task may stand for: a person's projects, and their people and labels."""

from functools import cached_property
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser

from tasks import permissions
from tasks.models import Label, Project


class Known:
    """Fetched when first asked for, so that text without markers costs nothing."""

    def __init__(self, user: AbstractBaseUser) -> None:
        self.user = user
        self.project_rows = permissions.projects_where(user, permissions.CREATE)
        self._people: dict[UUID, list[AbstractBaseUser]] = {}
        self._labels: dict[UUID, list[Label]] = {}

    @cached_property
    def projects(self) -> list[Project]:
        """The projects ``user`` may add tasks to."""
        return list(self.project_rows)

    def people(self, project: Project) -> list[AbstractBaseUser]:
        if project.pk not in self._people:
            self._people[project.pk] = list(permissions.people(project))
        return self._people[project.pk]

    def labels(self, project: Project) -> list[Label]:
        if project.pk not in self._labels:
            self._labels[project.pk] = list(project.labels.on_offer())
        return self._labels[project.pk]

    def may_give(self, person: AbstractBaseUser, project: Project) -> bool:
        """Return whether ``user`` may make ``person`` the owner: see `services.create_task`."""
        return person == self.user or permissions.may(self.user, permissions.EDIT, project)
