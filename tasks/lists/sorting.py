"""In which order a list stands, and where its next page begins.

A page begins behind a place: the sort keys of the last task shown. `a <= x AND (a < x OR ...)`
lets an index start at the place, so the first page and the hundredth cost the same. No key is
ever NULL, which has no place in such a comparison: a task without a date stands at the last day.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db.models import DateField, F, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Lower
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from tasks.models import Task
from tasks.models.task_queries import TaskQuerySet

LONGEST_PLACE = 2_000  # characters


class BadPlace(ValueError):
    """An address names a place that no list of ours has given out."""


def text(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise BadPlace
    return value


def number(value: Any) -> int:
    if type(value) is not int or abs(value) >= 2**31:
        raise BadPlace
    return value


def _moment(value: Any) -> datetime:
    at = datetime.fromisoformat(text(value))
    if at.tzinfo is None:
        raise BadPlace
    return at.astimezone(UTC)


def _day(value: Any) -> date:
    return date.fromisoformat(text(value))


@dataclass(frozen=True)
class Key:
    """One thing that is sorted by: a column, or an expression that is never NULL."""

    name: str  # of the column, or for the expression
    read: Callable[[Any], Any]  # what a place says, checked
    falls: bool = False  # the largest first
    expression: Combinable | None = None

    def behind(self, value: Any, rest: Q) -> Q:
        """Return the condition of standing behind ``value``, or at it and behind the ``rest``."""
        side = "lt" if self.falls else "gt"
        beyond = Q(**{f"{self.name}__{side}": value})
        return Q(**{f"{self.name}__{side}e": value}) & (beyond | rest)


@dataclass(frozen=True)
class Sort:
    """A way to sort that people may choose."""

    id: str
    name: Promise
    backwards: Promise  # what the same way is called from its other end
    key: Key

    def turned(self) -> "Sort":
        key = replace(self.key, falls=not self.key.falls)
        return replace(self, name=self.backwards, backwards=self.name, key=key)


_BY_DUE = Coalesce(F("due_on"), Value(date.max), output_field=DateField())
SORTS = {
    sort.id: sort
    for sort in (
        Sort(
            "changed",
            lazy("Last changed"),
            lazy("Longest unchanged"),
            Key("updated_at", _moment, True),
        ),
        Sort("created", lazy("Newest"), lazy("Oldest"), Key("created_at", _moment, True)),
        Sort("due", lazy("Due"), lazy("Due last"), Key("by_due", _day, False, _BY_DUE)),
        Sort("priority", lazy("Priority"), lazy("Lowest priority"), Key("priority", number)),
        Sort(
            "title",
            lazy("Title"),
            lazy("Title, from Z to A"),
            Key("by_title", text, False, Lower("title")),
        ),
        Sort("number", lazy("Number"), lazy("Lowest number"), Key("number", number, True)),
    )
}


def in_order(tasks: TaskQuerySet, keys: Iterable[Key], place: str = "") -> TaskQuerySet:
    """Return ``tasks`` sorted by ``keys``, from behind ``place`` on. Raises BadPlace."""
    keys = list(keys)
    tasks = tasks.annotate(**{key.name: key.expression for key in keys if key.expression})
    tasks = tasks.order_by(*(f"-{k.name}" if k.falls else k.name for k in keys), "-pk")
    if not place:
        return tasks
    *values, pk = read_place(place, keys)
    behind = Q(pk__lt=pk)
    for key, value in reversed(list(zip(keys, values, strict=True))):
        behind = key.behind(value, behind)
    return tasks.filter(behind)


def place_of(task: Task, keys: Iterable[Key]) -> str:
    """Return where ``task``, from a list `in_order`, stands in it; for `?after=`."""
    values = [getattr(task, key.name) for key in keys]
    values = [v.isoformat() if isinstance(v, date) else v for v in values]
    packed = json.dumps([*values, str(task.pk)], separators=(",", ":"))
    return urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def read_place(place: str, keys: list[Key]) -> list[Any]:
    """Return the keys' values at ``place`` and the id of the task there. Raises BadPlace."""
    if len(place) > LONGEST_PLACE:
        raise BadPlace
    try:
        values = json.loads(urlsafe_b64decode(place + "=" * (-len(place) % 4)))
        if not isinstance(values, list) or len(values) != len(keys) + 1:
            raise BadPlace
        read = [key.read(value) for key, value in zip(keys, values[:-1], strict=True)]
        return [*read, UUID(text(values[-1]))]
    except (ValueError, OverflowError, RecursionError) as error:  # such as before the year 1
        raise BadPlace from error
