"""Queries that are written once.

To write the SQL of a query takes Django longer than the database takes to answer it. Where
every page asks the same, the text is kept and only the values change.
"""

import re
import threading
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models

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
        return rows, compiler, sql, params, places


def _places(params: Any, markers: dict[str, Any], connection: Any) -> dict[int, str]:
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
