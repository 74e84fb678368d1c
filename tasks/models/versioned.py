"""Rows that two people may edit at once: the second of two savers is told, not obeyed."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext as _

from tasks.models.row import Row


class Conflict(Exception):
    """Somebody else has saved the row since this person began. ``row`` is as it is now.

    Trying again helps after a look at both versions.
    """

    def __init__(self, row: models.Model) -> None:
        super().__init__(_("Somebody else has changed this while you were writing."))
        self.row = row


class Versioned(Row):
    """A row with a number that grows by one with each save of an existing row."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def save(self, **kwargs: Any) -> None:
        if not self._state.adding:
            self.version += 1
            if (fields := kwargs.get("update_fields")) is not None:
                kwargs["update_fields"] = [*fields, "version"]
        super().save(**kwargs)

    @classmethod
    def locked(cls, pk: Any, version: int | None) -> Self:
        """Return the row locked for a change; needs a transaction.

        Raises Conflict when it is no longer at ``version``; None takes it at any.
        """
        row = cls._default_manager.select_for_update(of=("self",), no_key=True).get(pk=pk)
        if version is not None and row.version != version:
            raise Conflict(row)
        return row
