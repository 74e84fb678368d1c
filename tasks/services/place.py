"""Put a task somewhere on the board. The server computes the place; clients name neighbours."""

from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from tasks import permissions
from tasks.models import Status, Task
from tasks.models.changes import lock_columns
from tasks.models.task_queries import GAP
from tasks.services.work import require_move

MIN_GAP = 1e-3  # below this a column is numbered anew, long before doubles run out


@transaction.atomic
def place_task(
    *,
    task: Task,
    user: AbstractBaseUser,
    status: Status,
    after: UUID | None = None,
    before: UUID | None = None,
) -> Task:
    """Put ``task`` into ``status`` right below the task ``after``, else right above ``before``.

    With neither, or when both have left the column meanwhile, it goes to the top. Raises
    Task.DoesNotExist for a neighbour from outside the project, and what `move_task` raises.
    """
    require_move(task, user, status)
    neighbours = {pk for pk in (after, before) if pk}
    seen = permissions.tasks_in(task.project, user).filter(pk__in=neighbours)
    if seen.count() != len(neighbours):
        raise Task.DoesNotExist("A neighbour belongs to another project.")
    row = Task.objects.select_for_update(of=("self",)).with_row().get(pk=task.pk)
    lock_columns(row.status_id, status.pk)
    position = _between(status, task, after, before)
    if position is None:
        Task.objects.number_anew(status)
        position = _between(status, task, after, before)
    if row.status_id == status.pk:
        Task.objects.filter(pk=task.pk).put_at(position)
        task.position = position
        return task
    task.status, task.position, task.placed = status, position, True
    task.save()
    return task


def _between(status: Status, task: Task, after: UUID | None, before: UUID | None) -> float | None:
    """Return the place asked for, or None when there is no room between the neighbours.

    Counts the bin and the archive too, so that what comes back finds its place free.
    """
    column = Task.everything.filter(status=status).exclude(pk=task.pk)
    at = dict(
        column.filter(pk__in=[pk for pk in (after, before) if pk]).values_list("pk", "position")
    )
    if after in at:
        low = at[after]
        rest = column.filter(position__gte=low).exclude(pk=after)
        high = _first(rest.order_by("position"))
    elif before in at:
        high = at[before]
        rest = column.filter(position__lte=high).exclude(pk=before)
        low = _first(rest.order_by("-position"))
    else:
        low, high = None, _first(column.order_by("position"))
    if low is None or high is None:
        return GAP if low is high else high - GAP if low is None else low + GAP
    return (low + high) / 2 if high - low > MIN_GAP else None


def _first(rows) -> float | None:
    return rows.values_list("position", flat=True).first()
