"""What happened to a task: one row per changed field, under one change id."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.actor import current_actor


class Activity(models.Model):
    """One changed field, or one event, of a task. Never edited.

    ``old_value`` and ``new_value`` are the words people saw at the time: a name, a status,
    an ISO date, the text. ``actor_name`` is frozen too, so the history stays readable after
    somebody has left.
    """

    class Kind(models.TextChoices):
        CREATED = "created", _("created")
        CHANGED = "changed", _("changed")
        COMMENTED = "commented", _("commented")
        ATTACHED = "attached", _("attached")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    change_id = models.UUIDField(default=uuid.uuid4, db_index=True)
    task = models.ForeignKey("tasks.Task", on_delete=models.CASCADE, related_name="activities")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="activities",
    )
    actor_name = models.CharField(max_length=150, blank=True)
    kind = models.CharField(max_length=10, choices=Kind)
    field = models.CharField(max_length=40, blank=True)
    old_value = models.TextField(blank=True)
    new_value = models.TextField(blank=True)
    comment = models.ForeignKey(
        "tasks.Comment", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at"]
        verbose_name_plural = "activities"
        indexes = [models.Index(fields=["task", "created_at"], name="tasks_activity_of_task")]

    def __str__(self) -> str:
        return f"{self.actor_name or 'System'} {self.kind} {self.field}".strip()

    def save(self, **kwargs) -> None:
        """Save with the acting person filled in, unless the caller named one."""
        if self._state.adding and self.actor_id is None and not self.actor_name:
            self.actor = current_actor()
            self.actor_name = self.actor.get_full_name()[:150] if self.actor else ""
        super().save(**kwargs)
