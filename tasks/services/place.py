"""Put a task somewhere on the board. The server computes the place; clients name neighbours."""

from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import OperationalError, transaction

from tasks import permissions
from tasks.models import Conflict, Status, Task
from tasks.models.changes import lock_columns
from tasks.models.task_queries import GAP
from tasks.services.work import require_move

ATTEMPTS = 5
MIN_GAP = 1e-3  # below this a column is numbered anew, long before doubles run out


class NoRoom(Exception):
    """The neighbours stand too close together. Helps: to number the column anew."""


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
    neighbours = {pk for pk in (after, before) if pk}
    seen = permissions.tasks_in(task.project, user).filter(pk__in=neighbours)
    if seen.count() != len(neighbours):
        raise Task.DoesNotExist("A neighbour belongs to another project.")
    for attempt in range(ATTEMPTS):
        try:
            return _place(task, user, status, (after, before))
        except NoRoom:
            _make_room(status)
        except OperationalError as error:
            if not _is_deadlock(error) or attempt == ATTEMPTS - 1:
                raise
    raise Conflict(task)


@transaction.atomic
def _place(
    task: Task, user: AbstractBaseUser, status: Status, neighbours: tuple[UUID | None, UUID | None]
) -> Task:
    row = Task.objects.all().locked(task.pk)
    require_move(row, user, status)
    lock_columns(row.status_id, status.pk)
    position = _between(status, row, *neighbours)
    if row.status_id == status.pk:
        Task.objects.filter(pk=row.pk).put_at(position)
        row.position = position
        return row
    row.status, row.position, row.placed = status, position, True
    row.save()
    return row


@transaction.atomic
def _make_room(status: Status) -> None:
    """Number a column anew, or leave that to the next attempt while one of its tasks is held.

    Its tasks are locked before it is, as everywhere: a mover who holds one of them and waits
    for the column would wait for ever. One that came in between the two may be held as well.
    """
    rows = Task.everything.filter(status=status)
    list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    lock_columns(status.pk)
    free = rows.select_for_update(no_key=True, skip_locked=True).values_list("pk")
    if len(free) == rows.count():
        Task.objects.number_anew(status)


def _is_deadlock(error: OperationalError) -> bool:
    """Return whether PostgreSQL ended one of several writers who waited for each other."""
    return getattr(error.__cause__, "pgcode", "") == "40P01"


def _between(status: Status, task: Task, after: UUID | None, before: UUID | None) -> float:
    """Return the place asked for. Raises NoRoom when there is none between the neighbours.

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
    if high - low <= MIN_GAP:
        raise NoRoom
    return (low + high) / 2


def _first(rows) -> float | None:
    return rows.values_list("position", flat=True).first()
