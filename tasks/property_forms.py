"""The editors of a task's properties, one form each."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tasks import finding, permissions
from tasks.forms import DueField, PersonField, PriorityField
from tasks.models import Label, Status, Task
from tasks.structure_forms import suggests


class PropertyForm(forms.Form):
    """Gets the task, which says what is there now, and who edits it."""

    def __init__(self, *args: Any, task: Task, user: AbstractBaseUser, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="edit-%s", initial=self.now(task), **kwargs)
        self.task, self.user = task, user
        self.build()

    @staticmethod
    def now(task: Task) -> dict[str, Any]:
        return {}

    def build(self) -> None:
        """Add the fields that depend on the task."""


class StatusSelect(forms.Select):
    """Greys out what ``closed`` names: the statuses only a reviewer may set."""

    closed: frozenset[str] = frozenset()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.closed:
            option["attrs"]["disabled"] = True
        return option


class StatusForm(PropertyForm):
    """Where a task stands; new requests leave triage by being accepted or declined."""

    status = forms.ModelChoiceField(
        Status.objects.none(), label=_("Status"), empty_label=None, widget=StatusSelect
    )

    @staticmethod
    def now(task: Task) -> dict[str, Any]:
        return {"status": task.status_id}

    def build(self) -> None:
        statuses = self.task.project.statuses.exclude(category=Status.Category.TRIAGE)
        field = self.fields["status"]
        field.queryset = statuses
        field.help_text = permissions.why_not_close(self.user, self.task)
        if field.help_text:
            done = statuses.filter(category=Status.Category.DONE).exclude(pk=self.task.status_id)
            field.widget.closed = frozenset(str(pk) for pk in done.values_list("pk", flat=True))


class OwnerForm(PropertyForm):
    name = "owner"
    label = _("Owner")
    help_text = ""

    def build(self) -> None:
        people = list(permissions.people(self.task.project))
        now = getattr(self.task, self.name)
        if now and now not in people:  # who has left the project stays until somebody else comes
            people.append(now)
        field = PersonField(people, initial=now.pk if now else None, help_text=self.help_text)
        field.label = self.label
        self.fields[self.name] = field


class ReviewerForm(OwnerForm):
    name = "reviewer"
    label = _("Reviewer")
    help_text = _("A task with a reviewer is closed by them alone.")


class PriorityForm(PropertyForm):
    priority = PriorityField()

    @staticmethod
    def now(task: Task) -> dict[str, Any]:
        return {"priority": task.priority}


class PeopleField(forms.TypedMultipleChoiceField):
    """Some of ``people``, as boxes to tick."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, people: Iterable[AbstractBaseUser], **kwargs: Any) -> None:
        rows = {str(person.pk): person for person in people}
        choices = [(pk, str(person)) for pk, person in rows.items()]
        errors = {"invalid_choice": _("Choose people who belong to the project.")}
        super().__init__(
            choices=choices, coerce=rows.get, required=False, error_messages=errors, **kwargs
        )


class CollaboratorsForm(PropertyForm):
    def build(self) -> None:
        initial = [str(row.user_id) for row in self.task.collaborations.all()]
        self.fields["collaborators"] = PeopleField(
            permissions.people(self.task.project), label=_("Helping"), initial=initial
        )


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class WhenForm(PropertyForm):
    """A day, and a time where the hour matters, in the time zone of who sets it."""

    name: str
    label: Any

    @classmethod
    def on(cls) -> str:
        return f"{cls.name}_on"

    def build(self) -> None:
        moment = getattr(self.task, f"{self.name}_at")
        day = timezone.localdate(moment) if moment else getattr(self.task, self.on())
        self.fields[self.on()] = DueField(
            label=self.label, initial=day, help_text=_("Leave it empty for no date.")
        )
        self.fields[f"{self.name}_time"] = forms.TimeField(
            label=_("Time"),
            required=False,
            widget=TimeInput(),
            initial=timezone.localtime(moment).time() if moment else None,
            error_messages={"invalid": _("Enter a time like 14:30.")},
        )

    def clean(self) -> dict[str, Any]:
        """Return the day and the moment, under the names of the task's columns."""
        data = super().clean()
        if self.errors:
            return data
        day, time = data[self.on()], data.pop(f"{self.name}_time")
        if time and not day:
            raise ValidationError({self.on(): _("Choose the day, too.")})
        moment = timezone.make_aware(datetime.combine(day, time)) if time else None
        return {self.on(): day, f"{self.name}_at": moment}


class DueForm(WhenForm):
    name = "due"
    label = _("Due")


class StartForm(WhenForm):
    name = "start"
    label = _("Start")


class LabelsForm(PropertyForm):
    """Labels of the project; managers may add a new one here."""

    labels = forms.ModelMultipleChoiceField(
        Label.objects.none(),
        label=_("Labels"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose labels of this project.")},
    )

    def build(self) -> None:
        self.fields["labels"].queryset = self.task.project.labels.all()
        self.fields["labels"].initial = [link.label_id for link in self.task.label_links.all()]
        if permissions.may(self.user, permissions.MANAGE, self.task):
            self.fields["new_label"] = forms.CharField(
                label=_("New label"), max_length=40, required=False
            )


class ParentForm(PropertyForm):
    """The task this one is a part of, by its key or title."""

    parent = forms.CharField(
        label=_("Part of"),
        required=False,
        max_length=300,
        help_text=_("A key like REP-12, or words of the title. Leave it empty for none."),
    )

    @staticmethod
    def now(task: Task) -> dict[str, Any]:
        return {"parent": f"{task.parent.key} {task.parent.title}" if task.parent else ""}

    def build(self) -> None:
        suggests(self.fields["parent"], self.task, "parent")

    def clean_parent(self) -> Task | None:
        words = self.cleaned_data["parent"].strip()
        if not words:
            return None
        return finding.the_one(words, possible_parents(self.task, self.user), self.task.project)


def possible_parents(task: Task, user: AbstractBaseUser):
    """Return the tasks that ``user`` may put ``task`` under: of its project, on their own."""
    rows = permissions.tasks_in(task.project, user)
    return rows.filter(parent=None).exclude(pk=task.pk)
