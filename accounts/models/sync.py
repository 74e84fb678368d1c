"""What synchronisation with the Auth server remembers: hints, sweeps, signing keys."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.queue.models import LeasedRow


class SyncEvent(LeasedRow):
    """Webhook inbox. A hint that somebody changed; the worker reads the truth itself."""

    dedupe_key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=20)
    subject = models.UUIDField()
    hint = models.JSONField(default=dict)

    class Meta(LeasedRow.Meta):
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject}"


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
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    seen = models.PositiveIntegerField(default=0)  # records read from the Auth server
    changed = models.PositiveIntegerField(default=0)
    malformed = models.PositiveIntegerField(default=0)  # rows that could not be read
    nominated = models.PositiveIntegerField(default=0)  # ours that no listing showed
    deactivated = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.started_at:%Y-%m-%d %H:%M}"


class KeySetSnapshot(models.Model):
    """The last signing keys the Auth server published: a restart during an outage reads them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    url = models.URLField(max_length=255, unique=True)
    document = models.JSONField()
    fetched_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.url
