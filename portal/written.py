"""Queries that are written once.

To write the SQL of a query takes Django longer than the database takes to answer it. Where
every page asks the same, the text is kept and only the values change.
"""

import re
import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connections, models

MOST_KINDS = 200  # of statements that are alike, for each `Alike` in each thread
DAY = re.compile(r"\d{4}-\d\d-\d\d")
_uuid = models.UUIDField()


class Written:
    """A queryset that is built and compiled on its first use, then filled in.

    ``build`` takes values by name, UUIDs or texts, and puts them into the query as they are.
    It is called twice in each thread, with values that belong to nobody: nothing else may
    depend on them, on who asks or in which language, and it asks the database nothing. A
    moment or a day of the first use would stand still: use the database's `Now()`. Those, and
    `prefetch_related`, which would not be done, are refused.
    """

    def __init__(self, build: Callable[..., models.QuerySet]) -> None:
        self.build = build
        self._compiled = threading.local()  # as connections are

    def __call__(self, **values: Any) -> list[Any]:
        """Return the rows for these values."""
        rows, compiler, sql, params, places = self._for(values)
        filled = list(params)
        for place, name in places.items():
            filled[place] = _as_param(values[name], compiler.connection)
        compiler.as_sql = lambda *args, **kwargs: (sql, tuple(filled))
        return list(rows._iterable_class(rows))

    def _for(self, values: dict[str, Any]) -> tuple[Any, ...]:
        known = self._compiled.__dict__
        if "compiled" not in known:
            known["compiled"] = self._compile(values)
        return known["compiled"]

    def _compile(self, values: dict[str, Any]) -> tuple[Any, ...]:
        markers = {name: _marker(number, values[name]) for number, name in enumerate(values)}
        rows = self.build(**markers)
        compiler = rows.query.get_compiler(using=rows.db)
        sql, params = compiler.as_sql()
        again = self.build(**markers).query.get_compiler(using=rows.db).as_sql()
        if again != (sql, params) or any(map(_is_day, params)):
            raise ValueError("What stands in this query changes by itself: use Now() for a moment.")
        if rows._prefetch_related_lookups:
            raise ValueError("A written query prefetches nothing: join, or ask a second time.")
        places = _places(params, markers, compiler.connection)
        rows.query.get_compiler = lambda *args, **kwargs: compiler
        converters = compiler.get_converters([one for one, *_ in compiler.select])
        compiler.get_converters = lambda _expressions: converters  # asked on each use
        return rows, compiler, sql, params, places


@dataclass(frozen=True)
class Statement:
    """A query as Django has written it, with what turns its rows into values of Python."""

    sql: str
    params: tuple[Any, ...]
    compiler: Any

    @classmethod
    def of(cls, rows: models.QuerySet) -> "Statement | None":
        """Return the statement of ``rows``, from `values_list()`; None when there can be none."""
        compiler = rows.query.get_compiler(rows.db)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return None
        return cls(sql, tuple(params), compiler)

    def over(self, rows: "Statement", table: str) -> "Statement":
        """Return the same, asked of ``rows`` as if they were the whole of ``table``.

        No parameter of its own may stand behind: it chooses none of them itself.
        """
        name = self.compiler.connection.ops.quote_name(table)
        before, found, behind = self.sql.partition(f" FROM {name}")
        if not found or before.count("%s") != len(self.params):
            raise ValueError(f"This statement does not read the whole of {table}.")
        sql = f"{before} FROM ({rows.sql}) AS {name}{behind}"
        return Statement(sql, self.params + rows.params, self.compiler)

    def rows(self, params: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """Return the rows, with other ``params`` than its own if there are any."""
        with connections[self.compiler.using].cursor() as cursor:
            cursor.execute(self.sql, self.params if params is None else params)
            rows = cursor.fetchall()
        if not self._converters:
            return rows
        return [tuple(row) for row in self.compiler.apply_converters(rows, self._converters)]

    @cached_property
    def _converters(self) -> dict[int, Any]:
        return self.compiler.get_converters([one for one, *_ in self.compiler.select])


class Alike:
    """Statements that are the same but for some ids: written for the first, filled in for others.

    Each thread knows `MOST_KINDS` of them and forgets all when there are more.
    """

    def __init__(self) -> None:
        self._known = threading.local()  # as connections are

    def rows(
        self, kind: Hashable, ids: Sequence[UUID], write: Callable[[], Statement | None]
    ) -> list[tuple[Any, ...]]:
        """Return the rows of what ``write`` writes, for these ids.

        ``kind`` names all that the statement depends on but the ids, and so no date: those who
        come with the same kind get the same text. Each of ``ids`` has to stand in it.
        """
        kinds = self._known.__dict__.setdefault("kinds", {})
        kind = kind, len(ids)
        if kind not in kinds:
            if len(kinds) >= MOST_KINDS:
                kinds.clear()
            kinds[kind] = _with_places(write, ids)
        statement, places = kinds[kind]
        if statement is None:
            return []
        filled, connection = list(statement.params), statement.compiler.connection
        own = [_as_param(one, connection) for one in ids]
        for place, number in places.items():
            filled[place] = own[number]
        return statement.rows(filled)


def _with_places(
    write: Callable[[], Statement | None], ids: Sequence[UUID]
) -> tuple[Statement | None, dict[int, int]]:
    """Return what is written, and where in its parameters which of ``ids`` stands."""
    statement, again = write(), write()
    if statement is None or again is None:
        return None, {}
    same = (statement.sql, statement.params) == (again.sql, again.params)
    if not same or any(map(_is_day, statement.params)):
        raise ValueError("What stands in this query changes by itself: it has no kind.")
    return statement, _places(statement.params, dict(enumerate(ids)), statement.compiler.connection)


def _places(params: Any, markers: dict[Any, Any], connection: Any) -> dict[int, Any]:
    """Return where among the parameters which value stands."""
    marked = {_as_param(marker, connection): name for name, marker in markers.items()}
    places, rest = {}, []
    for place, param in enumerate(params):
        if isinstance(param, str | UUID) and param in marked:
            places[place] = marked[param]
        else:
            rest.append(str(param))
    changed = [param for param in rest for marker in marked if str(marker) in param]
    if changed or set(places.values()) != set(markers):
        raise ValueError("A value does not stand in this query as it is.")
    return places


def _marker(number: int, value: Any) -> Any:
    """Return a value of the same kind that nobody else puts into a query."""
    return UUID(int=0xABCDEF << 64 | number) if isinstance(value, UUID) else f"\ue000{number}"


def _is_day(param: Any) -> bool:
    """Tell whether a parameter is a day or a moment; SQLite is given both as text."""
    return isinstance(param, date) or (isinstance(param, str) and bool(DAY.match(param)))


def _as_param(value: Any, connection: Any) -> Any:
    return _uuid.get_db_prep_value(value, connection) if isinstance(value, UUID) else value
