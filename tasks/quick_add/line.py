"""One line in a small box of a project: the signs of quick add, but for /project."""

from typing import Any

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks.forms.fields import TITLE_MAX
from tasks.models import Project, Task
from tasks.quick_add.known import Known
from tasks.quick_add.parsing import Draft, parse

LINE_MAX = TITLE_MAX + 300  # characters: a full title, and its signs


class LineField(forms.CharField):
    """Text for `read_line`, which says when the title is too long without its signs."""

    def __init__(self, **kwargs: Any) -> None:
        errors = {
            "required": gettext_lazy("Enter a title."),
            "max_length": gettext_lazy(
                "The line has %(show_value)d characters. Use up to %(limit_value)d."
            ),
        }
        super().__init__(max_length=LINE_MAX, error_messages=errors, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Leave out maxlength: a browser would cut a pasted title without a word."""
        return {}


def read_line(text: str, *, user: AbstractBaseUser, project: Project) -> Draft:
    """Return the task that ``text`` stands for. Raises ValidationError when there is none."""
    drafts = parse(
        " ".join(text.split()),
        user=user,
        today=timezone.localdate(),
        project=project,
        known=Known(user),
        reads_project=False,
    )
    if not drafts:
        raise ValidationError(_("Enter a title."))
    if drafts[0].errors:
        raise ValidationError(drafts[0].errors)
    return drafts[0]


def understood(draft: Draft, task: Task) -> str:
    """Return what was read beside the title and what was not, as sentences; "" for no signs."""
    read = [
        *([_("for %(name)s") % {"name": draft.owner}] if draft.owner else []),
        *([_("due %(day)s") % {"day": task.due_words}] if draft.due_on else []),
        *([str(task.get_priority_display())] if draft.priority != Task.Priority.NORMAL else []),
        *(f"#{label.name}" for label in draft.labels),
    ]
    found = [_("Understood: %(signs)s.") % {"signs": ", ".join(read)}] if read else []
    return " ".join([*found, *draft.hints])
