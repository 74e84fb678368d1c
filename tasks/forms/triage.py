"""The answers to a new request, as a manager gives them."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tasks.forms.fields import DateInput, DueField, PersonField, PriorityField, TextField
from tasks.forms.structure import suggests
from tasks.models import Status, Task
from tasks.search import picker


class AcceptForm(forms.Form):
    due_on = DueField()
    priority = PriorityField()

    def __init__(
        self, *args: Any, task: Task, people: Iterable[AbstractBaseUser], **kwargs: Any
    ) -> None:
        initial = {"priority": task.priority}
        super().__init__(*args, initial=initial, auto_id=f"accept-{task.key}-%s", **kwargs)
        self.fields["owner"] = PersonField(people)
        self.order_fields(["owner", "due_on", "priority"])


class DeclineForm(forms.Form):
    reason = TextField(
        label=_("Reason"),
        max_length=1000,
        help_text=_("The person who asked reads it."),
        error_messages={"required": _("Say why, so that they know what to do instead.")},
    )

    def __init__(self, *args: Any, task: Task, people: object = (), **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"decline-{task.key}-%s", **kwargs)


class MergeForm(forms.Form):
    """Another task of the project that is about the same."""

    other = forms.CharField(
        label=_("Same as"),
        max_length=300,
        error_messages={"required": _("Enter a key like REP-12, or words of the title.")},
    )

    def __init__(self, *args: Any, task: Task, people: object = (), **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"merge-{task.key}-%s", **kwargs)
        self.task = task
        suggests(self.fields["other"], task, "same")
        self.fields["other"].widget.attrs["data-choose-only"] = ""

    def clean_other(self) -> Task:
        """Only managers answer requests, and they see the whole project.

        Words only help to find the key: closing a request by half a word is done too easily.
        """
        words, project = self.cleaned_data["other"], self.task.project
        rows = Task.objects.filter(project=project).exclude(pk=self.task.pk)
        if not picker.is_whole_key(words, project):
            found = picker.suggest(words, rows, project)
            if found:
                named = {"named": picker.named(found)}
                raise ValidationError(_("Enter the key of one: %(named)s") % named)
        other = picker.the_one(words, rows, project)
        if other.status.category == Status.Category.CANCELLED:
            raise ValidationError(
                _("%(key)s is closed itself. Choose one that goes on.") % {"key": other.key}
            )
        return other


class SnoozeForm(forms.Form):
    until = forms.DateField(
        label=_("Until"),
        widget=DateInput(),
        error_messages={
            "required": _("Choose a day after today."),
            "invalid": _("Enter a date like 2026-11-30."),
        },
    )

    def __init__(self, *args: Any, task: Task, people: object = (), **kwargs: Any) -> None:
        initial = {"until": timezone.localdate() + timedelta(days=7)}
        super().__init__(*args, initial=initial, auto_id=f"snooze-{task.key}-%s", **kwargs)

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until <= timezone.localdate():
            raise ValidationError(_("Choose a day after today."))
        return until


class AnswerForm(forms.Form):
    body = TextField(
        label=_("Your message"),
        max_length=2_000,
        error_messages={"required": _("Write something first.")},
    )

    def __init__(self, *args: Any, task: Task, people: object = (), **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"answer-{task.key}-%s", **kwargs)
