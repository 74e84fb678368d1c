"""Words that tasks of one project may carry, and what is left to do with those many carry."""

from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from portal.actor import current_actor
from portal.queue.models import LeasedQuerySet, LeasedRow
from tasks.models.status import Hue
from tasks.models.versioned import Versioned


class LabelQuerySet(models.QuerySet):
    def on_offer(self, *, of: Any = None) -> Self:
        """Leave out those that are on their way out, except what the task ``of`` carries still."""
        work = LabelWork.objects.leaving().filter(label=models.OuterRef("pk"))
        staying = ~models.Exists(work)
        if of is not None:
            staying |= models.Q(pk__in=of.label_links.values("label"))
        return self.filter(staying)


class Label(Versioned):
    """A word that tasks of one project may carry."""

    project = models.ForeignKey("tasks.Project", on_delete=models.CASCADE, related_name="labels")
    name = models.CharField(_("name"), max_length=40)
    hue = models.CharField(_("colour"), max_length=8, choices=Hue, default=Hue.GREY)

    objects = LabelQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "project",
                Lower("name"),
                name="tasks_one_label_name",
                violation_error_message=_("The project has a label of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: Any) -> None:
        """Save; under another name its tasks are owed to search, whoever saves it."""
        with transaction.atomic():
            row = Label.objects.filter(pk=self.pk)
            before = None if self._state.adding else row.values_list("name", flat=True).first()
            super().save(**kwargs)
            if before is not None and before != self.name:
                LabelWork.objects.create(label=self)


class LabelWorkQuerySet(LeasedQuerySet):
    def leaving(self) -> Self:
        """Work that is not done yet, after which a label is gone."""
        return self.filter(leaves=True, state=LeasedRow.State.PENDING)


class LabelWork(LeasedRow):
    """What a renamed, merged or deleted label owes its tasks. The worker does a part at a time."""

    # Null once the work is done and the label gone with it.
    label = models.ForeignKey(Label, null=True, on_delete=models.SET_NULL, related_name="work")
    leaves = models.BooleanField(default=False)  # its tasks lose it; else search reads them again
    # Cascades: without the label that was to take its place, nobody loses anything.
    into = models.ForeignKey(Label, null=True, on_delete=models.CASCADE, related_name="+")
    after = models.UUIDField(null=True)  # the last task that search has read
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        default=current_actor,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = LabelWorkQuerySet.as_manager()

    class Meta(LeasedRow.Meta):
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"work for the label {self.label_id}"
