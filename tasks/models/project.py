"""Projects and the keys they have had."""

from collections.abc import Iterable
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tasks.models.membership import Membership
from tasks.models.row import Row
from tasks.models.status import Hue, Status, fields_without
from tasks.models.versioned import Versioned


class ProjectQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(archived_at=None)

    def visible_to(self, user) -> Self:
        """Projects ``user`` belongs to, or that every signed-in person may see."""
        if user is None or not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        own, of_groups = (rows.values("project_id") for rows in Membership.objects.ways_of(user))
        shared = Q(visibility=Project.Visibility.SIGNED_IN)
        return self.filter(Q(pk__in=own) | Q(pk__in=of_groups) | shared)


class Project(Versioned):
    class Visibility(models.TextChoices):
        MEMBERS = "members", _("Its members only")
        SIGNED_IN = "signed_in", _("Everybody who is signed in")
        PUBLIC_SUMMARY = "public", _("Its members; its progress may stand on public pages")

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

    @classmethod
    def from_db(cls, db, field_names, values) -> Self:
        project = super().from_db(db, field_names, values)
        project._loaded_key = project.__dict__.get("key")
        return project

    def clean(self) -> None:
        others = ProjectKey.objects.filter(key=self.key).exclude(project_id=self.pk)
        if taken := others.select_related("project").first():
            raise ValidationError(
                {
                    "key": _("%(key)s belongs to %(project)s, whose old addresses still work.")
                    % {"key": self.key, "project": taken.project}
                }
            )

    def save(self, **kwargs) -> None:
        """Save; a new project gets the usual statuses, and each key it has ever had stays its."""
        with transaction.atomic():
            adding = self._state.adding
            if not adding:
                kwargs.setdefault("update_fields", fields_without(self, "next_number", "version"))
            super().save(**kwargs)
            if adding:
                Status.objects.create_defaults(self)
            if self.__dict__.get("_loaded_key") != self.key:
                # Unique: IntegrityError for a key that another project has or had.
                ProjectKey.objects.get_or_create(key=self.key, project=self)
                self._loaded_key = self.key

    def take_turn(self) -> None:
        """Lock the row until the commit: who writes tasks into it and locks others does it first."""
        list(Project.objects.select_for_update(no_key=True).filter(pk=self.pk).values_list("pk"))

    def take_number(self) -> int:
        """Return the next task number and move the counter on; needs a transaction.

        The row lock is held until commit, so numbers have no gaps and never repeat.
        """
        row = Project.objects.select_for_update(no_key=True).only("next_number").get(pk=self.pk)
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
        return self.count([Status.Category.DONE]) + self.archived_done_count

    @property
    def archived_done_count(self) -> int:
        """Tasks that were done before somebody archived them: progress does not go back."""
        done = Status.Category.DONE
        return sum(s.archived_count for s in self.statuses.all() if s.category == done)

    @property
    def total_count(self) -> int:
        """Tasks that count towards progress: neither in triage nor cancelled."""
        return self.open_count + self.done_count

    @property
    def triage_count(self) -> int:
        """New requests that wait; without those put off, where a query has counted them."""
        return self.count([Status.Category.TRIAGE]) - (self.__dict__.get("asleep") or 0)


class ProjectKey(Row):
    """A key that a project has or had: "REP". Addresses with an old one keep working."""

    key = models.CharField(max_length=8, unique=True)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="keys")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.key
