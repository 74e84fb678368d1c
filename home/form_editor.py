"""What an editor must have said about tasks before visitors may see a page."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm

from home import page_tasks

CHOICES = {"radio", "dropdown"}
# What an answer may become, by the kinds of question that can give it.
GIVES = {
    "title": {"line", "number", *CHOICES},
    "body": {"line", "text"},
    "subject": {"line", "text"},
    "name": {"line"},
    "email": {"email"},
    "priority": CHOICES,
}
ONCE = ("body", "name", "email", "priority")
# Two that are one and the same on the task: a question may become either.
SAME = {"subject": "body"}


class ProjectPageForm(WagtailAdminPageForm):
    """Offers the projects the editor may see, and the one that is chosen already."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "project" in self.fields:
            projects = self.fields["project"].queryset
            seen = projects.open().visible_to(self.for_user).values("pk")
            chosen = self.instance.project_id
            self.fields["project"].queryset = projects.filter(Q(pk__in=seen) | Q(pk=chosen))


class NewsPageForm(ProjectPageForm):
    """Checks that the project beside an article may be shown to everybody."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("project") and not self.is_deferred_validation:
            try:
                page_tasks.check_public(cleaned["project"].pk)
            except ValidationError as error:
                self.add_error("project", error)
        return cleaned


class RequestFormPageForm(ProjectPageForm):
    """Checks the questions together. A draft may be unfinished; a published form may not."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        rows = [form for form in self.formsets["fields"].forms if not self._is_deleted(form)]
        if not self.is_deferred_validation and all(form.is_valid() for form in rows):
            self._check_destination(cleaned, {form.cleaned_data["becomes"] for form in rows})
            self._check_questions(rows)
        return cleaned

    @staticmethod
    def _is_deleted(form: Any) -> bool:
        form.full_clean()
        return form.cleaned_data.get("DELETE", False)

    def _check_destination(self, cleaned: dict[str, Any], given: set[str]) -> None:
        if not cleaned.get("project"):
            self.add_error("project", _("Choose the project that gets what people send."))
        if not given & {"title", "body", "subject"}:
            self.add_error(
                None,
                _("No question says what it is about. Let one become the title or description."),
            )
        if "name" not in given:
            self.add_error(
                None, _("No question asks who is writing. Let one become the sender’s name.")
            )

    def _check_questions(self, rows: list[Any]) -> None:
        seen: dict[str, set[str]] = {"label": set(), "becomes": set()}
        for row in rows:
            data = row.cleaned_data
            label, kind, becomes = data["label"], data["kind"], data["becomes"]
            if label.lower() in seen["label"]:
                row.add_error("label", _("Another question has these words. Change one of them."))
            counted = SAME.get(becomes, becomes)
            if counted in ONCE and counted in seen["becomes"]:
                row.add_error("becomes", _("Another question becomes this. Change one of them."))
            if kind not in GIVES.get(becomes, {kind}):
                row.add_error("becomes", _("This kind of question cannot become that."))
            if kind in CHOICES and len(data["answers"]) < 2:
                row.add_error("answers", _("Add at least two answers to choose from."))
            seen["label"].add(label.lower())
            seen["becomes"].add(counted)
