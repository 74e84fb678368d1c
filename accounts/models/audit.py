"""Who did what to whose account. Rows are added and never change."""

import uuid
from datetime import timedelta
from typing import Any, NoReturn

from django.db import models
from django.utils import timezone

RETENTION = timedelta(days=730)  # the trigger of accounts/append_only.py knows it too


class AppendOnly(Exception):
    """An audit entry was to be changed or deleted."""


class AuditQuerySet(models.QuerySet):
    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly("Audit entries are never changed.")

    def delete(self) -> NoReturn:
        raise AppendOnly("Audit entries are never deleted.")

    def forget_old(self) -> int:
        """Delete the entries whose time is up, the only ones that may go; return how many."""
        return self.filter(at__lt=timezone.now() - RETENTION)._raw_delete(self.db)


class AuditEntry(models.Model):
    """One event. People are ids and not foreign keys: an erased person's entries stay true.

    ``details`` is JSON without names, addresses, tokens or passwords.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    event = models.CharField(max_length=60, db_index=True)  # "sign-in.failed", "person.banned", …
    actor_id = models.UUIDField(null=True, blank=True, db_index=True)  # None: the system, a visitor
    target_id = models.UUIDField(null=True, blank=True, db_index=True)  # the person concerned
    address = models.GenericIPAddressField(null=True, blank=True)
    request_id = models.CharField(max_length=36, blank=True)
    details = models.JSONField(default=dict, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.event} at {self.at:%Y-%m-%d %H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly("Audit entries are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("Audit entries are never deleted.")
