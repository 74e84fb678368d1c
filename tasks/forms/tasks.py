"""What people type about tasks, checked."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tasks import permissions
from tasks.forms.fields import (
    BODY_MAX,
    DueField,
    FilesField,
    PersonField,
    PriorityField,
    TextField,
    TitleField,
)
from tasks.models import Project, Task


class TaskForm(forms.Form):
    """A task's words."""

    title = TitleField()
    body = TextField(label=_("Description"), max_length=BODY_MAX, required=False)


class EditTaskForm(TaskForm):
    """A task's words, and the version of the task they were written on."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class NewTaskForm(TaskForm):
    """A task to be. Without ``project`` it asks for one of those ``user`` may add to.

    Who may only create can keep the task or leave it without an owner; who may edit can
    give it to anybody of the project.
    """

    due_on = DueField()
    priority = PriorityField(
        initial=Task.Priority.NORMAL, required=False, empty_value=Task.Priority.NORMAL
    )

    def __init__(
        self, *args: Any, user: AbstractBaseUser, project: Project | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        people = [user]
        if project is None:
            self.fields["project"] = forms.ModelChoiceField(
                permissions.projects_where(user, permissions.CREATE),
                label=_("Project"),
                to_field_name="key",
                empty_label=None,
                error_messages={"invalid_choice": _("Choose a project you can add tasks to.")},
            )
        elif permissions.may(user, permissions.EDIT, project):
            people += permissions.people(project).exclude(pk=user.pk)
        self.fields["owner"] = PersonField(people, initial=user)
        self.order_fields(["project", "title", "body", "owner", "due_on", "priority"])


class AttachForm(forms.Form):
    files = FilesField(
        label=_("Add files"),
        error_messages={
            "required": _("Choose a file first."),
            "empty": _("The file is empty. Choose another."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"].help_text = gettext(
            "Up to %(count)d files of %(size)s each: PDF, Word, Excel, text, JPEG, PNG, WebP, HEIC."
        ) % {
            "count": settings.ATTACHMENT_MAX_COUNT,
            "size": filesizeformat(settings.ATTACHMENT_MAX_BYTES),
        }
