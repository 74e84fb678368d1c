"""What happened to a task: one row per changed field, under one change id."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.actor import current_actor
from tasks.models.row import Row

_change: ContextVar[uuid.UUID | None] = ContextVar("change", default=None)


@contextmanager
def one_change(change_id: uuid.UUID | None = None) -> Iterator[uuid.UUID]:
    """Give all history written inside the block one change id; yield it.

    Blocks inside a block join it: what a bulk action does can be undone as one. With the
    ``change_id`` of an earlier block it goes on with that: a change of many takes several
    requests.
    """
    change_id = _change.get() or change_id or uuid.uuid4()
    token = _change.set(change_id)
    try:
        yield change_id
    finally:
        _change.reset(token)


def new_change_id() -> uuid.UUID:
    """Return the id of the change that is going on, or a new one."""
    return _change.get() or uuid.uuid4()


class Activity(Row):
    """One changed field, or one event, of a task. Never edited.

    ``old_value`` and ``new_value`` are the words people saw at the time: a name, a status,
    an ISO date, the text. ``old_raw`` and ``new_raw`` are what the row held, as JSON, where
    words are not enough to undo the change: an id, a number, a list of ids. ``actor_name`` is
    frozen too, so the history stays readable after somebody has left.
    """

    class Kind(models.TextChoices):
        CREATED = "created", _("created")
        CHANGED = "changed", _("changed")
        COMMENTED = "commented", _("commented")
        ATTACHED = "attached", _("attached")

    change_id = models.UUIDField(default=new_change_id, db_index=True)
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
    old_raw = models.JSONField(null=True, blank=True)
    new_raw = models.JSONField(null=True, blank=True)
    # The task's version after this change: tells what a person who began earlier has not seen.
    version = models.PositiveIntegerField(default=0)
    # What is said of a comment goes with it, and is read by nobody else than the comment.
    comment = models.ForeignKey(
        "tasks.Comment", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at"]
        verbose_name_plural = "activities"
        indexes = [models.Index(fields=["task", "created_at"], name="tasks_activity_of_task")]

    def __str__(self) -> str:
        return f"{self.actor_name or 'System'} {self.kind} {self.field}".strip()

    @property
    def is_talk(self) -> bool:
        """Return whether it is a comment itself, which is shown whole and not in a sentence."""
        return self.kind == self.Kind.COMMENTED and self.comment_id is not None

    def save(self, **kwargs: Any) -> None:
        """Save with the acting person filled in, unless the caller named one."""
        if self._state.adding and self.actor_id is None and not self.actor_name:
            self.actor = current_actor()
            self.actor_name = self.actor.get_full_name()[:150] if self.actor else ""
        super().save(**kwargs)


def write_event(
    task: models.Model,
    field: str,
    *,
    old: str = "",
    new: str = "",
    raw: tuple[Any, Any] = (None, None),
    **more: Any,
) -> Activity:
    """Write one row of history about what hangs on ``task``: a label, an item, a relation."""
    activity = Activity(
        task=task,
        kind=Activity.Kind.CHANGED,
        field=field,
        old_value=old,
        new_value=new,
        old_raw=raw[0],
        new_raw=raw[1],
        version=task.version,
        **more,
    )
    activity.save()
    return activity
