"""The statuses a project's tasks go through, and the labels they may carry."""

from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from tasks.models.versioned import Versioned


def fields_without(row: models.Model, *counters: str) -> list[str]:
    """Return the fields that saving ``row`` may write.

    Its counters are counted by UPDATEs: a copy that was loaded earlier would turn them back.
    """
    fields = row._meta.concrete_fields
    return [field.name for field in fields if not field.primary_key and field.name not in counters]


class Hue(models.TextChoices):
    GREY = "grey", _("Grey")
    BLUE = "blue", _("Blue")
    AMBER = "amber", _("Amber")
    VIOLET = "violet", _("Violet")
    GREEN = "green", _("Green")
    RED = "red", _("Red")
    TEAL = "teal", _("Teal")


class StatusQuerySet(models.QuerySet):
    def count_by(self, **steps: int) -> None:
        """Move kept counters: ``task_count=-1``."""
        self.update(**{name: F(name) + step for name, step in steps.items()})


class StatusManager(models.Manager.from_queryset(StatusQuerySet)):
    DEFAULTS = (
        ("New request", "triage", "grey"),
        ("To do", "todo", "grey"),
        ("In progress", "doing", "blue"),
        ("In review", "review", "violet"),
        ("Done", "done", "green"),
        ("Cancelled", "cancelled", "grey"),
    )

    def create_defaults(self, project: models.Model) -> None:
        """Give a new project the usual six statuses."""
        self.bulk_create(
            self.model(project=project, name=name, category=category, hue=hue, order=order)
            for order, (name, category, hue) in enumerate(self.DEFAULTS)
        )


class Status(Versioned):
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

    project = models.ForeignKey("tasks.Project", on_delete=models.CASCADE, related_name="statuses")
    name = models.CharField(max_length=40)
    category = models.CharField(max_length=10, choices=Category)
    hue = models.CharField(max_length=8, choices=Hue, default=Hue.GREY)
    order = models.PositiveSmallIntegerField(default=0)
    wip_limit = models.PositiveSmallIntegerField(
        _("limit"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("How many tasks may stand here before the board warns. Leave empty for none."),
    )
    # Kept by Task.save(): progress and badges cost no COUNT(*). Deleted tasks are in neither.
    task_count = models.PositiveIntegerField(default=0, editable=False)
    archived_count = models.PositiveIntegerField(default=0, editable=False)

    objects = StatusManager()

    class Meta:
        ordering = ["order"]
        verbose_name_plural = "statuses"
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="tasks_one_status_name")
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def from_db(cls, db, field_names, values) -> Self:
        status = super().from_db(db, field_names, values)
        status._loaded_category = status.__dict__.get("category")
        return status

    def clean(self) -> None:
        """Refuse to open or close all tasks that stand here by another kind of status."""
        before = self.__dict__.get("_loaded_category") or self.category
        crosses = (before in self.ENDED) != (self.category in self.ENDED) or (
            self.Category.TRIAGE in (before, self.category) and before != self.category
        )
        if crosses and self.tasks(manager="everything").exists():
            raise ValidationError(
                {"category": _("Tasks stand here. Move them to another status first.")}
            )

    def save(self, **kwargs) -> None:
        if not self._state.adding:
            self.clean()
            kept = ("task_count", "archived_count", "version")
            kwargs.setdefault("update_fields", fields_without(self, *kept))
        super().save(**kwargs)

    @property
    def over_limit(self) -> bool:
        return self.wip_limit is not None and self.task_count > self.wip_limit

    @property
    def at_limit(self) -> bool:
        return self.wip_limit is not None and self.task_count >= self.wip_limit

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
