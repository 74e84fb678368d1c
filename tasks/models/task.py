"""Tasks: what has to be done, by whom, by when."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.templatetags.portal_tags import day
from tasks.models import changes
from tasks.models.activity import write_event
from tasks.models.label import Label
from tasks.models.people import Collaborator
from tasks.models.project import Project
from tasks.models.request import Request
from tasks.models.row import Row
from tasks.models.status import Status
from tasks.models.task_queries import TaskManager, TaskQuerySet

ALIVE = Q(deleted_at=None, archived_at=None)
OPEN = Q(deleted_at=None, archived_at=None, closed_at=None)
OFF = Q(deleted_at=None, snoozed_until__isnull=False)  # new requests that were put off


class Task(Row):
    class Priority(models.IntegerChoices):
        URGENT = 1, _("Urgent")
        HIGH = 2, _("High")
        NORMAL = 3, _("Normal")
        LOW = 4, _("Low")

    PRIORITY_LOOK = {
        Priority.URGENT: ("p-urgent", "red"),
        Priority.HIGH: ("p-high", "amber"),
        Priority.NORMAL: ("p-normal", "grey"),
        Priority.LOW: ("p-low", "grey"),
    }
    # What the history records. Each change of one of these is an Activity row.
    TRACKED = (
        "project_id",
        "parent_id",
        "title",
        "body",
        "status_id",
        "priority",
        "owner_id",
        "reviewer_id",
        "requester_id",
        "start_on",
        "start_at",
        "due_on",
        "due_at",
        "snoozed_until",
        "archived_at",
        "deleted_at",
    )

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="tasks")
    number = models.PositiveIntegerField(editable=False)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="subtasks"
    )
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("description"), blank=True)
    status = models.ForeignKey(Status, on_delete=models.PROTECT, related_name="tasks")
    # Where the task stands in its column, top first. Only the server writes it.
    position = models.FloatField(editable=False)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority, default=Priority.NORMAL
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="tasks_owned",
    )
    # A task that has one goes to review, and only the reviewer closes it.
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("reviewer"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="tasks_to_review",
    )
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="tasks_requested",
    )
    request = models.OneToOneField(
        Request,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="task",
    )
    # A day, and, where the hour matters, the moment; the day is the one of who set it.
    start_on = models.DateField(_("start"), null=True, blank=True)
    start_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateField(null=True, blank=True, editable=False)  # a new request
    version = models.PositiveIntegerField(default=1, editable=False)
    # Kept by whoever writes what is counted: a line of a list costs no COUNT(*).
    checklist_count = models.PositiveIntegerField(default=0, editable=False)
    checklist_done = models.PositiveIntegerField(default=0, editable=False)
    subtask_count = models.PositiveIntegerField(default=0, editable=False)
    subtask_done = models.PositiveIntegerField(default=0, editable=False)
    blocker_count = models.PositiveIntegerField(default=0, editable=False)
    comment_count = models.PositiveIntegerField(default=0, editable=False)
    team_comment_count = models.PositiveIntegerField(default=0, editable=False)
    attachment_count = models.PositiveIntegerField(default=0, editable=False)
    completed_at = models.DateTimeField(null=True, blank=True, editable=False)  # done
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)  # done or cancelled
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    placed = False  # a service chose the position: a change of status keeps it

    objects = TaskManager()
    everything = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="tasks_one_number"),
            models.CheckConstraint(
                condition=Q(due_at=None) | Q(due_on__isnull=False), name="tasks_due_has_day"
            ),
            models.CheckConstraint(
                condition=Q(start_at=None) | Q(start_on__isnull=False), name="tasks_start_has_day"
            ),
        ]
        indexes = [
            models.Index(
                fields=["project", "-updated_at", "-id"], condition=ALIVE, name="tasks_changed"
            ),
            models.Index(
                fields=["status", "-updated_at", "-id"], condition=ALIVE, name="tasks_list"
            ),
            models.Index(fields=["status", "position", "id"], name="tasks_board"),
            models.Index(  # a board's column of what has ended
                fields=["status", "-closed_at", "-id"],
                condition=ALIVE & Q(closed_at__isnull=False),
                name="tasks_ended",
            ),
            models.Index(fields=["owner", "due_on", "id"], condition=OPEN, name="tasks_my_work"),
            models.Index(fields=["reviewer", "due_on"], condition=OPEN, name="tasks_to_review"),
            models.Index(fields=["requester", "due_on"], condition=OPEN, name="tasks_asked_for"),
            models.Index(
                fields=["requester", "-updated_at"],
                condition=Q(deleted_at=None, request__isnull=False),
                name="tasks_my_requests",
            ),
            # What came and what was done in the last weeks, and what is due: the overview.
            models.Index(
                fields=["project", "created_at"],
                condition=Q(deleted_at=None),
                name="tasks_created",
            ),
            models.Index(
                fields=["project", "completed_at"],
                condition=Q(completed_at__isnull=False),
                name="tasks_completed",
            ),
            models.Index(fields=["project", "due_on", "id"], condition=OPEN, name="tasks_due"),
            models.Index(fields=["project", "snoozed_until"], condition=OFF, name="tasks_asleep"),
            models.Index(
                fields=["project", "-deleted_at"],
                condition=Q(deleted_at__isnull=False),
                name="tasks_bin",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.title}"

    @classmethod
    def from_db(cls, db, field_names, values) -> Self:
        task = super().from_db(db, field_names, values)
        task._loaded = {name: getattr(task, name) for name in cls.TRACKED if name in field_names}
        return task

    def refresh_from_db(self, using=None, fields=None, **kwargs) -> None:
        super().refresh_from_db(using=using, fields=fields, **kwargs)
        fresh = self.TRACKED if fields is None else set(fields) & set(self.TRACKED)
        loaded = self.__dict__.setdefault("_loaded", {})
        # Not getattr(): a field still deferred would be fetched from inside its own fetching.
        loaded.update({name: self.__dict__[name] for name in fresh if name in self.__dict__})

    def get_absolute_url(self) -> str:
        return reverse("tasks:detail", args=[self.key])

    @property
    def key(self) -> str:
        return f"{self.project.key}-{self.number}"

    @property
    def priority_icon(self) -> str:
        return self.PRIORITY_LOOK[self.priority][0]

    @property
    def priority_hue(self) -> str:
        return self.PRIORITY_LOOK[self.priority][1]

    @property
    def stands_out(self) -> bool:
        return self.priority <= self.Priority.HIGH

    @property
    def asked_by(self) -> str:
        """Return who wanted it: the visitor's or the member's name, or ""."""
        return self.request.name if self.request else str(self.requester or "")

    @property
    def is_done(self) -> bool:
        return self.status.is_done

    @property
    def holds_up(self) -> bool:
        """Return whether what waits for this task still has to wait."""
        return self.deleted_at is None and not self.status.is_ended

    @property
    def is_blocked(self) -> bool:
        return self.blocker_count > 0

    @property
    def labels(self) -> list[Label]:
        """Return its labels by name; ask for `with_labels()` where there are many tasks."""
        return sorted((link.label for link in self.label_links.all()), key=lambda one: one.name)

    @property
    def due_day(self) -> date | None:
        """Return the day it is due, in the reader's time zone."""
        return timezone.localdate(self.due_at) if self.due_at else self.due_on

    @property
    def due_kind(self) -> str:
        """Return "over", "today" or "": how an open task's due date is shown."""
        if self.due_on is None or self.status.category in Status.ENDED:
            return ""
        if self.due_at and self.due_at < timezone.now():
            return "over"
        today = timezone.localdate()
        return "over" if self.due_day < today else "today" if self.due_day == today else ""

    @property
    def due_words(self) -> str:
        """Return the due date as people say it: "Today, 14:00", "Thu 26 Nov", "3 days overdue"."""
        days = (timezone.localdate() - self.due_day).days
        if self.due_kind == "over" and days > 0:
            return ngettext("%(n)d day overdue", "%(n)d days overdue", days) % {"n": days}
        words = day(self.due_day)
        return f"{words}, {timezone.localtime(self.due_at):%H:%M}" if self.due_at else words

    def changed_fields(self) -> set[str]:
        """Return the names in TRACKED that were set since the row was loaded."""
        loaded = self.__dict__.get("_loaded", {})
        # Not getattr(): a field that was never loaded did not change either.
        here = {name: self.__dict__[name] for name in self.TRACKED if name in self.__dict__}
        return {n for n, value in here.items() if n not in loaded or loaded[n] != value}

    def save(self, **kwargs: Any) -> None:
        """Save what changed and write what it owes: counters, history, and through it mails.

        All in one transaction, for every writer: view, admin, API, shell.
        """
        kwargs.pop("update_fields", None)  # derived from what really changed
        with transaction.atomic():
            if self._state.adding:
                changes.insert(self, **kwargs)
            else:
                changes.update(self, **kwargs)
            self._loaded = {n: self.__dict__[n] for n in self.TRACKED if n in self.__dict__}

    def delete(self, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Put it in the bin, and its subtasks with it. Number and place stay its own."""
        with transaction.atomic():
            changes.put_in_bin(self)
        return 1, {self._meta.label: 1}

    def restore(self) -> None:
        """Take it back from the bin, with the subtasks that went there with it.

        And with what it is part of: it would lead to a page that is not there.
        """
        with transaction.atomic():
            changes.take_back(self)

    def purge(self) -> None:
        """Delete the row for good, with all that hangs on it; only from the bin.

        Its number is never given again. Files are left to the caller.
        """
        if self.deleted_at is None:
            raise ValueError(f"{self.key} is not in the bin.")
        models.Model.delete(self)

    def keep_alias(self) -> None:
        """Remember the key it has now: addresses with it keep working after a move."""
        TaskAlias.objects.get_or_create(project_id=self.project_id, number=self.number, task=self)

    def set_labels(self, labels: Iterable[Label]) -> bool:
        """Make ``labels`` its labels; return whether that changed anything. One row of history."""
        with transaction.atomic():
            Task.everything.lock(self.pk)
            before = [link.label for link in self.label_links.select_related("label").all()]
            after = sorted(set(labels), key=lambda label: label.name)
            return self._set_linked(
                "labels", TaskLabel, "label", sorted(before, key=lambda label: label.name), after
            )

    def set_collaborators(self, people: Iterable[AbstractBaseUser]) -> bool:
        """Make ``people`` those who do it with its owner. One row of history."""
        with transaction.atomic():
            Task.everything.lock(self.pk)
            before = [row.user for row in self.collaborations.select_related("user").all()]
            after = sorted(set(people), key=str)
            return self._set_linked(
                "collaborators", Collaborator, "user", sorted(before, key=str), after
            )

    def _set_linked(
        self, field: str, link: type[models.Model], to: str, before: Collection, after: Collection
    ) -> bool:
        gone = [row for row in before if row not in after]
        new = [row for row in after if row not in before]
        if not gone and not new:
            return False
        link.objects.filter(task=self, **{f"{to}__in": gone}).delete()
        link.objects.bulk_create(link(task=self, **{to: row}) for row in new)
        # Bound to the instance: what was prefetched is out of date now.
        self.__dict__.pop("_prefetched_objects_cache", None)
        rows = Task.everything.filter(pk=self.pk)
        rows.update(updated_at=timezone.now())
        write_event(
            self,
            field,
            old=", ".join(map(str, before)),
            new=", ".join(map(str, after)),
            raw=([str(row.pk) for row in before], [str(row.pk) for row in after]),
        )
        return True


class TaskLabel(Row):
    """A label on a task. Written by `Task.set_labels`, which keeps the history."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="label_links")
    label = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="task_links")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "label"], name="tasks_one_label_on_task")
        ]

    def __str__(self) -> str:
        return f"{self.label_id} on {self.task_id}"


class TaskAlias(Row):
    """A number that a task had in a project it has left: "REP-12" still leads to it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="task_aliases")
    number = models.PositiveIntegerField()
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="aliases")

    class Meta:
        verbose_name_plural = "task aliases"
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="tasks_one_alias")
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.number}"
