"""People of a task beside its owner: who helps, who watches, who was mentioned."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from tasks.models.row import Row


class Collaborator(Row):
    """Somebody who does a task together with its owner. Written by `Task.set_collaborators`."""

    task = models.ForeignKey("tasks.Task", on_delete=models.CASCADE, related_name="collaborations")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="collaborations"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["task", "user"], name="tasks_one_collaborator")
        ]

    def __str__(self) -> str:
        return f"{self.user} on {self.task_id}"


class Watch(Row):
    """Somebody who wants to hear of a task, or, ``muted``, no longer wants to."""

    task = models.ForeignKey("tasks.Task", on_delete=models.CASCADE, related_name="watches")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watches"
    )
    muted = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at"]
        verbose_name_plural = "watches"
        constraints = [models.UniqueConstraint(fields=["task", "user"], name="tasks_one_watch")]

    def __str__(self) -> str:
        return f"{self.user} watches {self.task_id}"


class Mention(Row):
    """Somebody was named with @ in a task's description or in a comment.

    Stands on their My work until they dismiss it.
    """

    task = models.ForeignKey("tasks.Task", on_delete=models.CASCADE, related_name="mentions")
    comment = models.ForeignKey(
        "tasks.Comment", null=True, blank=True, on_delete=models.CASCADE, related_name="mentions"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    dismissed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "comment", "user"],
                name="tasks_one_mention_in_comment",
            ),
            models.UniqueConstraint(
                fields=["task", "user"],
                condition=Q(comment=None),
                name="tasks_one_mention_in_body",
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "-created_at"],
                condition=Q(dismissed_at=None),
                name="tasks_mentions_of",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.task_id}"
