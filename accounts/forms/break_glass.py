"""What the local administrator types."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import PasswordField


class BreakGlassForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=150, error_messages={"required": _("Enter the name.")}
    )
    password = PasswordField(error_messages={"required": _("Enter the password.")})
