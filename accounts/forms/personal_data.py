"""Asking twice before an account is deleted."""

from django import forms
from django.utils.translation import gettext_lazy as _

WORD = "delete"


class DeleteForm(forms.Form):
    confirmation = forms.CharField(
        label=_("Type “delete” to confirm"),
        error_messages={"required": _("Type the word delete.")},
    )

    def clean_confirmation(self) -> str:
        typed = self.cleaned_data["confirmation"].strip().casefold()
        if typed != WORD:
            raise forms.ValidationError(_("Type the word delete."))
        return typed
