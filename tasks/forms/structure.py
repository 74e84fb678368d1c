"""What people type into the checklist, the subtasks and the relations of a task."""

import re
from typing import Any

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tasks import permissions
from tasks.detail import parts
from tasks.forms.fields import TextField
from tasks.models import ChecklistItem, Project, Task
from tasks.quick_add import Draft, LineField, read_line
from tasks.search import picker

ITEM_MAX = ChecklistItem._meta.get_field("text").max_length
ITEMS_AT_ONCE = 100


def suggests(field: forms.Field, task: Task, purpose: str) -> None:
    """Let a text field offer tasks while somebody types, where scripts run: choose_task.js."""
    field.widget.attrs |= {
        "autocomplete": "off",
        "data-choose-task": f"{reverse('tasks:suggest', args=[task.key])}?for={purpose}",
    }


class ItemForm(forms.Form):
    """One line of a checklist. It carries what it was opened with, as ``began``."""

    was_late = False
    theirs = ""

    text = forms.CharField(
        label=_("Item"),
        max_length=ITEM_MAX,
        error_messages={
            "required": _("Enter what has to be done."),
            "max_length": _("An item has up to %(limit_value)d characters."),
        },
    )

    @property
    def began(self) -> str | None:
        return self.theirs or self.data.get("began")

    def meet(self, theirs: str) -> None:
        """Show what somebody else has written meanwhile; the next save goes on top of it."""
        self.was_late, self.theirs = True, theirs
        said = _("Somebody has written “%(theirs)s” here meanwhile. Save again to keep yours.")
        self.add_error("text", said % {"theirs": theirs})


class ItemsForm(forms.Form):
    """New lines of a checklist: each line of the text is one."""

    text = TextField(
        label=_("New item"), error_messages={"required": _("Enter what has to be done.")}
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        lines = [words for line in data.get("text", "").split("\n") if (words := _item(line))]
        if len(lines) > ITEMS_AT_ONCE:
            raise ValidationError(
                {"text": _("Add up to %(n)d items at a time.") % {"n": ITEMS_AT_ONCE}}
            )
        if any(len(line) > ITEM_MAX for line in lines):
            raise ValidationError(
                {"text": _("An item has up to %(n)d characters.") % {"n": ITEM_MAX}}
            )
        return {**data, "items": lines}


def _item(line: str) -> str:
    """Return a pasted line without the bullet or box it had where it came from."""
    return re.sub(r"^\s*(?:[-*•]\s+)?(?:\[[ xX]?\]\s+)?", "", line).strip()


class SubtaskForm(forms.Form):
    """One line, read like quick add. Valid, ``subtask`` is a Draft."""

    subtask = LineField(label=_("New subtask"))

    def __init__(self, *args: Any, task: Task, user: AbstractBaseUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.task, self.user = task, user

    def clean_subtask(self) -> Draft:
        text = self.cleaned_data["subtask"]
        return read_line(text, user=self.user, project=self.task.project)


class RelateForm(forms.Form):
    """Another task, and how it belongs to this one."""

    kind = forms.ChoiceField(
        label=_("How"),
        choices=lambda: [*parts.KINDS.items()],
        error_messages={"invalid_choice": _("Choose one of the ways.")},
    )
    other = forms.CharField(
        label=_("Which task"),
        max_length=300,
        error_messages={"required": _("Enter a key like REP-12, or words of the title.")},
    )

    def __init__(self, *args: Any, task: Task, user: AbstractBaseUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.task, self.user = task, user
        suggests(self.fields["other"], task, "other")

    def clean_other(self) -> Task:
        rows = Task.objects.visible_to(self.user).exclude(pk=self.task.pk)
        return picker.the_one(self.cleaned_data["other"], rows, self.task.project)


class ProjectForm(forms.Form):
    """Another project for a task: one in which its mover may edit."""

    project = forms.ModelChoiceField(
        Project.objects.none(),
        label=_("Project"),
        to_field_name="key",
        empty_label=_("Choose a project"),
        error_messages={
            "required": _("Choose a project."),
            "invalid_choice": _("Choose a project in which you may edit tasks."),
        },
    )

    def __init__(self, *args: Any, task: Task, user: AbstractBaseUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        projects = permissions.projects_where(user, permissions.EDIT)
        self.fields["project"].queryset = projects.exclude(pk=task.project_id)
