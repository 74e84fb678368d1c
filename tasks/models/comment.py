"""What people say on a task, and the files they add."""

import uuid
from pathlib import PurePath

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.storage import private_storage
from tasks.models.activity import Activity
from tasks.models.task import Task


class Comment(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="comments"
    )
    author_name = models.CharField(max_length=150)
    body = models.TextField(_("comment"), max_length=10_000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"Comment by {self.author_name} on {self.task_id}"

    def save(self, **kwargs) -> None:
        """Save; a new comment writes its history row in the same transaction."""
        with transaction.atomic():
            adding = self._state.adding
            super().save(**kwargs)
            if adding:
                Activity(
                    task=self.task,
                    kind=Activity.Kind.COMMENTED,
                    actor=self.author,
                    actor_name=self.author_name,
                    comment=self,
                ).save()


def attachment_path(attachment: "Attachment", filename: str) -> str:
    """Return a path nobody can guess; the name people see is kept in the row only."""
    suffix = PurePath(filename).suffix.lower()[:10]
    return f"attachments/{attachment.pk.hex[:2]}/{attachment.pk.hex}{suffix}"


class Attachment(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
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
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("tasks:attachment", args=[self.pk])

    @property
    def is_image(self) -> bool:
        return self.content_type.startswith("image/")

    def save(self, **kwargs) -> None:
        """Save; a new file writes its history row in the same transaction."""
        with transaction.atomic():
            adding = self._state.adding
            super().save(**kwargs)
            if adding:
                Activity(
                    task=self.task,
                    kind=Activity.Kind.ATTACHED,
                    actor=self.uploader,
                    actor_name=self.uploader_name,
                    new_value=self.name,
                ).save()
