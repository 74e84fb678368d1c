"""Make drafts into tasks."""

from collections.abc import Iterable

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from tasks import services
from tasks.models import Task
from tasks.quick_add.parsing import Draft


@transaction.atomic
def save(drafts: Iterable[Draft], *, user: AbstractBaseUser) -> list[Task]:
    """Create all or none of ``drafts``, which are without errors; return the tasks in order."""
    drafts = list(drafts)
    tasks = {}
    # Numbers lock the project's row: in one order, so that two people cannot wait for each other.
    for place in sorted(range(len(drafts)), key=lambda place: drafts[place].project.pk):
        draft = drafts[place]
        tasks[place] = services.create_task(
            project=draft.project,
            user=user,
            title=draft.title,
            owner=draft.owner,
            priority=draft.priority,
            due_on=draft.due_on,
        )
    return [tasks[place] for place in range(len(drafts))]
