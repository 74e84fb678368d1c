"""A person's copy of their own data, made by the worker."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from portal.queue.models import LeasedRow
from portal.storage import private_storage


class DataExport(LeasedRow):
    """One ZIP. Its address works once, for its owner, until it expires."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="data_exports"
    )
    file = models.FileField(storage=private_storage, upload_to="exports", blank=True)
    token_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)  # per cent
    expires_at = models.DateTimeField(null=True, blank=True)
    downloaded_at = models.DateTimeField(null=True, blank=True)

    class Meta(LeasedRow.Meta):
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"export for {self.user_id}"

    @property
    def is_ready(self) -> bool:
        """Whether its owner can fetch it now."""
        fresh = self.expires_at is not None and self.expires_at > timezone.now()
        return fresh and self.downloaded_at is None and bool(self.file)

    @property
    def is_open(self) -> bool:
        """Whether it is being made, or waits for a worker."""
        return self.state == self.State.PENDING and not self.expires_at

    @property
    def has_failed(self) -> bool:
        return self.state == self.State.DEAD and not self.expires_at

    def advance(self, **changes: object) -> bool:
        """Write ``changes`` and keep the lease; False when another worker has it now."""
        return self._change(due_at=timezone.now() + settings.QUEUE_LEASE, **changes)
