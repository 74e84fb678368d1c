"""How two tasks belong together. Stored once; the other direction is read from the same row."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks.models.activity import write_event
from tasks.models.row import Row

REACH = 2_000  # tasks looked at before a chain of blocks counts as too long


class Relation(Row):
    """``source`` blocks, duplicates, or has to do with ``target``."""

    class Kind(models.TextChoices):
        BLOCKS = "blocks", gettext_lazy("Blocks")
        DUPLICATES = "duplicates", gettext_lazy("Duplicates")
        RELATES = "relates", gettext_lazy("Relates to")

    # As the target says it.
    INVERSE = {
        Kind.BLOCKS: ("blocked_by", gettext_lazy("Blocked by")),
        Kind.DUPLICATES: ("duplicated_by", gettext_lazy("Duplicated by")),
        Kind.RELATES: ("relates", gettext_lazy("Relates to")),
    }

    source = models.ForeignKey(
        "tasks.Task", on_delete=models.CASCADE, related_name="relations_from"
    )
    target = models.ForeignKey("tasks.Task", on_delete=models.CASCADE, related_name="relations_to")
    kind = models.CharField(max_length=10, choices=Kind)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["source", "target", "kind"], name="tasks_one_relation"),
            models.CheckConstraint(
                condition=~Q(source=F("target")), name="tasks_no_relation_to_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"

    def save(self, **kwargs: Any) -> None:
        """Add the relation, once and without a circle, and say so on both tasks.

        Raises ValidationError for one that exists, in either direction, or that would close a
        circle of tasks waiting for each other.
        """
        with transaction.atomic():
            self._lock_both()
            self._check()
            super().save(**kwargs)
            self._tell(old=False)

    def delete(self, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            self._lock_both()
            result = super().delete(**kwargs)
            self._tell(old=True)
        return result

    @classmethod
    def _tasks(cls) -> models.QuerySet:
        return cls._meta.get_field("source").related_model.everything.all()

    def _lock_both(self) -> None:
        ids = [self.source_id, self.target_id]
        self._tasks().lock(*ids)
        rows = self._tasks().select_related("project", "status").in_bulk(ids)
        self.source, self.target = rows[self.source_id], rows[self.target_id]

    def _check(self) -> None:
        if self.source_id == self.target_id:
            raise ValidationError(_("A task cannot be related to itself."))
        either = Q(source=self.source, target=self.target)
        if self.kind == self.Kind.RELATES:
            either |= Q(source=self.target, target=self.source)
        if Relation.objects.filter(either, kind=self.kind).exists():
            raise ValidationError(_("These two tasks are related in this way already."))
        if self.kind != self.Kind.RELATES and self._reaches(self.target_id, self.source_id):
            raise ValidationError(
                _("%(target)s already waits for %(source)s the other way round.")
                % {"target": self.source.key, "source": self.target.key}
            )

    def _reaches(self, start: uuid.UUID, goal: uuid.UUID) -> bool:
        """Return whether following relations of this kind from ``start`` leads to ``goal``."""
        seen, edge = {start}, {start}
        while edge and len(seen) < REACH:
            rows = Relation.objects.filter(source__in=edge, kind=self.kind)
            edge = set(rows.values_list("target_id", flat=True)) - seen
            if goal in edge:
                return True
            seen |= edge
        return len(seen) >= REACH

    def _tell(self, *, old: bool) -> None:
        """Move the count of blockers and write the history of both ends."""
        if self.kind == self.Kind.BLOCKS and self.source.holds_up:
            self._tasks().filter(pk=self.target_id).count_by(blocker_count=-1 if old else 1)
        inverse = self.INVERSE[self.Kind(self.kind)][0]
        which = "old" if old else "new"
        kept = {"source": str(self.source_id), "target": str(self.target_id), "kind": self.kind}
        raw = (kept, None) if old else (None, kept)
        write_event(self.source, self.kind, **{which: self.target.key}, raw=raw)
        write_event(self.target, inverse, **{which: self.source.key}, raw=raw)
