"""Queries that are written once.

To write the SQL of a query takes Django longer than the database takes to answer it. Where
every page asks the same, the text is kept and only the values change.
"""

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import models

_uuid = models.UUIDField()


class Written:
    """A queryset that is built and compiled on its first use, then filled in.

    ``build`` takes values by name, UUIDs or texts, and puts them into the query as they are:
    nothing else may depend on them, as it is called once in each thread. For moments use the
    database's `Now()`: the one of the first use would stand still, and is refused.
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
        if self.build(**markers).query.get_compiler(using=rows.db).as_sql()[1] != params:
            raise ValueError("What stands in this query changes by itself: use Now() for a moment.")
        marked = {_as_param(m, compiler.connection): name for name, m in markers.items()}
        places = {
            n: marked[p] for n, p in enumerate(params) if isinstance(p, str | UUID) and p in marked
        }
        if set(places.values()) != set(values):
            raise ValueError("A value does not stand in this query as it is.")
        rows.query.get_compiler = lambda *args, **kwargs: compiler
        return rows, compiler, sql, params, places


def _marker(number: int, value: Any) -> Any:
    """Return a value of the same kind that nobody else puts into a query."""
    return UUID(int=0xABCDEF << 64 | number) if isinstance(value, UUID) else f"\ue000{number}"


def _as_param(value: Any, connection: Any) -> Any:
    return _uuid.get_db_prep_value(value, connection) if isinstance(value, UUID) else value
