"""The fields that forms about tasks share."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from tasks.files import ALLOWED, CheckedFile, check
from tasks.models import Task

TITLE_MAX = Task._meta.get_field("title").max_length
BODY_MAX = 20_000  # characters


class TitleField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        errors = {
            "required": _("Enter a title."),
            "max_length": _("The title has %(show_value)d characters. Use up to %(limit_value)d."),
        }
        super().__init__(label=_("Title"), max_length=TITLE_MAX, error_messages=errors, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Leave out maxlength: a browser would cut a pasted title without a word."""
        return {}


class TextField(forms.CharField):
    """Several lines. Browsers send CRLF; we keep LF, or every save would be a change."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        errors = kwargs.pop("error_messages", {})
        errors["max_length"] = _(
            "This text has %(show_value)d characters. Use up to %(limit_value)d."
        )
        super().__init__(error_messages=errors, **kwargs)

    def to_python(self, value: Any) -> str:
        return super().to_python(value).replace("\r\n", "\n")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")  # what input type=date understands


class DueField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        errors = {"invalid": _("Enter a date like 2026-11-30.")}
        kwargs = {"label": _("Due"), "required": False, **kwargs}
        super().__init__(widget=DateInput(), error_messages=errors, **kwargs)


class PersonField(forms.TypedChoiceField):
    """One of ``people`` or nobody. Gets rows, not a query: many forms on a page share them."""

    def __init__(self, people: Iterable[AbstractBaseUser], **kwargs: Any) -> None:
        rows = {str(person.pk): person for person in people}
        choices = [("", _("Nobody yet")), *((pk, str(person)) for pk, person in rows.items())]
        errors = {"invalid_choice": _("Choose somebody who belongs to the project.")}
        super().__init__(
            label=_("Owner"),
            choices=choices,
            coerce=rows.get,
            empty_value=None,
            required=False,
            error_messages=errors,
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        return str(getattr(value, "pk", value) or "")


class PriorityField(forms.TypedChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Priority"),
            choices=Task.Priority.choices,
            coerce=int,
            error_messages={"invalid_choice": _("Choose one of the priorities.")},
            **kwargs,
        )


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Up to ATTACHMENT_MAX_COUNT files; its value is a list of CheckedFile."""

    def __init__(self, *, images_only: bool = False, **kwargs: Any) -> None:
        self.images_only = images_only
        accept = ",".join(f".{suffix}" for suffix in ALLOWED)
        kwargs.setdefault("widget", FilesInput(attrs={"accept": accept}))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[CheckedFile]:
        uploads: list[UploadedFile] = [one for one in data or [] if one]
        if len(uploads) > settings.ATTACHMENT_MAX_COUNT:
            raise ValidationError(
                _("You chose %(n)d files. Add up to %(limit)d at a time."),
                code="too_many",
                params={"n": len(uploads), "limit": settings.ATTACHMENT_MAX_COUNT},
            )
        for upload in uploads or [None]:
            super().clean(upload, initial)
        return [check(upload, images_only=self.images_only) for upload in uploads]
