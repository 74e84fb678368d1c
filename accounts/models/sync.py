"""What synchronisation with the Auth server remembers: hints, sweeps, signing keys."""

import uuid
from functools import cache

from django.conf import settings
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.queue.models import LeasedQuerySet, LeasedRow


class SyncEventQuerySet(LeasedQuerySet):
    def waiting_for(self, subject: uuid.UUID) -> "SyncEventQuerySet":
        """Hints about one account that nobody has answered yet."""
        return self.filter(subject=subject, state=LeasedRow.State.PENDING)

    def close(self) -> int:
        """Mark hints done that another one's reading has answered; return how many."""
        return self.filter(state=LeasedRow.State.PENDING).update(
            state=LeasedRow.State.DONE, finished_at=timezone.now(), last_error=""
        )

    def replay(self) -> int:
        """Make ended hints due again, whatever came of them; return how many.

        Hints that were ignored name nobody who could be read, so they stay as they are.
        """
        ended = self.filter(subject__isnull=False).exclude(state=LeasedRow.State.PENDING)
        return ended.update(
            state=LeasedRow.State.PENDING, due_at=timezone.now(), attempts=0, finished_at=None
        )


class SyncEvent(LeasedRow):
    """Webhook inbox. A hint that somebody changed; the worker reads the truth itself.

    A cancelled hint was authentic, but none that we know: ``last_error`` says why.
    """

    dedupe_key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=20)
    subject = models.UUIDField(null=True)  # None: ignored, it named nobody
    hint = models.JSONField(default=dict)

    objects = SyncEventQuerySet.as_manager()

    class Meta(LeasedRow.Meta):
        verbose_name = _("account event")
        ordering = ["-created_at"]
        indexes = [
            *LeasedRow.Meta.indexes,
            models.Index(
                fields=["subject"], condition=Q(state="pending"), name="accounts_hints_of_subject"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject or 'nobody'}"

    def get_state_display(self) -> str:
        return "ignored" if self.state == self.State.CANCELLED else self.State(self.state).label

    def insert_if_new(self) -> bool:
        """Insert this row unless its dedupe key is known; return whether it was inserted.

        One statement and no transaction around it: whoever sends webhooks waits for it.
        """
        fields = self._meta.concrete_fields
        values = [
            field.get_db_prep_save(field.pre_save(self, add=True), connection) for field in fields
        ]
        with connection.cursor() as cursor:
            cursor.execute(_insert_statement(), values)
            return cursor.rowcount == 1


@cache
def _insert_statement() -> str:
    quote = connection.ops.quote_name
    fields = SyncEvent._meta.concrete_fields
    columns = ", ".join(quote(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    # Table and columns are the model's own; values are bound.
    return (
        f"INSERT INTO {quote(SyncEvent._meta.db_table)} ({columns}) VALUES ({marks}) "  # noqa: S608 - the model's own names
        f"ON CONFLICT ({quote('dedupe_key')}) DO NOTHING"
    )


class SweepRun(models.Model):
    """One reading of all accounts, or of those that changed lately, over the Admin API."""

    class Kind(models.TextChoices):
        INCREMENTAL = "incremental", _("Recent changes")
        FULL = "full", _("All accounts")

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        STOPPED = "stopped", _("Stopped by the brake")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=11, choices=Kind)
    state = models.CharField(max_length=7, choices=State, default=State.RUNNING)
    dry_run = models.BooleanField(default=False)
    # Renewed while it runs; one that stopped renewing is over, and another may begin.
    lease_until = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    seen = models.PositiveIntegerField(default=0)  # records read from the Auth server
    changed = models.PositiveIntegerField(default=0)
    malformed = models.PositiveIntegerField(default=0)  # rows that could not be read
    nominated = models.PositiveIntegerField(default=0)  # ours that no listing showed
    deactivated = models.PositiveIntegerField(default=0)  # in a dry run: that would have been
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("sweep")
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="running"), name="accounts_one_sweep_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.started_at:%Y-%m-%d %H:%M}"


class SweepRequest(LeasedRow):
    """A sweep that somebody asked for in the admin; the worker carries it out."""

    dry_run = models.BooleanField(default=True)
    confirm_mass = models.BooleanField(default=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta(LeasedRow.Meta):
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"sweep asked for at {self.created_at:%Y-%m-%d %H:%M}"


class KeySetSnapshot(models.Model):
    """The last signing keys the Auth server published: a restart during an outage reads them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    url = models.URLField(max_length=255, unique=True)
    document = models.JSONField()
    fetched_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.url


class ChangeLogPosition(models.Model):
    """How far the change log in Supabase's database was read. There is one row, or none."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    # Rows up to here were read and no earlier one can appear any more.
    transaction = models.BigIntegerField(default=0)
    row = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.transaction}/{self.row}"
