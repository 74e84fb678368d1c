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

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

MAX_ATTEMPTS = 8
SUSPECT_ATTEMPTS = 3  # a row tried so often may be what kills its workers
FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=6)


class Permanent(Exception):
    """Handling this row can never succeed: do not try again."""


class Cancelled(Exception):
    """The row is no longer wanted, for instance because its recipient has left."""


def backoff(attempt: int) -> timedelta:
    """Return how long to wait after failed attempt number ``attempt`` (1, 2, …), with jitter.

    Eight attempts spread over most of a day: the waits are 1, 5 and 25 minutes, two hours,
    then three times six hours.
    """
    delay = min(FIRST_DELAY * 5 ** (attempt - 1), LONGEST_DELAY)
    return delay * random.uniform(0.8, 1.2)  # noqa: S311 - spreads load, guards nothing


class LeasedQuerySet(models.QuerySet):
    def due(self, now: datetime) -> Self:
        """Rows that a worker may take now, oldest first."""
        return self.filter(
            state=LeasedRow.State.PENDING, due_at__lte=now, attempts__lt=MAX_ATTEMPTS
        ).order_by("due_at")

    def lease_next(self, now: datetime | None = None, limit: int = 1) -> list:
        """Lease up to ``limit`` due rows and return them; an empty list when nothing is due.

        The conditional UPDATE lets exactly one of two racing workers win on either
        database. SKIP LOCKED spares PostgreSQL workers from queueing behind each other.
        """
        now = now or timezone.now()
        with transaction.atomic():
            candidates = self.due(now)
            if connection.features.has_select_for_update_skip_locked:
                # "of": a row's relations may be nullable, and are nobody's to lock.
                candidates = candidates.select_for_update(skip_locked=True, of=("self",))
            rows = list(candidates[:limit])
            # A suspect goes alone, so that it cannot use up the attempts of the rows beside it.
            together = [row for row in rows if row.attempts < SUSPECT_ATTEMPTS]
            if rows and rows[0].attempts >= SUSPECT_ATTEMPTS:
                together = rows[:1]
            return [row for row in together if row.lease(now)]

    def give_up_exhausted(self, now: datetime) -> int:
        """Mark rows dead whose last attempt never came back; return how many.

        Such a row killed or froze its worker each time, so nobody wrote an error.
        """
        return self.filter(
            state=LeasedRow.State.PENDING, due_at__lte=now, attempts__gte=MAX_ATTEMPTS
        ).update(
            state=LeasedRow.State.DEAD,
            finished_at=now,
            last_error="The worker stopped before the last attempt ended.",
        )

    def retry(self) -> int:
        """Make dead rows due again with fresh attempts; return how many."""
        return self.filter(state=LeasedRow.State.DEAD).update(
            state=LeasedRow.State.PENDING, due_at=timezone.now(), attempts=0, finished_at=None
        )


class LeasedRow(models.Model):
    """Base of every queue's row: when it is due, how often it was tried, how it ended."""

    wagtail_reference_index_ignore = True  # that index is for pages; it would cost each save

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

    RESULTS: tuple[str, ...] = ()  # fields a handler may set; written when its attempt ends

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

    def _change(self, **changes: object) -> bool:
        """Write ``changes`` unless somebody else has moved the row on; return whether it did.

        This is the fence: each lease has another attempt number and another end.
        """
        mine = type(self).objects.filter(
            pk=self.pk, attempts=self.attempts, due_at=self.due_at, state=self.State.PENDING
        )
        won = bool(mine.update(**changes))
        if won:
            for name, value in changes.items():
                setattr(self, name, value)
        return won

    def lease(self, now: datetime) -> bool:
        """Take the row until `settings.QUEUE_LEASE` has passed; False if another one did."""
        return self._change(due_at=now + settings.QUEUE_LEASE, attempts=self.attempts + 1)

    def release(self) -> bool:
        """Give back a leased row that was not begun, as if it had never been leased."""
        return self._change(due_at=timezone.now(), attempts=self.attempts - 1)

    def _end_attempt(self, **changes: object) -> bool:
        return self._change(**{name: getattr(self, name) for name in self.RESULTS}, **changes)

    def mark_done(self) -> bool:
        return self._end_attempt(state=self.State.DONE, finished_at=timezone.now(), last_error="")

    def mark_cancelled(self, reason: str) -> bool:
        return self._end_attempt(
            state=self.State.CANCELLED, finished_at=timezone.now(), last_error=reason
        )

    def mark_failed(self, error: Exception) -> bool:
        """Plan the next attempt, or give up after MAX_ATTEMPTS or a `Permanent` error."""
        message = _storable(f"{type(error).__name__}: {error}")
        if isinstance(error, Permanent) or self.attempts >= MAX_ATTEMPTS:
            return self._end_attempt(
                state=self.State.DEAD, finished_at=timezone.now(), last_error=message
            )
        return self._end_attempt(due_at=timezone.now() + backoff(self.attempts), last_error=message)


def _storable(message: str) -> str:
    """Return at most 2000 characters, without those that PostgreSQL refuses."""
    return message.encode(errors="backslashreplace").decode().replace("\0", "\\0")[:2000]


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
