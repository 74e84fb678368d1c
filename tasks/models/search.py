"""What search reads: the words of each task, kept beside it."""

from typing import Any
from uuid import UUID

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from tasks.models.row import Row

LAST_PLACE = 16_383  # the largest that a tsvector knows


def marker(project_id: UUID, *, team: bool) -> str:
    """Return the word that stands in each entry of a project for who may read it.

    No text holds it, because of the "#". It lets one index answer "these words, in the
    projects of this person".
    """
    return f"#{'t' if team else 'e'}{project_id.hex[:16]}"


class WordsField(models.Field):
    """Words with weights: a tsvector on PostgreSQL, elsewhere a text like " pump valve".

    Takes what `tasks.search.words.weighed` returns. Markers are words without a weight.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "tsvector" if connection.vendor == "postgresql" else "text"

    def get_placeholder(self, value: Any, compiler: Any, connection: BaseDatabaseWrapper) -> str:
        return "%s::tsvector" if connection.vendor == "postgresql" else "%s"

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        if value is None or isinstance(value, str):
            return value
        if connection.vendor != "postgresql":
            return "".join(f" {word}" for word, _weight, _place in value)
        return " ".join(
            f"'{word}':{min(place, LAST_PLACE)}{weight}" if weight else f"'{word}'"
            for word, weight, place in value
        )


class WordsIndex(GinIndex):
    """GIN without a list of late entries, which every search would have to read too."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("fastupdate", False)
        super().__init__(**kwargs)

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        if schema_editor.connection.vendor == "postgresql":
            return super().create_sql(model, schema_editor, using=using, **kwargs)
        # Other databases read the texts one by one; a small index keeps the name in use.
        plain = models.Index(fields=["for_team"], name=self.name)
        return plain.create_sql(model, schema_editor, **kwargs)


class SearchEntry(Row):
    """The words of one task that everybody of its project, or only its team, may find.

    Most tasks have one row for both. When the team has comments of its own there are two,
    and the second holds all words: whoever searches meets exactly one row of each task.
    Written by `tasks.search.index`.
    """

    task = models.ForeignKey("tasks.Task", on_delete=models.CASCADE, related_name="search_entries")
    project = models.ForeignKey(
        "tasks.Project", on_delete=models.CASCADE, related_name="search_entries"
    )
    for_everyone = models.BooleanField()
    for_team = models.BooleanField()
    words = WordsField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "search entries"
        constraints = [
            models.UniqueConstraint(fields=["task", "for_everyone"], name="tasks_one_search_entry")
        ]
        indexes = [
            WordsIndex(fields=["words"], name="tasks_search_words"),
            models.Index(fields=["project", "-changed_at"], name="tasks_search_project"),
            models.Index(fields=["-changed_at"], name="tasks_search_newest"),
        ]

    def __str__(self) -> str:
        return f"Words of {self.task_id}"
