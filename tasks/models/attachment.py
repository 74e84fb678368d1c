"""The files people add to a task."""

from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from portal.storage import private_storage
from tasks.models.activity import Activity, write_event
from tasks.models.bin import AliveManager
from tasks.models.row import Row
from tasks.models.task import Task


def attachment_path(attachment: "Attachment", filename: str) -> str:
    """Return a path nobody can guess; the name people see is kept in the row only."""
    suffix = PurePath(filename).suffix.lower()[:10]
    return f"attachments/{attachment.pk.hex[:2]}/{attachment.pk.hex}{suffix}"


class Attachment(Row):
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="attachments")
    file = models.FileField(storage=private_storage, upload_to=attachment_path, max_length=150)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()  # bytes
    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="attachments",
    )
    uploader_name = models.CharField(max_length=150, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AliveManager()
    everything = models.Manager()

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("tasks:attachment", args=[self.pk])

    @property
    def is_image(self) -> bool:
        return self.content_type.startswith("image/")

    def save(self, **kwargs: Any) -> None:
        """Save; a new file writes its history row in the same transaction."""
        with transaction.atomic():
            adding = self._state.adding
            super().save(**kwargs)
            if adding:
                self._count(1)
                Task.everything.filter(pk=self.task_id).touch()
                Activity(
                    task=self.task,
                    kind=Activity.Kind.ATTACHED,
                    actor=self.uploader,
                    actor_name=self.uploader_name,
                    new_value=self.name,
                ).save()

    def _count(self, step: int) -> None:
        Task.everything.filter(pk=self.task_id).count_by(attachment_count=step)

    def delete(self, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Put it in the bin; the file stays until it is purged."""
        self._bin(timezone.now())
        return 1, {self._meta.label: 1}

    def restore(self) -> None:
        self._bin(None)

    def _bin(self, deleted_at: datetime | None) -> None:
        with transaction.atomic():
            rows = Attachment.everything.filter(pk=self.pk)
            changed = rows.filter(deleted_at__isnull=deleted_at is not None)
            self.deleted_at = deleted_at
            # Conditional: of two who delete it at once only one counts.
            if changed.update(deleted_at=deleted_at):
                self._count(-1 if deleted_at else 1)
                which = "old" if deleted_at else "new"
                write_event(self.task, "attachment", **{which: self.name}, raw=(str(self.pk), None))

    def purge(self) -> None:
        """Delete the row for good, and its file when that has committed; only from the bin."""
        if self.deleted_at is None:
            raise ValueError(f"{self.name} is not in the bin.")
        file = self.file
        with transaction.atomic():
            models.Model.delete(self)
            transaction.on_commit(lambda: file.storage.delete(file.name))
