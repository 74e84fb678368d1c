"""Two people with one row open in the admin: the second is told, and loses nothing."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.views.generic import EditView

from tasks.models import Conflict

NOW = _("Meanwhile somebody else has saved “%(theirs)s” here. Save again to keep yours.")


class VersionedForm(WagtailAdminModelForm):
    """Sends the version along on which the person began."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version

    def compare(self, row: Any) -> None:
        """Say at each field that differs what ``row`` holds now; the next save is on top of it."""
        theirs = type(self)(instance=row, for_user=self.for_user)
        for name in self.changed_data:
            if name != "version" and self[name].data != theirs[name].initial:
                value = theirs.in_words(name)
                self.add_error(name, NOW % {"theirs": value})
        if not self.errors:
            self.add_error(None, _("Somebody else has saved this meanwhile. Look, and save again."))
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = row.version

    def in_words(self, name: str) -> str:
        value = self[name].initial
        choices = getattr(self.fields[name], "choices", None)
        words = str(dict(choices).get(value, value)) if choices else str(value)
        return words or "–"


class VersionedEditView(EditView):
    def save_instance(self) -> Any:
        self.refuse_late()
        return super().save_instance()

    def refuse_late(self) -> None:
        """Lock the row. Raises Conflict when somebody else has saved it, Http404 when it is gone."""
        try:
            self.model.locked(self.object.pk, self.form.cleaned_data["version"])
        except self.model.DoesNotExist as error:
            raise Http404 from error

    def form_valid(self, form: VersionedForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except Conflict as conflict:
            form.compare(conflict.row)
            self.produced_error_message = self.get_error_message()
            response = self.form_invalid(form)
            response.status_code = 409
            return response
