"""The form a visitor sees: made from the page's questions each time it is shown."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django import forms
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from home import kept_photos
from home.requests import Photo, check_photo, too_many_from

if TYPE_CHECKING:
    from home.models import RequestField, RequestFormPage

LINE_LENGTH, TEXT_LENGTH = 150, 5000  # characters, unless the editor says fewer
SAYS = {"body": "body", "subject": "body", "name": "name", "email": "email"}
DATE_FORMATS = ["%Y-%m-%d", "%d %m %Y", "%d/%m/%Y", "%d.%m.%Y"]


class OneLineField(forms.CharField):
    def to_python(self, value: Any) -> str:
        # A line break in a name would end up in a mail's header.
        return " ".join(super().to_python(value).split())


class LinesField(forms.CharField):
    def to_python(self, value: Any) -> str:
        # Browsers send two characters for a line break and count one.
        return super().to_python(value).replace("\r\n", "\n")


class RadioCards(forms.RadioSelect):
    def id_for_label(self, id_: str, index: str | None = None) -> str:
        # The summary of errors leads to the first card.
        return super().id_for_label(id_, index or "0")


class PhoneInput(forms.TextInput):
    input_type = "tel"


class DayInput(forms.DateInput):
    input_type = "date"


class PhotosInput(forms.FileInput):
    allow_multiple_selected = True


class PhotosField(forms.Field):
    """Uploads as they came. The form checks them, because it keeps the good ones."""

    widget = PhotosInput

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[kept_photos.KeptPhoto] = []


@dataclass
class Parts:
    """What a form's answers become. ``answers``: [{"label": …, "value": …}, …]."""

    title: list[str] = field(default_factory=list)
    body: str = ""
    title_begins_with_body: bool = False
    name: str = ""
    email: str = ""
    priority: int | None = None
    answers: list[dict[str, str]] = field(default_factory=list)

    def add_to_title(self, words: str, *, belongs: bool) -> None:
        if belongs:
            words = f"{self.title.pop()} {words}"
        self.title.append(words)


class VisitorForm(forms.Form):
    """``page``'s questions as a form. Nobody sees `website`: only robots fill it."""

    website = forms.CharField(required=False)
    submission = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        page: "RequestFormPage",
        data: QueryDict | None = None,
        files: MultiValueDict | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, files, initial={"submission": uuid.uuid4(), **(initial or {})})
        self.questions = list(page.fields.all())
        self.asked: dict[str, RequestField] = {}
        self.new_photos: list[tuple[str, Photo]] = []
        for question in self.questions:
            if question.kind != "heading":
                name = self._free_name(question.html_name)
                self.asked[name] = question
                self.fields[name] = make_field(question)

    @classmethod
    def blank(cls, page: "RequestFormPage", user: AbstractBaseUser) -> Self:
        """Return the form as first shown. What a member has told us is filled in."""
        form = cls(page)
        if user.is_authenticated:
            known = {"name": user.get_full_name(), "email": user.email}
            form.initial |= {n: known.get(q.becomes) for n, q in form.asked.items()}
        return form

    def _free_name(self, name: str) -> str:
        number = 1
        while (free := f"{name}_{number}" if number > 1 else name) in self.fields:
            number += 1
        return free

    def rows(self) -> list[dict[str, Any]]:
        """Return what the page shows, in order: {"heading": …} or {"fields": [bound, …]}.

        A number after a list shares its row: house and flat.
        """
        rows: list[dict[str, Any]] = []
        names = iter(self.asked)
        for question in self.questions:
            if question.kind == "heading":
                rows.append({"heading": question.label})
                continue
            bound = self[next(names)]
            before = rows[-1].get("fields", []) if rows else []
            if question.kind == "number" and [f.field.kind for f in before] == ["dropdown"]:
                before.append(bound)
            else:
                rows.append({"fields": [bound]})
        return rows

    @property
    def is_from_robot(self) -> bool:
        return bool(self.data.get("website"))

    @property
    def submission_key(self) -> uuid.UUID | None:
        """The same for the same answers in the same form, so that sending twice is harmless.

        Somebody who goes Back and reports something else with the form gets a task of its own.
        """
        drawn = self.cleaned_data.get("submission")
        return drawn and uuid.uuid5(drawn, repr(self.parts()))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name, question in self.asked.items():
            if question.kind == "photos":
                self._clean_photos(name, cleaned.get(name) or [])
            elif question.becomes == "email" and too_many_from(cleaned.get(name) or ""):
                self.add_error(
                    name,
                    _(
                        "We have had many reports from this address within the hour. Try again later."
                    ),
                )
        return cleaned

    def _clean_photos(self, name: str, uploads: list[UploadedFile]) -> None:
        tickets = self.data.getlist(f"{name}_kept")
        kept = [photo for ticket in tickets if (photo := kept_photos.find(ticket))]
        self.fields[name].kept = kept[: settings.ATTACHMENT_MAX_COUNT]
        if len(kept) + len(uploads) > settings.ATTACHMENT_MAX_COUNT:
            self.add_error(name, self._too_many(len(kept) + len(uploads)))
            return
        for upload in uploads:
            try:
                self.new_photos.append((name, check_photo(upload)))
            except ValidationError as error:
                self.add_error(name, error)
        if self.asked[name].required and not (kept or uploads):
            self.add_error(name, missing_text(self.asked[name]))

    @staticmethod
    def _too_many(number: int) -> str:
        return _("You have chosen %(number)d photos. Choose up to %(limit)d.") % {
            "number": number,
            "limit": settings.ATTACHMENT_MAX_COUNT,
        }

    def ask_to_wait(self) -> None:
        self.add_error(None, _("We get too many forms at the moment. Send it again in a minute."))

    def keep_photos(self) -> None:
        """Keep the photos that were fine, so that the form can come back with them."""
        for name, photo in self.new_photos:
            if kept := kept_photos.keep(photo):
                self.fields[name].kept = [*self.fields[name].kept, kept]

    def photos(self) -> list[Photo]:
        """Return all photos of a valid form, kept and new."""
        fields = [self.fields[n] for n, question in self.asked.items() if question.kind == "photos"]
        kept = [photo.read() for field in fields for photo in field.kept]
        return [*kept, *(photo for _name, photo in self.new_photos)]

    def parts(self) -> Parts:
        """Sort a valid form's answers into what they become."""
        parts, answered = Parts(), None
        for name, question in self.asked.items():
            words = in_words(self.cleaned_data[name]) if question.kind != "photos" else ""
            before, answered = answered, question if words else None
            if not words:
                continue
            if question.becomes in SAYS:
                setattr(parts, SAYS[question.becomes], words)
                parts.title_begins_with_body |= question.becomes == "subject"
                continue
            parts.answers.append({"label": question.label, "value": words})
            if question.becomes == "title":
                parts.add_to_title(words, belongs=belongs_to(question, before))
            if question.becomes == "priority":
                parts.priority = priority_of(question, words)
        return parts


def belongs_to(question: "RequestField", before: "RequestField | None") -> bool:
    """Return whether a number follows its list in the title: house and flat, as on the page."""
    listed = before and before.kind == "dropdown" and before.becomes == "title"
    return bool(listed) and question.kind == "number"


def priority_of(question: "RequestField", words: str) -> int | None:
    """Return the priority of a chosen answer; None when the editor gave it none."""
    for answer in question.answers:
        if answer.value["label"] == words and answer.value["priority"]:
            return int(answer.value["priority"])
    return None


def in_words(value: Any) -> str:
    """Return an answer as people read it."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, date):
        return date_format(value, "j F Y")
    return "" if value is None else str(value)


def missing_text(question: "RequestField") -> str:
    if question.missing_text:
        return question.missing_text
    choices = {
        "radio": _("Choose an answer to “%(label)s”"),
        "dropdown": _("Choose an answer to “%(label)s”"),
        "checkbox": _("Choose an answer to “%(label)s”"),
        "photos": _("Choose at least one photo for “%(label)s”"),
    }
    return choices.get(question.kind, _("Fill in “%(label)s”")) % {"label": question.label}


def make_field(question: "RequestField") -> forms.Field:
    """Return the form field of a question. ``field.kind`` tells templates how to show it."""
    made = MAKERS[question.kind](question)
    made.label, made.help_text = question.label, question.help_text
    # The form asks for photos itself: kept ones count.
    made.must = question.required
    made.required = question.required and question.kind != "photos"
    made.widget.is_required = made.required
    made.error_messages["required"] = missing_text(question)
    made.kind = "radio" if isinstance(made.widget, RadioCards) else question.kind
    return made


def _limited(made: forms.CharField, question: "RequestField") -> forms.CharField:
    # Nothing is cut off while people paste: the answer says what is too long.
    made.widget.attrs.pop("maxlength", None)
    made.error_messages["max_length"] = _(
        "Shorten “%(label)s” to %%(limit_value)d characters: it has %%(show_value)d."
    ) % {"label": question.label.replace("%", "%%")}
    return made


def _line(question: "RequestField") -> forms.CharField:
    made = OneLineField(max_length=min(question.maximum or LINE_LENGTH, LINE_LENGTH))
    if question.becomes == "name":
        made.widget.attrs["autocomplete"] = "name"
    return _limited(made, question)


def _tel(question: "RequestField") -> forms.CharField:
    made = OneLineField(max_length=40, widget=PhoneInput({"autocomplete": "tel"}))
    return _limited(made, question)


def _text(question: "RequestField") -> forms.CharField:
    limit = question.maximum or TEXT_LENGTH
    area = forms.Textarea({"rows": 5, "data-count-characters": str(limit)})
    return _limited(LinesField(max_length=limit, widget=area), question)


def _email(question: "RequestField") -> forms.EmailField:
    message = gettext_lazy("Enter an e-mail address with a full domain, like name@example.org")
    made = forms.EmailField(max_length=254, error_messages={"invalid": message})
    made.widget.attrs = {"autocomplete": "email", "spellcheck": "false"}
    return made


def _number(question: "RequestField") -> forms.IntegerField:
    made = forms.IntegerField(
        min_value=1,
        max_value=question.maximum or 999_999,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )
    message = _("Enter a number from 1 to %(maximum)d for “%(label)s”") % {
        "maximum": question.maximum or 999_999,
        "label": question.label,
    }
    message = message.replace("%", "%%")
    made.error_messages |= {"invalid": message, "min_value": message, "max_value": message}
    return made


def _date(question: "RequestField") -> forms.DateField:
    message = _("Enter a date like 30 11 2026 for “%(label)s”") % {"label": question.label}
    return forms.DateField(
        widget=DayInput(format="%Y-%m-%d"),
        input_formats=DATE_FORMATS,
        error_messages={"invalid": message},
    )


def _choice(widget: type[forms.Widget], *first: tuple[str, str]) -> Callable:
    def make(question: "RequestField") -> forms.ChoiceField:
        return _one_of([answer.value for answer in question.answers], question, widget, *first)

    return make


def _one_of(
    answers: list[Any],
    question: "RequestField",
    widget: type[forms.Widget],
    *first: tuple[str, str],
) -> forms.ChoiceField:
    choices = [*first, *((answer["label"], answer["label"]) for answer in answers)]
    made = forms.ChoiceField(choices=choices, widget=widget)
    made.error_messages["invalid_choice"] = missing_text(question).replace("%", "%%")
    made.answers = answers
    made.explained = any(answer["hint"] for answer in answers)
    return made


def _yes_or_no(question: "RequestField") -> forms.Field:
    """Return a box to tick; where there must be an answer, "No" has to be one of two."""
    if not question.required:
        return forms.BooleanField()
    words = (in_words(True), in_words(False))
    return _one_of(
        [{"label": word, "hint": "", "icon": ""} for word in words], question, RadioCards
    )


MAKERS: dict[str, Callable[["RequestField"], forms.Field]] = {
    "line": _line,
    "text": _text,
    "tel": _tel,
    "email": _email,
    "number": _number,
    "date": _date,
    "radio": _choice(RadioCards),
    "dropdown": _choice(forms.Select, ("", gettext_lazy("Choose one"))),
    "checkbox": _yes_or_no,
    "photos": lambda question: PhotosField(),
}
