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
from tasks.board.columns import board_statuses, ordered, recent
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
    previous, after, query = WAYS[where](request, task, query)
    back = reverse(VIEWS[where], args=[task.project.key])
    return Around(
        back=f"{back}?{query}" if query else back,
        query=f"in={where}&{query}" if query else f"in={where}",
        previous=previous,
        next=after,
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


Way = tuple[Task | None, Task | None, str]  # previous, next, and the query of the address


def _in_list(request: HttpRequest, task: Task, query: QueryDict) -> Way:
    wanted = listing.parse(query, project=task.project, user=request.user)
    order = Order(wanted.tasks(request.user), wanted.keys)
    here = task
    if any(key.expression for key in order.keys):
        here = annotated(Task.objects.filter(pk=task.pk), order.keys).get()
    return order.beyond(here, forward=False), order.beyond(here, forward=True), wanted.query


def _on_board(request: HttpRequest, task: Task, query: QueryDict) -> Way:
    """On a board: through the column the task stands in, then through its neighbours."""
    wanted = filters.parse(query, project=task.project, user=request.user)
    wanted = replace(wanted, shows=False)
    tasks = wanted.apply(permissions.tasks_in(task.project, request.user))
    ended = task.status.is_ended
    key = Key("closed_at", text, True) if ended else Key("position", number)
    order = Order(ordered(tasks, task.status), [key], falls=ended)
    previous, after = (
        order.beyond(task, forward) or _across(tasks, task, forward=forward)
        for forward in (False, True)
    )
    return previous, after, wanted.query


def _across(tasks: TaskQuerySet, task: Task, *, forward: bool) -> Task | None:
    """Return the first card of the columns behind, or the last of those before.

    The kept counters tell which columns are worth a question.
    """
    columns = board_statuses(task.project)
    here = next((n for n, column in enumerate(columns) if column.pk == task.status_id), None)
    if here is None:
        return None
    for column in columns[here + 1 :] if forward else columns[:here][::-1]:
        if not column.task_count:
            continue
        cards = recent(ordered(tasks, column), column).select_related("project")
        if found := cards.first() if forward else cards.last():
            return found
    return None


WAYS: dict[str, Callable[[HttpRequest, Task, QueryDict], Way]] = {
    "list": _in_list,
    "board": _on_board,
}
