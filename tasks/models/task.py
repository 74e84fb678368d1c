"""Tasks, and the request a visitor sent that became one."""

import secrets
import uuid
from datetime import date, datetime
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.actor import current_actor
from portal.templatetags.portal_tags import day
from tasks.models.activity import Activity
from tasks.models.project import Membership, Project, Status


def new_token() -> str:
    return secrets.token_urlsafe(24)


class Request(models.Model):
    """What a visitor sent through a form: who asked, their answers, and their status link."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    name = models.CharField(max_length=150)
    email = models.EmailField(blank=True)
    form_title = models.CharField(max_length=255, blank=True)
    # [{"label": "House", "value": "Alder House"}, …] in the order of the form.
    answers = models.JSONField(default=list)
    decline_reason = models.TextField(blank=True)
    # Drawn when the form is shown: the same form sent twice is one request.
    submission_key = models.UUIDField(unique=True, null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(Upper("email"), "created_at", name="tasks_request_sender")]

    def __str__(self) -> str:
        return f"{self.form_title or 'Request'} by {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("tasks:request-status", args=[self.token])


class TaskQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(status__category__in=Status.OPEN)

    def in_triage(self) -> Self:
        return self.filter(status__category=Status.Category.TRIAGE)

    def visible_to(self, user) -> Self:
        """Tasks ``user`` may see; every view, export, block and mail goes through here.

        Guests see what they own or asked for. New requests are for those who triage, and
        for the person who asked.
        """
        if user is None or not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        memberships = Membership.objects.of(user)
        full = memberships.exclude(role=Membership.Role.GUEST).values("project_id")
        any_role = memberships.values("project_id")
        triage = memberships.filter(role=Membership.Role.MANAGER).values("project_id")
        shared = Q(project__visibility=Project.Visibility.SIGNED_IN)
        own = Q(owner=user) | Q(requester=user)
        return self.filter(
            (Q(project__in=full) | shared) & ~Q(status__category=Status.Category.TRIAGE)
            | Q(project__in=triage)
            | (Q(project__in=any_role) | shared) & own
        )

    def with_key(self, key: str) -> Self:
        """The one task called ``key``, such as "REP-12"."""
        project, _, number = key.rpartition("-")
        return self.filter(project__key=project, number=int(number))

    def with_row(self) -> Self:
        """Join everything one line of a list shows, so that lists cost one query."""
        return self.select_related("project", "status", "owner")

    def hand_over(self, to: AbstractBaseUser) -> int:
        """Make ``to`` the owner of all of these and return how many; needs a transaction.

        The history is the one that `Task.save()` writes, under one change id. Nobody is
        mailed about each task: the caller tells ``to`` once.
        """
        change_id, actor = uuid.uuid4(), current_actor()
        tasks = list(self.select_related("owner").select_for_update(of=("self",)))
        history = [
            Activity(
                task=task,
                change_id=change_id,
                kind=Activity.Kind.CHANGED,
                field="owner",
                old_value=str(task.owner or ""),
                new_value=str(to),
                actor=actor,
                actor_name=actor.get_full_name()[:150] if actor else "",
            )
            for task in tasks
        ]
        for start in range(0, len(tasks), 500):
            ids = [task.pk for task in tasks[start : start + 500]]
            Task.objects.filter(pk__in=ids).update(owner=to, updated_at=timezone.now())
        Activity.objects.bulk_create(history, batch_size=500)
        return len(tasks)

    def backdate(self, created_at: datetime, updated_at: datetime) -> None:
        """Say when these tasks were really opened and changed: for imports and the demo."""
        self.update(created_at=created_at, updated_at=updated_at)


class Task(models.Model):
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
    TRACKED = ("title", "body", "status_id", "priority", "owner_id", "due_on")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="tasks")
    number = models.PositiveIntegerField(editable=False)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("description"), blank=True)
    status = models.ForeignKey(Status, on_delete=models.PROTECT, related_name="tasks")
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
    due_on = models.DateField(_("due"), null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="tasks_one_number")
        ]
        indexes = [
            models.Index(fields=["project", "status", "-updated_at"], name="tasks_list"),
            models.Index(fields=["project", "-updated_at", "-id"], name="tasks_changed"),
            models.Index(fields=["owner", "due_on"], name="tasks_my_work"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.title}"

    @classmethod
    def from_db(cls, db, field_names, values) -> Self:
        task = super().from_db(db, field_names, values)
        task._loaded = {name: getattr(task, name) for name in cls.TRACKED if name in field_names}
        return task

    @property
    def due_words(self) -> str:
        """Return the due date as people say it: "Today", "Thu 26 Nov", "3 days overdue"."""
        if self.due_kind != "over":
            return day(self.due_on)
        days = (timezone.localdate() - self.due_on).days
        return ngettext("%(n)d day overdue", "%(n)d days overdue", days) % {"n": days}

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
    def due_kind(self) -> str:
        """Return "over", "today" or "": how an open task's due date is shown."""
        if self.due_on is None or self.status.category in Status.ENDED:
            return ""
        today = timezone.localdate()
        return "over" if self.due_on < today else "today" if self.due_on == today else ""

    def save(self, **kwargs: Any) -> None:
        """Save what changed and write what it owes: counters, history, and through it mails.

        All in one transaction, for every writer: view, admin, API, shell.
        """
        kwargs.pop("update_fields", None)  # derived below, from what really changed
        with transaction.atomic():
            if self._state.adding:
                self._insert(**kwargs)
            else:
                self._update(**kwargs)
            self._loaded = {n: self.__dict__[n] for n in self.TRACKED if n in self.__dict__}

    def _insert(self, **kwargs: Any) -> None:
        self.number = self.project.take_number()
        if self.status.is_done:
            self.completed_at = timezone.now()
        super().save(**kwargs)
        Status.objects.filter(pk=self.status_id).update(task_count=F("task_count") + 1)
        created = Activity(task=self, kind=Activity.Kind.CREATED)
        if self.request and current_actor() is None:
            created.actor_name = self.request.name
        created.save()

    def _update(self, **kwargs: Any) -> None:
        loaded = self.__dict__.get("_loaded", {})
        # Not getattr(): a field that was never loaded did not change either.
        here = {n: self.__dict__[n] for n in self.TRACKED if n in self.__dict__}
        mine = {n for n, value in here.items() if n not in loaded or loaded[n] != value}
        if not mine:
            return
        # What the row holds now, locked: another save may have come in since we loaded it.
        before = Task.objects.select_for_update().values(*self.TRACKED).get(pk=self.pk)
        changed = [n for n in self.TRACKED if n in mine and before[n] != getattr(self, n)]
        if not changed:
            return
        fields = [name.removesuffix("_id") for name in changed]
        if "status_id" in changed:
            # Only then: a stale copy must not bring an old completion back.
            self.completed_at = timezone.now() if self.status.is_done else None
            fields.append("completed_at")
        super().save(**kwargs, update_fields=[*fields, "updated_at"])
        if "status_id" in changed:
            self._move_count(before["status_id"], self.status_id)
        change_id = uuid.uuid4()
        for name in changed:
            Activity(
                task=self,
                change_id=change_id,
                kind=Activity.Kind.CHANGED,
                field=name.removesuffix("_id"),
                old_value=self._words(name, before[name]),
                new_value=self._words(name, getattr(self, name)),
            ).save()

    @staticmethod
    def _move_count(old: uuid.UUID, new: uuid.UUID) -> None:
        # Always in the same order, so that two moves in opposite directions cannot deadlock.
        for pk in sorted([old, new]):
            step = 1 if pk == new else -1
            Status.objects.filter(pk=pk).update(task_count=F("task_count") + step)

    def _words(self, name: str, value: Any) -> str:
        """Return a tracked value as the word people see."""
        if value is None:
            return ""
        if name == "priority":
            return str(self.Priority(value).label)
        if isinstance(value, date):
            return value.isoformat()
        if name.endswith("_id"):
            model = self._meta.get_field(name.removesuffix("_id")).related_model
            current = getattr(self, name.removesuffix("_id"))
            row = current if current and current.pk == value else model.objects.get(pk=value)
            return str(row)
        return str(value)

    def delete(self, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            # The row's own status, locked: this copy may be older than the last move.
            row = Task.objects.select_for_update().values("status_id").get(pk=self.pk)
            Status.objects.filter(pk=row["status_id"]).update(task_count=F("task_count") - 1)
            return super().delete(**kwargs)
