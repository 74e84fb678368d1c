"""The editors of a task's properties, one form each."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.templatetags.portal_tags import day
from tasks import permissions
from tasks.forms.fields import DueField, PersonField, PriorityField
from tasks.forms.structure import suggests
from tasks.models import Activity, Conflict, Label, Status, Task
from tasks.search import picker


class PropertyForm(forms.Form):
    """Gets the task, which says what is there now, and who edits it.

    It carries what it was opened with, as ``began``: who saves after somebody else has saved
    is told so. What is sent without it is saved over whatever is there.
    """

    columns: tuple[str, ...]
    was_late = False

    def __init__(self, *args: Any, task: Task, user: AbstractBaseUser, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="edit-%s", initial=self.now(task), **kwargs)
        self.task, self.user = task, user
        self.build()
        self.began = self.data.get("began", self.held(task))

    @staticmethod
    def now(task: Task) -> dict[str, Any]:
        return {}

    def build(self) -> None:
        """Add the fields that depend on the task."""

    def held(self, task: Task) -> str:
        """Return what ``task`` holds, in a form to compare."""
        return _joined(getattr(task, name) for name in self.columns)

    def shown(self, task: Task) -> str:
        """Return what ``task`` holds as words, empty for nothing."""
        value = getattr(task, self.columns[0])
        return "" if value is None else str(value)

    def meet(self, now: Task) -> None:
        """Raise Conflict when saving would undo what somebody else has set meanwhile.

        ``now`` is the task, locked. Saving the form that is shown after this goes through.
        """
        held, chosen = self.held(now), _joined(self.cleaned_data[name] for name in self.columns)
        if "began" not in self.data or held in (self.began, chosen):
            return
        self.began = held
        self.add_error(next(iter(self.fields)), self._lost_race(now))
        raise Conflict(now)

    def _lost_race(self, now: Task) -> str:
        rows = now.activities.filter(kind=Activity.Kind.CHANGED, field__in=self.columns)
        last = rows.order_by("-created_at").first()
        said = {
            "who": last and last.actor_name or _("Somebody"),
            "value": self.shown(now) or _("nothing"),
        }
        return (
            _("%(who)s set this to %(value)s while you were choosing. Save again to replace it.")
            % said
        )


def _joined(values: Iterable[Any]) -> str:
    return ",".join(_raw(value) for value in values)


def _raw(value: Any) -> str:
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, datetime):  # the same moment, whatever the time zone
        value = value.astimezone(UTC)
    return "" if value is None else str(value)


class ManyForm(PropertyForm):
    """Some of many: what two people add and take away at the same time is all done."""

    def held(self, task: Task) -> str:
        return ",".join(sorted(self.ids(task)))

    def meet(self, now: Task) -> None:
        """Apply what this person added and removed to what is there now."""
        if "began" not in self.data:
            return
        name = self.columns[0]
        began = set(self.began.split(","))
        mine = {str(row.pk) for row in self.cleaned_data[name]}
        self.cleaned_data[name] = self.rows((self.ids(now) | (mine - began)) - (began - mine))

    @staticmethod
    def ids(task: Task) -> set[str]:
        """Return the keys of what is there."""
        raise NotImplementedError

    def rows(self, ids: set[str]) -> list[Any]:
        """Return those of ``ids`` that can be chosen."""
        raise NotImplementedError


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

    columns = ("status",)

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
    columns = ("owner",)
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
    columns = ("reviewer",)
    label = _("Reviewer")
    help_text = _("A task with a reviewer is closed by them alone.")


class RequesterForm(OwnerForm):
    name = "requester"
    columns = ("requester",)
    label = _("Asked by")

    def clean(self) -> dict[str, Any]:
        if self.task.request_id:
            said = _("Who sent a request through the website stays who asked.")
            raise ValidationError({self.name: said})
        return super().clean()


class PriorityForm(PropertyForm):
    columns = ("priority",)

    priority = PriorityField()

    @staticmethod
    def now(task: Task) -> dict[str, Any]:
        return {"priority": task.priority}

    def shown(self, task: Task) -> str:
        return str(task.get_priority_display())


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


class CollaboratorsForm(ManyForm):
    columns = ("collaborators",)

    def build(self) -> None:
        self.fields["collaborators"] = PeopleField(
            permissions.people(self.task.project),
            label=_("Helping"),
            initial=sorted(self.ids(self.task)),
        )

    @staticmethod
    def ids(task: Task) -> set[str]:
        return {str(row.user_id) for row in task.collaborations.all()}

    def rows(self, ids: set[str]) -> list[AbstractBaseUser]:
        return [person for pk in ids if (person := self.fields["collaborators"].coerce(pk))]


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
        on = timezone.localdate(moment) if moment else getattr(self.task, self.on())
        self.fields[self.on()] = DueField(
            label=self.label, initial=on, help_text=_("Leave it empty for no date.")
        )
        self.fields[f"{self.name}_time"] = forms.TimeField(
            label=_("Time"),
            required=False,
            widget=TimeInput(),
            initial=timezone.localtime(moment).time() if moment else None,
            error_messages={"invalid": _("Enter a time like 14:30.")},
        )

    def shown(self, task: Task) -> str:
        moment = getattr(task, f"{self.name}_at")
        if moment:
            return f"{day(timezone.localdate(moment))}, {timezone.localtime(moment):%H:%M}"
        on = getattr(task, self.on())
        return day(on) if on else ""

    def clean(self) -> dict[str, Any]:
        """Return the day and the moment, under the names of the task's columns."""
        data = super().clean()
        if self.errors:
            return data
        on, time = data[self.on()], data.pop(f"{self.name}_time")
        if time and not on:
            raise ValidationError({self.on(): _("Choose the day, too.")})
        moment = timezone.make_aware(datetime.combine(on, time)) if time else None
        return {self.on(): on, f"{self.name}_at": moment}


class DueForm(WhenForm):
    name = "due"
    columns = ("due_on", "due_at")
    label = _("Due")


class StartForm(WhenForm):
    name = "start"
    columns = ("start_on", "start_at")
    label = _("Start")


class LabelsForm(ManyForm):
    """Labels of the project; managers may add a new one here."""

    columns = ("labels",)

    labels = forms.ModelMultipleChoiceField(
        Label.objects.none(),
        label=_("Labels"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose labels of this project.")},
    )

    def build(self) -> None:
        self.fields["labels"].queryset = self.task.project.labels.on_offer(of=self.task)
        self.fields["labels"].initial = [link.label_id for link in self.task.label_links.all()]
        if permissions.may(self.user, permissions.MANAGE, self.task):
            self.fields["new_label"] = forms.CharField(
                label=_("New label"), max_length=40, required=False
            )

    @staticmethod
    def ids(task: Task) -> set[str]:
        return {str(link.label_id) for link in task.label_links.all()}

    def rows(self, ids: set[str]) -> list[Label]:
        return [label for label in self.fields["labels"].queryset if str(label.pk) in ids]


class ParentForm(PropertyForm):
    """The task this one is a part of, by its key or title."""

    columns = ("parent",)

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

    def shown(self, task: Task) -> str:
        rows = possible_parents(task, self.user).filter(pk=task.parent_id)
        if task.parent_id and not rows.exists():
            return str(_("another task"))
        return task.parent.key if task.parent_id else ""

    def clean_parent(self) -> Task | None:
        words = self.cleaned_data["parent"].strip()
        if not words:
            return None
        return picker.the_one(words, possible_parents(self.task, self.user), self.task.project)


def possible_parents(task: Task, user: AbstractBaseUser):
    """Return the tasks that ``user`` may put ``task`` under: of its project, on their own."""
    rows = permissions.tasks_in(task.project, user)
    return rows.filter(parent=None).exclude(pk=task.pk)
