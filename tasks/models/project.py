"""Projects, who belongs to them, and the statuses their tasks go through."""

import uuid
from collections.abc import Iterable
from typing import Self

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def fields_without(row: models.Model, counter: str) -> list[str]:
    """Return the fields that saving ``row`` may write.

    Its counter is counted by UPDATEs: a copy that was loaded earlier would turn it back.
    """
    fields = row._meta.concrete_fields
    return [field.name for field in fields if not field.primary_key and field.name != counter]


class Hue(models.TextChoices):
    GREY = "grey", _("Grey")
    BLUE = "blue", _("Blue")
    AMBER = "amber", _("Amber")
    VIOLET = "violet", _("Violet")
    GREEN = "green", _("Green")
    RED = "red", _("Red")
    TEAL = "teal", _("Teal")


class ProjectQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(archived_at=None)

    def visible_to(self, user) -> Self:
        """Projects ``user`` belongs to, or that every signed-in person may see."""
        if user is None or not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        mine = Membership.objects.of(user).values("project_id")
        return self.filter(Q(pk__in=mine) | Q(visibility=Project.Visibility.SIGNED_IN))


class Project(models.Model):
    class Visibility(models.TextChoices):
        MEMBERS = "members", _("Its members only")
        SIGNED_IN = "signed_in", _("Everybody who is signed in")
        PUBLIC_SUMMARY = "public", _("Its members; its progress may stand on public pages")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(
        _("key"),
        max_length=8,
        unique=True,
        validators=[RegexValidator(r"^[A-Z][A-Z0-9]{1,7}$", _("Use 2 to 8 capitals, like REP."))],
        help_text=_("Stands in front of each task's number, like REP in REP-142."),
    )
    name = models.CharField(_("name"), max_length=80)
    hue = models.CharField(_("colour"), max_length=8, choices=Hue, default=Hue.GREY)
    description = models.TextField(_("description"), blank=True)
    visibility = models.CharField(
        _("who sees it"), max_length=10, choices=Visibility, default=Visibility.MEMBERS
    )
    next_number = models.PositiveIntegerField(default=1, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs) -> None:
        """Save; a new project gets the usual statuses with it."""
        with transaction.atomic():
            adding = self._state.adding
            if not adding:
                kwargs.setdefault("update_fields", fields_without(self, "next_number"))
            super().save(**kwargs)
            if adding:
                Status.objects.create_defaults(self)

    def take_number(self) -> int:
        """Return the next task number and move the counter on; needs a transaction.

        The row lock is held until commit, so numbers have no gaps and never repeat.
        """
        row = Project.objects.select_for_update().only("next_number").get(pk=self.pk)
        Project.objects.filter(pk=self.pk).update(next_number=row.next_number + 1)
        self.next_number = row.next_number + 1
        return row.next_number

    def first_status(self, *categories: str) -> "Status":
        """Return the first status, in board order, of the first category that has one.

        Raises Status.DoesNotExist when none of ``categories`` has a status.
        """
        statuses = list(self.statuses.all())
        for category in categories:
            for status in statuses:
                if status.category == category:
                    return status
        raise Status.DoesNotExist(f"{self.key} has no status of category {categories}.")

    def count(self, categories: Iterable[str]) -> int:
        """Return how many tasks stand in ``categories``: a sum of kept counters."""
        return sum(s.task_count for s in self.statuses.all() if s.category in categories)

    @property
    def open_count(self) -> int:
        return self.count(Status.OPEN)

    @property
    def done_count(self) -> int:
        return self.count([Status.Category.DONE])

    @property
    def total_count(self) -> int:
        """Tasks that count towards progress: neither in triage nor cancelled."""
        return self.open_count + self.done_count

    @property
    def triage_count(self) -> int:
        return self.count([Status.Category.TRIAGE])


class MembershipQuerySet(models.QuerySet):
    def current(self) -> Self:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()))

    def of(self, user) -> Self:
        """Memberships that ``user`` has now, personally or through a group."""
        groups = Group.objects.filter(user=user).values("pk")
        return self.current().filter(Q(user=user) | Q(group__in=groups))


class Membership(models.Model):
    class Role(models.TextChoices):
        VIEWER = "viewer", _("Viewer")
        GUEST = "guest", _("Guest")
        MEMBER = "member", _("Member")
        CONTRIBUTOR = "contributor", _("Contributor")
        MANAGER = "manager", _("Manager")

    class Source(models.TextChoices):
        MANUAL = "manual", _("Added by a person")
        ROLE_RULE = "role_rule", _("From a role in Supabase")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="memberships",
    )
    group = models.ForeignKey(
        Group, null=True, blank=True, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=12, choices=Role, default=Role.MEMBER)
    source = models.CharField(max_length=10, choices=Source, default=Source.MANUAL)
    # Of a role rule; the row goes with it.
    granted_by = models.ForeignKey(
        "tasks.ProjectRole",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.CASCADE,
        related_name="memberships",
    )
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None, group__isnull=False) | Q(user__isnull=False, group=None),
                name="tasks_membership_user_or_group",
            ),
            models.UniqueConstraint(
                fields=["project", "user"],
                condition=Q(granted_by=None),
                name="tasks_one_manual_membership",
                violation_error_message=_("This person belongs to the project already."),
            ),
            models.UniqueConstraint(
                fields=["granted_by", "user"], name="tasks_one_membership_by_rule"
            ),
            models.UniqueConstraint(fields=["project", "group"], name="tasks_one_group_membership"),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.group} in {self.project}"

    def clean(self) -> None:
        if self.granted_by_id:
            raise ValidationError(_("A role rule gives this. Change the rule instead."))

    def validate_constraints(self, exclude: set[str] | None = None) -> None:
        # Forms leave it out, and Django would then not look at the constraint that names it.
        super().validate_constraints({*(exclude or ())} - {"granted_by"})


class StatusManager(models.Manager):
    DEFAULTS = (
        ("New request", "triage", "grey"),
        ("To do", "todo", "grey"),
        ("In progress", "doing", "blue"),
        ("In review", "review", "violet"),
        ("Done", "done", "green"),
        ("Cancelled", "cancelled", "grey"),
    )

    def create_defaults(self, project: Project) -> None:
        """Give a new project the usual six statuses."""
        self.bulk_create(
            self.model(project=project, name=name, category=category, hue=hue, order=order)
            for order, (name, category, hue) in enumerate(self.DEFAULTS)
        )


class Status(models.Model):
    class Category(models.TextChoices):
        TRIAGE = "triage", _("New request")
        BACKLOG = "backlog", _("Later")
        TODO = "todo", _("To do")
        DOING = "doing", _("In progress")
        REVIEW = "review", _("In review")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    OPEN = (Category.BACKLOG, Category.TODO, Category.DOING, Category.REVIEW)
    ENDED = (Category.DONE, Category.CANCELLED)
    ICONS = {
        Category.TRIAGE: "inbox",
        Category.BACKLOG: "s-todo",
        Category.TODO: "s-todo",
        Category.DOING: "s-doing",
        Category.REVIEW: "s-review",
        Category.DONE: "s-done",
        Category.CANCELLED: "s-cancelled",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="statuses")
    name = models.CharField(max_length=40)
    category = models.CharField(max_length=10, choices=Category)
    hue = models.CharField(max_length=8, choices=Hue, default=Hue.GREY)
    order = models.PositiveSmallIntegerField(default=0)
    # Kept by Task.save(): progress and badges cost no COUNT(*).
    task_count = models.PositiveIntegerField(default=0, editable=False)

    objects = StatusManager()

    class Meta:
        ordering = ["order"]
        verbose_name_plural = "statuses"
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="tasks_one_status_name")
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs) -> None:
        if not self._state.adding:
            kwargs.setdefault("update_fields", fields_without(self, "task_count"))
        super().save(**kwargs)

    @property
    def icon(self) -> str:
        return self.ICONS[self.category]

    @property
    def is_triage(self) -> bool:
        return self.category == self.Category.TRIAGE

    @property
    def is_ended(self) -> bool:
        return self.category in self.ENDED

    @property
    def is_open(self) -> bool:
        return self.category in self.OPEN

    @property
    def is_done(self) -> bool:
        return self.category == self.Category.DONE
