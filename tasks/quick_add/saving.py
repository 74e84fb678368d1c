"""Make drafts into tasks."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from tasks import services
from tasks.models import Task, one_change
from tasks.quick_add.parsing import Draft


@transaction.atomic
def save(drafts: Iterable[Draft], *, user: AbstractBaseUser) -> tuple[list[Task], UUID]:
    """Create all or none of ``drafts``, which are without errors.

    Return the tasks in their order, and the id of the one change they are: `services.undo`
    takes it back.
    """
    drafts = list(drafts)
    tasks = {}
    with one_change() as change:
        # Numbers lock the project's row: in one order, so that no two people wait for each other.
        for place in sorted(range(len(drafts)), key=lambda place: drafts[place].project.pk):
            tasks[place] = create(drafts[place], user)
    typed = [tasks[place] for place in range(len(drafts))]
    _stand_as_typed(typed)
    return typed, change


def _stand_as_typed(tasks: list[Task]) -> None:
    """Put the first line of a column on top: each new task went above the one before.

    They only change places among themselves, in columns that are locked until the commit.
    """
    columns: dict[UUID, list[Task]] = {}
    for task in tasks:
        columns.setdefault(task.status_id, []).append(task)
    for column in columns.values():
        places = sorted(task.position for task in column)
        for task, position in zip(column, places, strict=True):
            if task.position != position:
                Task.objects.filter(pk=task.pk).put_at(position)
                task.position = position


def create(draft: Draft, user: AbstractBaseUser, **place: Any) -> Task:
    """Create one. ``place``: the parent or the status of the task, see `services.create_task`."""
    return services.create_task(
        project=draft.project,
        user=user,
        title=draft.title,
        owner=draft.owner,
        priority=draft.priority,
        due_on=draft.due_on,
        due_at=draft.due_at,
        labels=draft.labels,
        **place,
    )
