"""Move a task, and its subtasks, to another project."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks import permissions
from tasks.models import Label, Project, Status, Task, one_change
from tasks.models.changes import lock_columns


@transaction.atomic
def move_to_project(*, task: Task, user: AbstractBaseUser, project: Project) -> Task:
    """Move ``task`` to ``project``; needs the right to edit in both. Its old key leads to it.

    It takes a new number and the first status of the same kind. Labels stay where the other
    project has one of the same name, people where they have a place in it. What is lost stands
    in the history, under one change id. It cannot be undone, only moved back. Raises
    ValidationError for a new request, which has to be answered where it came in, and
    Task.DoesNotExist when it went meanwhile where ``user`` cannot see it.
    """
    permissions.require(user, permissions.EDIT, project)
    _require_leave(task, user, project)
    if task.project_id == project.pk:
        return task
    project.take_turn()
    Task.everything.lock_around(task.pk, subtasks=True)
    # As it is now, wherever it is by now: it is asked about anew.
    task = Task.everything.visible_to(user).with_row().get(pk=task.pk)
    _require_leave(task, user, project)
    if task.project_id == project.pk:
        return task
    subtasks = list(Task.everything.filter(parent=task).with_row())
    here = [one.status_id for one in (task, *subtasks)]
    lock_columns(*here, *project.statuses.values_list("pk", flat=True))
    people = set(permissions.people(project).values_list("pk", flat=True))
    with one_change():
        task.parent = None
        for one in [task, *subtasks]:
            _move(one, project, people)
    return task


def _require_leave(task: Task, user: AbstractBaseUser, project: Project) -> None:
    permissions.require(user, permissions.EDIT, task)
    if task.status.is_triage and task.project_id != project.pk:
        raise ValidationError(_("%(key)s is a new request. Accept it first.") % {"key": task.key})


def _move(task: Task, project: Project, people: set) -> None:
    labels = {link.label.name.casefold() for link in task.label_links.select_related("label")}
    helpers = [row.user for row in task.collaborations.select_related("user")]
    task.status = _status_like(task.status, project)
    task.project = project
    for name in ("owner", "reviewer"):
        person = getattr(task, name)
        if person and person.pk not in people and not person.is_superuser:
            setattr(task, name, None)
    task.save()
    if labels:
        theirs = Label.objects.filter(project=project)
        task.set_labels(label for label in theirs if label.name.casefold() in labels)
    if helpers:
        task.set_collaborators(person for person in helpers if person.pk in people)


def _status_like(status: Status, project: Project) -> Status:
    """Return the first status of the same kind, else the first open, else the first ended one."""
    return project.first_status(status.category, *Status.OPEN, *Status.ENDED)
