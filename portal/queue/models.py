"""Queues are tables with leases.

Guarantee: a row whose transaction committed is handled at least once. A worker that dies
loses nothing, because `lease_next` moves `due_at` forward *before* the work starts: the
row comes due again by itself. Finishing is fenced by the attempt number, so a worker that
slept through its lease cannot overwrite the work of its successor.
"""

import random
import uuid
from datetime import datetime, timedelta
from typing import Self

from django.db import connection, models, transaction
from django.db.models import F
from django.utils import timezone

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 8
FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=6)


class Permanent(Exception):
    """Handling this row can never succeed: do not try again."""


class Cancelled(Exception):
    """The row is no longer wanted, for instance because its recipient has left."""


def backoff(attempt: int) -> timedelta:
    """Return how long to wait after failed attempt number ``attempt`` (1, 2, …), with jitter.

    Eight attempts spread over about a day: 1, 4, 16, 64 minutes, then 4 and 6 hours.
    """
    delay = min(FIRST_DELAY * 4 ** (attempt - 1), LONGEST_DELAY)
    return delay * random.uniform(0.8, 1.2)  # noqa: S311 - spreads load, guards nothing


class LeasedQuerySet(models.QuerySet):
    def due(self, now: datetime) -> Self:
        """Rows that a worker may take now, oldest first."""
        return self.filter(state=LeasedRow.State.PENDING, due_at__lte=now).order_by("due_at")

    def lease_next(self, now: datetime | None = None, limit: int = 1) -> list:
        """Lease up to ``limit`` due rows and return them; an empty list when nothing is due.

        The conditional UPDATE lets exactly one of two racing workers win on either
        database. SKIP LOCKED spares PostgreSQL workers from queueing behind each other.
        """
        now = now or timezone.now()
        leased = []
        with transaction.atomic():
            candidates = self.due(now)
            if connection.features.has_select_for_update_skip_locked:
                candidates = candidates.select_for_update(skip_locked=True)
            for row in candidates[:limit]:
                untouched = self.filter(pk=row.pk, state=LeasedRow.State.PENDING, due_at=row.due_at)
                if untouched.update(due_at=now + LEASE, attempts=F("attempts") + 1):
                    row.due_at = now + LEASE
                    row.attempts += 1
                    leased.append(row)
        return leased

    def retry(self) -> int:
        """Make dead or cancelled rows due again with fresh attempts; return how many."""
        return self.filter(state__in=[LeasedRow.State.DEAD, LeasedRow.State.CANCELLED]).update(
            state=LeasedRow.State.PENDING, due_at=timezone.now(), attempts=0, last_error=""
        )


class LeasedRow(models.Model):
    """Base of every queue's row: when it is due, how often it was tried, how it ended."""

    class State(models.TextChoices):
        PENDING = "pending", "waiting"
        DONE = "done", "done"
        CANCELLED = "cancelled", "cancelled"
        DEAD = "dead", "given up"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = LeasedQuerySet.as_manager()

    class Meta:
        abstract = True
        indexes = [
            # The worker's only query; finished rows stay out of it however many there are.
            models.Index(
                fields=["due_at"],
                condition=models.Q(state="pending"),
                name="%(app_label)s_%(class)s_due",
            ),
        ]

    def _end_attempt(self, **changes: object) -> bool:
        """Write ``changes`` if this attempt still owns the row; return whether it did."""
        mine = type(self).objects.filter(
            pk=self.pk, attempts=self.attempts, due_at=self.due_at, state=self.State.PENDING
        )
        won = bool(mine.update(**changes))
        if won:
            for name, value in changes.items():
                setattr(self, name, value)
        return won

    def mark_done(self) -> bool:
        return self._end_attempt(state=self.State.DONE, finished_at=timezone.now(), last_error="")

    def mark_cancelled(self, reason: str) -> bool:
        return self._end_attempt(
            state=self.State.CANCELLED, finished_at=timezone.now(), last_error=reason
        )

    def mark_failed(self, error: Exception) -> bool:
        """Plan the next attempt, or give up after MAX_ATTEMPTS or a `Permanent` error."""
        message = f"{type(error).__name__}: {error}"[:2000]
        if isinstance(error, Permanent) or self.attempts >= MAX_ATTEMPTS:
            return self._end_attempt(
                state=self.State.DEAD, finished_at=timezone.now(), last_error=message
            )
        return self._end_attempt(due_at=timezone.now() + backoff(self.attempts), last_error=message)


class ScheduledRun(LeasedRow):
    """One run of one job of `settings.SCHEDULE`: unique by job and slot, so it runs once."""

    job = models.CharField(max_length=60)
    slot = models.DateTimeField()

    class Meta(LeasedRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["job", "slot"], name="queue_one_run_per_slot")
        ]
        ordering = ["-slot"]

    def __str__(self) -> str:
        return f"{self.job} at {self.slot:%Y-%m-%d %H:%M}"
