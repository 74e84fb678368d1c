"""What people say on a task."""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tasks.models.activity import Activity, write_event
from tasks.models.bin import AliveManager
from tasks.models.task import Task
from tasks.models.versioned import Versioned

TOLD = frozenset({"body", "audience", "deleted_at", "resolved_at"})  # in the history


class Comment(Versioned):
    class Audience(models.TextChoices):
        EVERYONE = "everyone", _("Everyone who sees the task")
        TEAM = "team", _("Contributors and managers")

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="comments")
    # One level: a reply to a reply answers the comment above both.
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="replies"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="comments"
    )
    author_name = models.CharField(max_length=150)
    body = models.TextField(_("comment"), max_length=10_000)
    audience = models.CharField(
        _("who reads it"), max_length=8, choices=Audience, default=Audience.EVERYONE
    )
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    resolved_at = models.DateTimeField(null=True, blank=True, editable=False)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="task_comments_resolved",
    )
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AliveManager()
    everything = models.Manager()

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"Comment by {self.author_name} on {self.task_id}"

    @property
    def is_for_team(self) -> bool:
        return self.audience == self.Audience.TEAM

    def save(self, **kwargs: Any) -> None:
        """Save; what is new or said otherwise than before writes history in the transaction.

        A reply to what only the team reads is read by the team only.
        """
        with transaction.atomic():
            before = None
            if self._state.adding:
                self._fit_parent()
            else:
                Task.everything.lock(self.task_id)  # first, as everywhere
                rows = Comment.everything.select_for_update(of=("self",), no_key=True)
                before = rows.filter(pk=self.pk).first()
            fields = kwargs.get("update_fields")
            if before and fields is not None:
                self._catch_up(before, fields)
            if before and before.body != self.body:
                self.edited_at = timezone.now()
                if fields is not None:
                    kwargs["update_fields"] = [*fields, "edited_at"]
            super().save(**kwargs)
            self._tell(before)

    def _catch_up(self, before: "Comment", fields: Collection[str]) -> None:
        """Take over what is not saved now and others may have changed: history goes by the row."""
        for name in TOLD - set(fields):
            setattr(self, name, getattr(before, name))

    def _fit_parent(self) -> None:
        if self.parent_id and self.parent.parent_id:
            self.parent = self.parent.parent
        if self.parent_id and self.parent.is_for_team:
            self.audience = self.Audience.TEAM

    def _tell(self, before: "Comment | None") -> None:
        if before is None:
            self._count(1)
            Task.everything.filter(pk=self.task_id).touch()
            Activity(
                task=self.task,
                kind=Activity.Kind.COMMENTED,
                actor=self.author,
                actor_name=self.author_name,
                comment=self,
            ).save()
            return
        if before.body != self.body:
            write_event(self.task, "comment", old=before.body, new=self.body, comment=self)
        if before.audience != self.audience:
            self._tell_of_audience(before)
        for field, name in (("deleted_at", "comment_deleted"), ("resolved_at", "comment_resolved")):
            was, now = bool(getattr(before, field)), bool(getattr(self, field))
            if was == now:
                continue
            write_event(self.task, name, new="yes" if now else "", comment=self)
            if field == "deleted_at":
                self._count(-1 if now else 1)

    def _tell_of_audience(self, before: "Comment") -> None:
        """Move the counters, and write history, which search follows. Replies go to the team too."""
        if before.deleted_at is None:
            before._count(-1)
            self._count(1)
        who = {"old": before.audience, "new": self.audience}
        write_event(self.task, "comment_audience", **who, comment=self)
        if self.is_for_team:
            for reply in Comment.everything.filter(parent=self).exclude(audience=self.audience):
                reply.audience = self.audience
                reply.save(update_fields=["audience"])

    def _count(self, step: int) -> None:
        counter = "team_comment_count" if self.is_for_team else "comment_count"
        Task.everything.filter(pk=self.task_id).count_by(**{counter: step})

    def delete(self, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Put it in the bin. Its replies stay and say that something was deleted above them."""
        self.deleted_at = timezone.now()
        self.save(update_fields=["deleted_at"])
        return 1, {self._meta.label: 1}

    def restore(self) -> None:
        self.deleted_at = None
        self.save(update_fields=["deleted_at"])

    def purge(self) -> None:
        """Delete the row for good, and the history of its words; only from the bin."""
        if self.deleted_at is None:
            raise ValueError("This comment is not in the bin.")
        models.Model.delete(self)
