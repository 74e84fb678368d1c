"""The outbox: e-mails that are owed, written in the transaction of the change."""

from typing import Any

from django.conf import settings
from django.db import models

from notifications.sealing import SEALED, emptied
from portal.queue.models import LeasedRow


class Email(LeasedRow):
    """One e-mail to one address.

    Guarantee: never lost after its transaction committed; sent at least once; a second copy
    is possible only when a worker dies between the mail server's yes and our commit, and
    then carries the same Message-ID.
    """

    idempotency_key = models.CharField(max_length=400, unique=True)
    template = models.CharField(max_length=60)
    context = models.JSONField(default=dict)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="emails",
    )
    to_name = models.CharField(max_length=150, blank=True)
    to_address = models.EmailField()
    thread = models.CharField(max_length=120, blank=True)
    subject = models.CharField(max_length=250, blank=True)  # as rendered by the last attempt

    RESULTS = ("subject",)

    class Meta(LeasedRow.Meta):
        ordering = ["-created_at"]
        verbose_name = "e-mail"

    def __str__(self) -> str:
        return f"{self.to_address}: {self.subject or self.template}"

    @property
    def facts(self) -> str:
        """The facts the e-mail tells, one on each line."""
        shown = {name: value for name, value in self.context.items() if name != SEALED}
        return "\n".join(f"{name}: {value}" for name, value in shown.items())

    def _end_attempt(self, **changes: Any) -> bool:
        if "state" in changes and SEALED in self.context:
            changes["context"] = emptied(self.context)  # it will never be rendered again
        return super()._end_attempt(**changes)
