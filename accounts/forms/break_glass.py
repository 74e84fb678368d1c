"""What the local administrator types."""

from django import forms
from django.utils.translation import gettext_lazy as _


class BreakGlassForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=150, error_messages={"required": _("Enter the name.")}
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput,
        error_messages={"required": _("Enter the password.")},
    )
