"""The box for quick tasks: what was typed, and what it was understood as."""

from typing import Any

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tasks.forms.fields import TITLE_MAX, TextField
from tasks.models import Project
from tasks.quick_add.known import Known
from tasks.quick_add.parsing import LIMIT, Draft, parse

TEXT_MAX = LIMIT * (TITLE_MAX + 100)  # characters: as many full lines, markers and all


class QuickAddForm(forms.Form):
    """One task a line. ``drafts`` holds them once the form is valid, and for the preview.

    With ``mine`` a task without @somebody is for who writes it.
    """

    text = TextField(
        label=_("New task"),
        max_length=TEXT_MAX,
        error_messages={"required": _("Enter a title.")},
    )
    project = forms.ModelChoiceField(
        Project.objects.none(),
        label=_("Project"),
        to_field_name="key",
        empty_label=None,
        error_messages={"invalid_choice": _("Choose a project you can add tasks to.")},
    )
    mine = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: AbstractBaseUser, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="quick-%s", **kwargs)
        self.known = Known(user)
        self.drafts: list[Draft] = []
        self.fields["project"].queryset = self.known.project_rows

    def clean(self) -> dict[str, Any]:
        fields = self.cleaned_data
        if not {"text", "project"} <= fields.keys():
            return fields
        user = self.known.user
        try:
            self.drafts = parse(
                fields["text"],
                user=user,
                today=timezone.localdate(),
                project=fields["project"],
                owner=user if fields["mine"] else None,
                known=self.known,
            )
        except forms.ValidationError as error:
            self.add_error("text", error)
        for draft in self.drafts:
            for problem in draft.errors:
                self.add_error("text", problem)
        if not self.drafts and not self.errors:
            self.add_error("text", self.fields["text"].error_messages["required"])
        return fields

    @property
    def projects(self) -> list[Project]:
        return self.known.projects

    @property
    def chosen(self) -> str:
        """Return the key of the project in the box: as sent, as last time, or the first."""
        keys = [project.key for project in self.projects]
        value = self["project"].value()
        return value if value in keys else keys[0] if keys else ""
