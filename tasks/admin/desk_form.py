"""The form of the Task desk: all of a task that is edited by hand, and what others did meanwhile."""

import json
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminAutoHeightTextInput, AdminTimeInput

from tasks import permissions
from tasks.forms.fields import BODY_MAX, TextField, TitleField
from tasks.forms.properties import PeopleField
from tasks.models import Activity, Label, Status, Task, one_change

FIELDS = (
    *("title", "body", "status", "owner", "reviewer", "collaborators", "priority"),
    *("start_on", "start_time", "due_on", "due_time", "labels", "archived"),
)
# Under which name the history keeps what a field of the form changes.
IN_HISTORY = {"start_time": "start_at", "due_time": "due_at", "archived": "archived_at"}

TWO_VALUES = gettext_lazy(
    "%(who)s has changed this while you were writing. It is now “%(theirs)s”, you chose "
    "“%(mine)s”. Save again to keep yours."
)


class TimeField(forms.TimeField):
    def __init__(self, **kwargs: Any) -> None:
        errors = {"invalid": gettext_lazy("Enter a time like 14:30.")}
        super().__init__(
            required=False, widget=AdminTimeInput(format="%H:%M"), error_messages=errors, **kwargs
        )


class TaskDeskForm(WagtailAdminModelForm):
    """Statuses and labels of the task's project, and people who belong to it.

    ``began`` says what every field held when the person began. What somebody else has changed
    since and this person has not is left as it is now; what both have changed is an error that
    names both values.
    """

    title = TitleField()
    body = TextField(
        label=gettext_lazy("Description"),
        max_length=BODY_MAX,
        required=False,
        widget=AdminAutoHeightTextInput,
    )
    start_time = TimeField(label=gettext_lazy("Start, time"))
    due_time = TimeField(label=gettext_lazy("Due, time"))
    labels = forms.ModelMultipleChoiceField(
        Label.objects.none(),
        label=gettext_lazy("Labels"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    collaborators = PeopleField((), label=gettext_lazy("Helping"))
    archived = forms.BooleanField(
        label=gettext_lazy("Archived"),
        required=False,
        help_text=gettext_lazy("Takes it out of lists and boards without deleting it."),
    )
    began = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        task = self.instance
        self.held = held(task)  # before the form writes into the task
        self.fields["collaborators"] = PeopleField(
            permissions.people(task.project), label=_("Helping")
        )
        self.fields["labels"].queryset = task.project.labels.on_offer(of=task)
        self._limit_statuses()
        self._limit_people()
        for name in ("start_on", "start_time", "due_on", "due_time", "labels", "archived"):
            self.initial[name] = self.held[name]
        self.initial["collaborators"] = [str(one.pk) for one in self.held["collaborators"]]
        self.initial["began"] = snapshot(self.held)

    def _limit_statuses(self) -> None:
        statuses = self.instance.project.statuses.all()
        if not self.instance.status.is_triage:
            statuses = statuses.exclude(category=Status.Category.TRIAGE)
        self.fields["status"].queryset = statuses
        self.fields["status"].empty_label = None

    def _limit_people(self) -> None:
        people = permissions.people(self.instance.project)
        for name, nobody in (("owner", _("Nobody yet")), ("reviewer", _("No reviewer"))):
            now = getattr(self.instance, f"{name}_id")
            # Who has left the project stays until somebody else comes.
            inside = Q(pk__in=people.values("pk")) | Q(pk=now)
            self.fields[name].queryset = get_user_model().objects.filter(inside)
            self.fields[name].empty_label = nobody

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.errors:
            return data
        self._merge(data)
        for name in ("start", "due"):
            if data[f"{name}_time"] and not data[f"{name}_on"]:
                self.add_error(f"{name}_on", _("Choose the day, too."))
        if data["start_on"] and data["due_on"] and data["start_on"] > data["due_on"]:
            self.add_error("due_on", _("It would be due before it starts."))
        self._require_reviewer(data)
        return data

    def _require_reviewer(self, data: dict[str, Any]) -> None:
        """Let nobody but the reviewer close it, nor whoever takes the reviewer off with it."""
        if not data["status"].is_done or self.held["status"].is_done:
            return
        for reviewer in (self.now.reviewer, data["reviewer"]):
            self.now.reviewer = reviewer
            if why_not := permissions.why_not_close(self.for_user, self.now):
                self.add_error("status", why_not)
                return

    def _merge(self, data: dict[str, Any]) -> None:
        """Take over what others have changed since this person began, or say what they did."""
        began = data["began"] if isinstance(data["began"], dict) else None
        Task.objects.all().lock_around(self.instance.pk)
        rows = Task.objects.with_row().select_related("reviewer")
        now = rows.filter(pk=self.instance.pk).first()
        if now is None:
            raise ValidationError(_("Somebody has put this task in the bin meanwhile."))
        self.now, self.held = now, held(now)
        theirs, mine = snapshot(self.held), snapshot(data)
        self.data = self.data.copy()  # shown again: with their values where mine are old
        for name in FIELDS if began else ():
            if theirs[name] == began.get(name) or mine[name] == theirs[name]:
                continue
            if mine[name] == began.get(name):
                data[name] = self.held[name]
                self._show(name, theirs[name])
            else:
                self.add_error(name, self._two_values(name, data[name]))
        self.data[self.add_prefix("began")] = json.dumps(theirs)

    def _show(self, name: str, value: Any) -> None:
        key = self.add_prefix(name)
        if isinstance(value, list):
            self.data.setlist(key, value)
        elif value is False:
            self.data.pop(key, None)
        else:
            self.data[key] = "on" if value is True else value

    def _two_values(self, name: str, mine: Any) -> str:
        field = IN_HISTORY.get(name, name)
        row = Activity.objects.filter(task=self.instance, field=field).order_by("created_at").last()
        words = {
            "who": (row and row.actor_name) or _("Somebody else"),
            "theirs": in_words(self.held[name]),
            "mine": in_words(mine),
        }
        return TWO_VALUES % words

    def save(self, commit: bool = True) -> Task:
        """Write what changed as one change of the history, labels and helpers included."""
        task, data = self.instance, self.cleaned_data
        with one_change():
            for name in ("start", "due"):
                setattr(task, f"{name}_at", self._moment(name))
            if data["archived"] != self.held["archived"]:
                task.archived_at = timezone.now() if data["archived"] else None
            task.save()
            task.set_labels(data["labels"])
            task.set_collaborators(data["collaborators"])
        return task

    def _moment(self, name: str) -> datetime | None:
        """Return the moment of a day and a time; as it was when the form shows the same."""
        names = (f"{name}_on", f"{name}_time")
        day, hour = (self.cleaned_data[each] for each in names)
        if all(self.cleaned_data[each] == self.held[each] for each in names):
            return self.held[f"{name}_at"]
        return timezone.make_aware(datetime.combine(day, hour)) if hour else None


def held(task: Task) -> dict[str, Any]:
    """Return what ``task`` holds, by the names of the form's fields, in the reader's time."""
    values = {name: getattr(task, name) for name in ("title", "body", "status", "priority")}
    values |= {"owner": task.owner, "reviewer": task.reviewer, "archived": bool(task.archived_at)}
    for name in ("start", "due"):
        moment = getattr(task, f"{name}_at")
        here = timezone.localtime(moment) if moment else None
        values[f"{name}_at"] = moment
        values[f"{name}_on"] = here.date() if here else getattr(task, f"{name}_on")
        values[f"{name}_time"] = here.time().replace(second=0, microsecond=0) if here else None
    values["labels"] = [link.label for link in task.label_links.select_related("label")]
    values["collaborators"] = [row.user for row in task.collaborations.select_related("user")]
    return values


def snapshot(values: dict[str, Any]) -> dict[str, Any]:
    """Return ``values`` as JSON in which equal values are equal."""
    return {name: _plain(values.get(name)) for name in FIELDS}


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Iterable) and not isinstance(value, str):
        return sorted(str(one.pk) for one in value)
    return "" if value is None else str(value)


def in_words(value: Any) -> str:
    """Return a value as people read it, in the middle of a sentence."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(sorted(map(str, value))) or "–"
    text = "–" if value in (None, "") else str(value)
    return text if len(text) <= 200 else f"{text[:200]}…"
