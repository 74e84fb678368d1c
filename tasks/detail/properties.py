"""The properties of a task that are edited in place: one row each, in the order of the page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tasks import permissions, services
from tasks.forms.properties import (
    CollaboratorsForm,
    DueForm,
    LabelsForm,
    OwnerForm,
    ParentForm,
    PriorityForm,
    PropertyForm,
    RequesterForm,
    ReviewerForm,
    StartForm,
    StatusForm,
)
from tasks.models import Task

Save = Callable[[Task, AbstractBaseUser, dict[str, Any]], Any]


@dataclass(frozen=True)
class Property:
    """How one property is edited: its name in addresses, its form, and what saves it."""

    name: str
    label: Promise
    form: type[PropertyForm]
    save: Save
    capability: str = permissions.EDIT

    def editable(self, user: AbstractBaseUser, task: Task) -> bool:
        """Return whether ``user`` may edit it. A new request is answered first."""
        return permissions.may(user, self.capability, task) and not task.status.is_triage


def _fields(task: Task, user: AbstractBaseUser, data: dict[str, Any]) -> None:
    services.change_task(task=task, user=user, **data)


def _status(task: Task, user: AbstractBaseUser, data: dict[str, Any]) -> None:
    services.move_task(task=task, user=user, **data)


def _collaborators(task: Task, user: AbstractBaseUser, data: dict[str, Any]) -> None:
    services.set_collaborators(task=task, user=user, people=data["collaborators"])


def _labels(task: Task, user: AbstractBaseUser, data: dict[str, Any]) -> None:
    labels = list(data["labels"])
    if name := data.get("new_label"):
        labels.append(services.create_label(project=task.project, user=user, name=name))
    services.set_labels(task=task, user=user, labels=labels)


def _parent(task: Task, user: AbstractBaseUser, data: dict[str, Any]) -> None:
    services.set_parent(task=task, user=user, parent=data["parent"])


_ROWS = (
    Property("status", _("Status"), StatusForm, _status, permissions.MOVE),
    Property("owner", _("Owner"), OwnerForm, _fields),
    Property("collaborators", _("Helping"), CollaboratorsForm, _collaborators),
    Property("reviewer", _("Reviewer"), ReviewerForm, _fields),
    Property("priority", _("Priority"), PriorityForm, _fields),
    Property("due", _("Due"), DueForm, _fields),
    Property("labels", _("Labels"), LabelsForm, _labels),
    Property("start", _("Start"), StartForm, _fields),
    Property("requester", _("Asked by"), RequesterForm, _fields),
    Property("parent", _("Part of"), ParentForm, _parent),
)
PROPERTIES = {row.name: row for row in _ROWS}
