"""What an operator has to know about the task floor."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Warning
from django.db import connection

from tasks.models import SearchEntry
from tasks.search import index


def search_knows_every_task(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Asked by `check --database default` and `migrate`, not by every start."""
    if not databases or SearchEntry._meta.db_table not in connection.introspection.table_names():
        return []
    if not index.missing().exists():
        return []
    return [
        Warning(
            "Some tasks are not in the search index: nobody finds them.",
            hint="Run `python manage.py reindex_tasks`.",
            id="tasks.W001",
        )
    ]
