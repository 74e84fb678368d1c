"""What somebody who types "@to" or "#bike" in a text may mean."""

from django.contrib.auth.base_user import AbstractBaseUser

from tasks import permissions
from tasks.models import Project, Task
from tasks.people import readers
from tasks.quick_add.names import fold, person_names

SHOWN = 8


def people(
    words: str, project: Project, *, task: Task | None = None, team: bool = False
) -> list[AbstractBaseUser]:
    """Return the first people of ``project`` one of whose names begins with ``words``.

    On a ``task`` only those who will read it, and with ``team`` what is said among its team.
    """
    wanted = fold(words)
    rows = readers.to_offer(task, team=team) if task else permissions.people(project)
    if not wanted:
        return list(rows[:SHOWN])
    return [
        person
        for person in rows
        if any(fold(name).startswith(wanted) for name in person_names(person))
    ][:SHOWN]


def tasks(words: str, project: Project, viewer: AbstractBaseUser) -> list[Task]:
    """Return the tasks of ``project`` with this number or these words in the title, latest first."""
    rows = Task.objects.visible_to(viewer).with_row().filter(project=project)
    if words.isascii() and words.isdigit():
        rows = rows.filter(number=int(words[:9]))
    else:
        rows = rows.filter(title__icontains=words)
    return list(rows.order_by("-updated_at")[:SHOWN]) if words else []
