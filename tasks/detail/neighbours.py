"""The tasks before and after one, in the list or on the board somebody came from.

The address says which: `?in=list&show=done&sort=due` and so on; without it, the page one comes
from does. So it works without a script, and in a new tab.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve, reverse

from tasks import permissions
from tasks.board.columns import ordered
from tasks.lists import filters, listing
from tasks.lists.sorting import Key, number, text
from tasks.models import Task
from tasks.models.task_queries import TaskQuerySet

VIEWS = {"list": "tasks:list", "board": "tasks:board"}


@dataclass(frozen=True)
class Around:
    back: str  # the address of the list or board
    query: str  # what leads on from here: "in=list&show=done"
    previous: Task | None
    next: Task | None


@dataclass(frozen=True)
class Order:
    """Tasks, and what they are sorted by; last by their id, the largest first if ``falls``."""

    tasks: TaskQuerySet
    keys: list[Key]
    falls: bool = True

    def beyond(self, task: Task, forward: bool) -> Task | None:
        """Return the one that stands next to ``task``, wherever that would stand itself."""
        keys = [key if forward else replace(key, falls=not key.falls) for key in self.keys]
        falls = self.falls == forward
        where = Q(pk__lt=task.pk) if falls else Q(pk__gt=task.pk)
        for key in reversed(keys):
            where = key.behind(getattr(task, key.name), where)
        order = [f"-{key.name}" if key.falls else key.name for key in keys]
        rows = annotated(self.tasks, keys).filter(where).order_by(*order, "-pk" if falls else "pk")
        return rows.select_related("project").first()


def annotated(tasks: TaskQuerySet, keys: Iterable[Key]) -> TaskQuerySet:
    return tasks.annotate(**{key.name: key.expression for key in keys if key.expression})


def around(request: HttpRequest, task: Task) -> Around | None:
    """Return what stands around ``task`` where its reader came from, or None."""
    came = _came_from(request, task)
    if came is None or task.status.is_triage:
        return None
    where, query = came
    order, query = ORDERS[where](request, task, query)
    here = task
    if any(key.expression for key in order.keys):
        here = annotated(Task.objects.filter(pk=task.pk), order.keys).get()
    back = reverse(VIEWS[where], args=[task.project.key])
    return Around(
        back=f"{back}?{query}" if query else back,
        query=f"in={where}&{query}" if query else f"in={where}",
        previous=order.beyond(here, forward=False),
        next=order.beyond(here, forward=True),
    )


def _came_from(request: HttpRequest, task: Task) -> tuple[str, QueryDict] | None:
    if request.GET.get("in") in VIEWS:
        return request.GET["in"], request.GET
    url = urlsplit(request.htmx.current_url or request.headers.get("referer", ""))
    if url.netloc != request.get_host():
        return None
    try:
        match = resolve(url.path)
    except Resolver404:
        return None
    for where, name in VIEWS.items():
        if match.view_name == name and match.kwargs["key"] == task.project.key:
            return where, QueryDict(url.query)
    return None


def _of_list(request: HttpRequest, task: Task, query: QueryDict) -> tuple[Order, str]:
    wanted = listing.parse(query, project=task.project, user=request.user)
    return Order(wanted.tasks(request.user), wanted.keys), wanted.query


def _of_board(request: HttpRequest, task: Task, query: QueryDict) -> tuple[Order, str]:
    """On a board: the column the task stands in."""
    wanted = filters.parse(query, project=task.project, user=request.user)
    wanted = replace(wanted, shows=False)
    tasks = wanted.apply(permissions.tasks_in(task.project, request.user))
    ended = task.status.is_ended
    key = Key("closed_at", text, True) if ended else Key("position", number)
    return Order(ordered(tasks, task.status), [key], falls=ended), wanted.query


ORDERS: dict[str, Callable[[HttpRequest, Task, QueryDict], tuple[Order, str]]] = {
    "list": _of_list,
    "board": _of_board,
}
