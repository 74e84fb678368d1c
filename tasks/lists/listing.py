"""A list as its address says: filters, order, groups, columns; and one page of it.

sort=due, or sort=-due turned around    group=owner    cols=status,due    after=<a place>
view=<id of the saved view that it began as>
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Count
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks import permissions
from tasks.lists import filters
from tasks.lists.filters import SHOWN, Filters
from tasks.lists.grouping import GROUPS, Group
from tasks.lists.rows import Like, Printer, Row
from tasks.lists.sorting import SORTS, Key, Sort, in_order, place_of, read_place
from tasks.models import Project, Status, Task
from tasks.models.task_queries import TaskQuerySet

PAGE = 50
COLUMNS: dict[str, Promise] = {
    "status": gettext_lazy("Status"),
    "priority": gettext_lazy("Priority"),
    "owner": gettext_lazy("Owner"),
    "reviewer": gettext_lazy("Reviewer"),
    "requester": gettext_lazy("Asked for by"),
    "start": gettext_lazy("Start"),
    "due": gettext_lazy("Due"),
    "created": gettext_lazy("Created"),
    "changed": gettext_lazy("Changed"),
}
USUAL = ("status", "priority", "owner", "due", "changed")


@dataclass(frozen=True)
class Head:
    """The head of a column: a link that sorts by it, where it can be sorted by."""

    id: str
    words: str
    query: str | None = None  # the address that is sorted by it
    order: str = ""  # for aria-sort

    @property
    def at_end(self) -> bool:
        return self.id in ("created", "changed")


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    next: str  # the place behind it, "" at the end

    @property
    def tasks(self) -> list[Task]:
        return [row.task for row in self.rows]


@dataclass(frozen=True)
class Listing:
    filters: Filters
    sort: Sort = SORTS["changed"]
    group: Group | None = None
    columns: tuple[str, ...] = USUAL
    view: UUID | None = None
    unknown: tuple[str, ...] = ()

    @cached_property
    def keys(self) -> list[Key]:
        """Return what it is sorted by: first what makes the groups, then what was chosen."""
        names = {key.name for key in self.group_keys}
        return [*self.group_keys, *([] if self.sort.key.name in names else [self.sort.key])]

    @cached_property
    def group_keys(self) -> list[Key]:
        return self.group.keys(self.filters.project) if self.group else []

    @property
    def repeats(self) -> bool:
        """Return whether a task may stand in several groups of its pages."""
        return self.group is not None and self.group.each is not None

    @cached_property
    def _heading_keys(self) -> list[Key]:
        return self.group.each(self.filters.project) if self.repeats else self.group_keys

    @cached_property
    def _page_keys(self) -> list[Key]:
        return [*self._heading_keys, *self.keys[len(self.group_keys) :]]

    @property
    def sort_value(self) -> str:
        """Return the order as the address says it: "due", or "-due" turned around."""
        turned = self.sort.key.falls != SORTS[self.sort.id].key.falls
        return f"-{self.sort.id}" if turned else self.sort.id

    @property
    def look(self) -> list[tuple[str, str]]:
        """Return what the address says beside the filters, as names and values."""
        pairs = [] if self.sort_value == "changed" else [("sort", self.sort_value)]
        pairs += [("group", self.group.id)] if self.group else []
        pairs += [] if self.columns == USUAL else [("cols", ",".join(self.columns))]
        return pairs + ([("view", str(self.view))] if self.view else [])

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return self.filters.pairs + self.look

    @cached_property
    def query(self) -> str:
        """Return the address of exactly this list, always in the same order."""
        return filters.encode(self.pairs)

    @property
    def saved(self) -> str:
        """Return the address as a saved view keeps it: without the view that it began as."""
        return filters.encode(self.without("view"))

    def without(self, *names: str) -> list[tuple[str, str]]:
        """Return its address but for some names: what a form carries along hidden."""
        return [pair for pair in self.pairs if pair[0] not in names]

    def of_board(self) -> "Listing":
        """Return the same filters for a board, which shows all columns in an order of its own."""
        return Listing(
            replace(self.filters, show="open", shows=False), view=self.view, unknown=self.unknown
        )

    @property
    def chips(self) -> list[filters.Chip]:
        return self.filters.chips_with(self.look)

    @property
    def width(self) -> int:
        """Return how many columns a heading has to span, at most."""
        return len(self.columns) + 2

    @property
    def caption(self) -> str:
        shows = {
            "open": _("Open tasks of %(project)s, sorted by: %(order)s"),
            "done": _("Done tasks of %(project)s, sorted by: %(order)s"),
            "all": _("All tasks of %(project)s, sorted by: %(order)s"),
        }
        words = {"project": self.filters.project, "order": self.sort.name}
        return shows[self.filters.show] % words

    @property
    def bare(self) -> str:
        """Return the address without filters, as "Clear all" leads to it."""
        show = [pair for pair in self.filters.pairs if pair[0] == "show"]
        return filters.encode(show + self.look)

    @property
    def heads(self) -> list[Head]:
        return [self._head("title", _("Task"))] + [
            self._head(name, str(COLUMNS[name])) for name in self.columns
        ]

    def _head(self, name: str, words: str) -> Head:
        if name not in SORTS:
            return Head(name, words)
        value, order = name, ""
        if self.sort.id == name:
            order = "descending" if self.sort.key.falls else "ascending"
            value = name if self.sort_value.startswith("-") else f"-{name}"
        pairs = [*self.without("sort"), *([] if value == "changed" else [("sort", value)])]
        return Head(name, words, filters.encode(pairs), order)

    def tasks(self, user: AbstractBaseUser, *, by_status: bool = False) -> TaskQuerySet:
        """Return all that match, in no order yet: only what ``user`` may see."""
        return self.filters.apply(
            permissions.tasks_in(self.filters.project, user, by_status=by_status)
        )

    def in_full(self, user: AbstractBaseUser) -> TaskQuerySet:
        """Return all that match, in the order of the list."""
        return in_order(self.tasks(user), self.keys)

    def page(self, user: AbstractBaseUser, place: str = "", size: int = PAGE) -> Page:
        """Return up to ``size`` tasks from behind ``place`` on. Raises BadPlace."""
        keys = self._page_keys
        names = [key.name for key in keys if key.expression]
        printer = Printer(self.filters.project, user, self.columns, names)

        def build() -> TaskQuerySet:
            return in_order(self.tasks(user), keys, place)

        rows = printer.read(build, size + 1, None if place else self._like(user))
        behind = place_of(rows[size - 1].task, keys) if len(rows) > size else ""
        if self.group:
            before = tuple(read_place(place, keys))[: len(self._heading_keys)] if place else None
            rows = list(self._under_headings(rows[:size], before, user))
        return Page(rows[:size], behind)

    def _like(self, user: AbstractBaseUser) -> Like | None:
        """Return what the query of the first page depends on; None where that is more than ids:
        filters, days (of groups, for what has no date), what is only this reader's."""
        project, show = self.filters.project, self.filters.show
        sees_all = permissions.may(user, permissions.VIEW_ALL, project)
        expressions = any(key.expression for key in self.keys)
        if self.filters.is_narrow or self.group or expressions or not sees_all:
            return None
        statuses = project.statuses.all()
        named = (Status.Category.TRIAGE, *(() if show == "all" else SHOWN[show]))
        ids = [status.pk for status in statuses if status.category in named]
        kind = show, self.sort_value, tuple(status.category for status in statuses)
        return Like(kind, [project.pk, *ids])

    def _under_headings(
        self, rows: list[Row], before: tuple | None, user: AbstractBaseUser
    ) -> Iterator[Row]:
        counts: dict[tuple, int] | None = None
        for row in rows:
            group = self.group.of(row.task, self._heading_keys)
            if group == before:
                yield row
                continue
            counts = self._counts(user) if counts is None else counts
            yield replace(row, heading=self.group.heading(row.task), below=counts.get(group))
            before = group

    def _counts(self, user: AbstractBaseUser) -> dict[tuple, int]:
        """Return how many tasks stand in each group, on all pages. One query."""
        keys = self._heading_keys
        rows = self.tasks(user).annotate(**{k.name: k.expression for k in keys if k.expression})
        rows = rows.order_by().values_list(*(key.name for key in keys)).annotate(n=Count("pk"))
        return {tuple(group): n for *group, n in rows}


def parse(query: QueryDict, *, project: Project, user: AbstractBaseUser) -> Listing:
    """Read a list's address. Never raises: what means nothing is in `unknown`."""
    found = filters.parse(query, project=project, user=user)
    unknown = list(found.unknown)
    sort, group = query.get("sort", ""), query.get("group", "")
    if sort and sort.removeprefix("-") not in SORTS:
        unknown, sort = [*unknown, "sort"], ""
    if group and group not in GROUPS:
        unknown, group = [*unknown, "group"], ""
    order = SORTS[sort.removeprefix("-") or "changed"]
    return Listing(
        found,
        order.turned() if sort.startswith("-") else order,
        GROUPS.get(group),
        _columns(query, unknown),
        _id(query.get("view", "")),
        tuple(unknown),
    )


def _id(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def _columns(query: QueryDict, unknown: list[str]) -> tuple[str, ...]:
    names = {name for value in query.getlist("cols")[:20] for name in value.split(",")[:20] if name}
    if names - COLUMNS.keys():
        unknown.append("cols")
    chosen = tuple(name for name in COLUMNS if name in names)
    return chosen or USUAL
