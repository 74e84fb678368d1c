"""A person's copy of their own data, made by the worker."""

from django.conf import settings
from django.db import models

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
