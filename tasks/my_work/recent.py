"""What others did lately to the tasks on a person's page."""

from collections.abc import Iterable

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q

from tasks.detail import history
from tasks.models import Activity, Task

SHOWN = 8
TASKS_ASKED = 100  # the last changed of those on the page


def recent(user: AbstractBaseUser, tasks: Iterable[Task]) -> list[history.Entry]:
    """Return what others did to ``tasks``, which ``user`` sees, newest first."""
    latest = sorted({task.pk: task for task in tasks}.values(), key=lambda task: task.updated_at)
    ids = [task.pk for task in latest[-TASKS_ASKED:]]
    rows = history.readable_anywhere(Activity.objects.filter(task__in=ids), user)
    rows = rows.filter(Q(comment=None) | Q(comment__deleted_at=None)).exclude(actor=user)
    rows = rows.select_related("actor", "task__project", "comment")
    rows = rows.order_by("-created_at", "-change_id")[: SHOWN * 3]
    return history.gathered(rows, ids)[:SHOWN]
